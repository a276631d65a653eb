import type { Model } from "../../checker/model.ts";
import { models } from "../../checker/models/index.ts";
import { UsageError } from "../../core/errors.ts";
import { type History, isInvocation } from "../../core/history.ts";

/** A UsageError where the history has a function that the model does not know: names it, and the models that fit. */
export function assertFits(model: Model, history: History, file: string): void {
  const asked = callNames(history);
  const unknown = asked.find((f) => !model.calls.includes(f));
  if (unknown === undefined) return;
  const fitting = Object.entries(models)
    .filter(([, make]) => asked.every((f) => make().calls.includes(f)))
    .map(([name]) => name);
  const known = asked.map((f) => JSON.stringify(f)).join(", ");
  const way =
    fitting.length === 0
      ? `no model knows all of ${known}`
      : `name one that does with --model: ${fitting.join(", ")}`;
  throw new UsageError(
    `${file}: the model ${model.name} does not know the function ${JSON.stringify(unknown)}; ${way}`,
  );
}

/** What the history's clients asked for, each name once. */
function callNames(history: History): string[] {
  const names = new Set<string>();
  for (const event of history) if (isInvocation(event)) names.add(event.f);
  return [...names];
}
