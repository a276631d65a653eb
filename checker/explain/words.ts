import type { Json, Operation } from "../../core/op.ts";
import { type Nanos, toSeconds } from "../../core/time.ts";
import type { ReachedState } from "../../core/verdict.ts";
import { same } from "../canonical.ts";

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
  return `${what}, ${whyOverwritten(operations, bad) ?? whyNoState(states)}`;
}

function whyNoState(states: readonly ReachedState[]): string {
  const possible = states.map(({ state }) => state);
  if (possible.length === 0) return "and no order of what came before allows that";
  return `but the state could only be ${possible.length === 1 ? possible[0] : `one of ${possible.join(", ")}`} then`;
}

/**
 * The usual violation of a register in words of its own: a value was seen though another had surely taken its place
 * before. Undefined where that is not the reason.
 */
function whyOverwritten(operations: readonly Operation[], bad: Operation): string | undefined {
  const value = seen(bad);
  if (value === undefined) return undefined;
  const writers = operations.filter(
    (one) => one !== bad && written(one) !== undefined && same(written(one), value),
  );
  if (writers.length > 1 || (writers.length === 0 && value !== null)) return undefined;
  const writtenBy = writers[0]?.returnIndex ?? -1;
  const after = operations.filter(
    (one) =>
      one.outcome.type === "ok" &&
      written(one) !== undefined &&
      !same(written(one), value) &&
      one.callIndex > writtenBy &&
      one.returnIndex < bad.callIndex,
  );
  const first = after.toSorted((a, b) => a.returnIndex - b.returnIndex)[0];
  if (first === undefined) return undefined;
  const earlier = `${((bad.invokedAt - first.completedAt) / 1e6).toFixed(1)} ms earlier`;
  const again = value === null ? "nothing removed the key" : `nothing wrote ${say(value)} again`;
  return `but the ${first.call.f} of ${say(written(first))} by process ${first.process} had been acknowledged ${earlier} and ${again}`;
}

/** The value that a register's operation found; undefined where it tells none. */
function seen({ call, outcome }: Operation): Json | undefined {
  if (outcome.type !== "ok") return undefined;
  if (call.f === "read") return outcome.output.value ?? null;
  return call.f === "cas" && Array.isArray(call.value) ? (call.value[0] as Json) : undefined;
}

/** The value that a register's operation put there, or may have; undefined where it puts none. */
function written({ call, outcome }: Operation): Json | undefined {
  if (outcome.type === "fail") return undefined;
  if (call.f === "write") return call.value ?? null;
  return call.f === "cas" && Array.isArray(call.value) ? (call.value[1] as Json) : undefined;
}
