import type { Json, Operation } from "../../core/op.ts";
import { type Nanos, toSeconds } from "../../core/time.ts";
import type { ReachedState } from "../../core/verdict.ts";

const say = (value: Json | undefined): string => (value === undefined ? "nothing" : JSON.stringify(value));

/** The time of an event in a run, as reports show it. */
export const atTime = (time: Nanos): string => `${toSeconds(time).toFixed(3)} s`;

/** What a process did, in the past tense: `read 41 from k3 on n2`. */
export function describeOperation({ call, outcome, node }: Operation): string {
  const where = `${call.key === undefined ? "" : ` ${call.f === "read" ? "from" : "to"} ${call.key}`}${
    node === undefined ? "" : ` on ${node}`
  }`;
  const refused = outcome.type === "fail";
  switch (call.f) {
    case "read":
      return `read ${say(outcome.type === "ok" ? (outcome.output.value ?? null) : undefined)}${where}`;
    case "write":
      return `wrote ${say(call.value)}${where}`;
    case "cas": {
      const [from, to] = Array.isArray(call.value) ? (call.value as readonly Json[]) : [];
      const change = `from ${say(from)} to ${say(to)}`;
      return refused ? `was refused a change ${change}${where}` : `changed the value ${change}${where}`;
    }
    default: {
      const output = outcome.type === "ok" && outcome.output.value !== undefined;
      const answer = output ? ` and got ${say(outcome.output.value)}` : "";
      return `did ${call.f} ${call.value === undefined ? "" : say(call.value)}${where}${answer}`;
    }
  }
}

/** Why the culprit cannot be placed, in one sentence. */
export function sentence(
  operations: readonly Operation[],
  culprit: number,
  states: readonly ReachedState[],
): string {
  const bad = operations[culprit] as Operation;
  const what = `process ${bad.process} ${describeOperation(bad)} at ${atTime(bad.invokedAt)}`;
  const possible = states.map(({ state }) => state);
  const only = possible.length === 1 ? possible[0] : `one of ${possible.join(", ")}`;
  return `${what}, but the state could only be ${only} then`;
}
