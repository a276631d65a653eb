import type { Model } from "../../checker/model.ts";
import { models } from "../../checker/models/index.ts";
import { UsageError } from "../../core/errors.ts";
import type { History } from "../../core/history.ts";
import type { Call, Outcome } from "../../core/op.ts";

/** A UsageError where the history has a function that the model does not know: names it, and the models that fit. */
export function assertFits(model: Model, history: History, file: string): void {
  const calls = callsOfEachFunction(history);
  const unknown = calls.find((call) => !knows(model, call));
  if (unknown === undefined) return;
  const fitting = Object.entries(models)
    .filter(([, make]) => calls.every((call) => knows(make() as Model, call)))
    .map(([name]) => name);
  const known = calls.map(({ f }) => JSON.stringify(f)).join(", ");
  const way =
    fitting.length === 0
      ? `no model knows all of ${known}`
      : `name one that does with --model: ${fitting.join(", ")}`;
  throw new UsageError(
    `${file}: the model ${model.name} does not know the function ${JSON.stringify(unknown.f)}; ${way}`,
  );
}

/** The first call of every function. */
function callsOfEachFunction(history: History): Call[] {
  const calls = new Map<string, Call>();
  for (const event of history) {
    if (event.process === "nemesis" || event.type !== "invoke" || calls.has(event.f)) continue;
    const { f, key, value } = event;
    calls.set(f, { f, ...(key !== undefined && { key }), ...(value !== undefined && { value }) });
  }
  return [...calls.values()];
}

const notKnown: Outcome = { type: "info", error: { code: "unknown", definite: false, message: "" } };

/** Every model accepts the `info` outcome of a call that it knows, and says of another what it knows instead. */
function knows(model: Model, call: Call): boolean {
  try {
    model.step(model.init, call, notKnown);
    return true;
  } catch (reason) {
    // What else it throws is of the call's value or of the state, which may be another when its turn comes.
    return !(reason instanceof TypeError && / knows .*, not /s.test(reason.message));
  }
}
