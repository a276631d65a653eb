import type { Call, Json, Operation, Outcome, Result } from "../../../core/op.ts";
import type { Random } from "../../../core/random.ts";
import { nanos } from "../../../core/time.ts";

interface Options {
  readonly operations: number;
  /** The chance that an operation changes something and its answer has no revision. */
  readonly hidden: number;
  /** The chance that a change is a delete. */
  readonly deletes: number;
}

interface Change {
  readonly key: string;
  readonly value: Json;
  readonly revision: number;
}

const info: Outcome = { type: "info", error: { code: "timeout", definite: false, message: "no answer" } };
const keys = ["a", "b"];

/**
 * A small history of a right system that numbers its changes: each takes effect at an instant of its own, reads show
 * the state of that instant or an older one. Values are never written twice; keys are deleted and created again.
 */
export function revisedHistory(random: Random, options: Options): Operation[] {
  const changes: Change[] = [];
  const done: Operation[] = [];
  const open: { call: Call; callIndex: number; outcome: Outcome | undefined }[] = [];
  let index = 0;
  let value = 0;
  for (let asked = 0; asked < options.operations || open.length > 0; ) {
    if (asked < options.operations && (open.length === 0 || random.chance(0.4))) {
      const call = callOf(random, options, () => ++value);
      open.push({ call, callIndex: index++, outcome: undefined });
      asked++;
      continue;
    }
    const at = random.integer(0, open.length - 1);
    const running = open[at];
    if (running === undefined) continue;
    if (running.outcome === undefined) {
      running.outcome = effect(random, options, changes, running.call);
      continue;
    }
    open.splice(at, 1);
    const { call, callIndex, outcome } = running;
    const returnIndex = outcome.type === "info" ? Number.POSITIVE_INFINITY : index++;
    const times = { invokedAt: nanos(callIndex * 1e6), completedAt: nanos(returnIndex * 1e6) };
    done.push({ process: callIndex, call, outcome, callIndex, returnIndex, ...times });
  }
  return done.sort((a, b) => a.callIndex - b.callIndex);
}

function callOf(random: Random, { deletes }: Options, value: () => number): Call {
  const key = random.pick(keys);
  if (random.chance(0.5)) return { f: "read", key };
  return random.chance(deletes) ? { f: "delete", key } : { f: "write", key, value: value() };
}

function effect(
  random: Random,
  { hidden }: Options,
  changes: Change[],
  { f, key = "", value = null }: Call,
): Outcome {
  const newest = changes.length;
  if (f === "read") {
    const revision = random.integer(0, newest);
    const seen = changes.findLast((change) => change.key === key && change.revision <= revision);
    if (seen === undefined || seen.value === null) return ok({ value: null, revision });
    return ok({ value: seen.value, revision, modRevision: seen.revision });
  }
  const isLost = random.chance(hidden / 2);
  const existed = (changes.findLast((change) => change.key === key)?.value ?? null) !== null;
  if (isLost && random.chance(0.5)) return info;
  if (f === "delete" && !existed) return isLost ? info : ok({ value: false });
  const revision = newest + 1;
  changes.push({ key, value, revision });
  if (isLost) return info;
  return ok({ value: f === "delete" ? true : value, ...(!random.chance(hidden) && { revision }) });
}

const ok = (output: Result): Outcome => ({ type: "ok", output });

/** The history with one number or value in an answer changed. */
export function mutated(random: Random, history: readonly Operation[]): Operation[] {
  const answered = history.filter(({ outcome }) => outcome.type === "ok");
  if (answered.length === 0) return [...history];
  const victim = random.pick(answered);
  return history.map((operation) => {
    if (operation !== victim || operation.outcome.type !== "ok") return operation;
    const { output } = operation.outcome;
    const shift = random.pick([-2, -1, 1, 2]);
    return { ...operation, outcome: ok(changedOutput(random, operation.call, output, shift)) };
  });
}

function changedOutput(random: Random, { f }: Call, output: Result, shift: number): Result {
  const { revision, modRevision, value } = output;
  const part = random.pick(["revision", "modRevision", "absent"]);
  if (part === "absent" && f === "read" && value !== null) return { value: null, revision: revision ?? 0 };
  if (part === "modRevision" && modRevision !== undefined && modRevision + shift > 0)
    return { ...output, modRevision: modRevision + shift };
  return revision !== undefined && revision + shift > 0 ? { ...output, revision: revision + shift } : output;
}
