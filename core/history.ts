import { assert } from "./assert.ts";
import { type ErrorCode, errorCodes, type OpError } from "./errors.ts";
import type { Call, Json, NodeId, Operation, Outcome, Result, Revision } from "./op.ts";
import type { Nanos } from "./time.ts";

/** An event of a client: Jepsen's shape. Optional members are left out where they do not apply. */
export interface ClientEvent {
  readonly index: number;
  readonly time: Nanos;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly process: number;
  readonly f: string;
  readonly key?: string;
  /** The argument on `invoke`, `fail` and `info`; the result on `ok` (a read of an absent key: null). */
  readonly value?: Json;
  readonly node?: NodeId;
  readonly revision?: Revision;
  /** On `invoke`: when the load generator meant it to start, where that differs from `time`. */
  readonly intended?: Nanos;
  /** On `fail` and `info`: an ErrorCode, or a foreign history's own word. */
  readonly error?: string;
  /** On `fail` and `info`: the native error, for people. */
  readonly message?: string;
}

/**
 * An event of the harness: a fault's begin, proof and end, the leader's changes, the run's phases. `f` is a nemesis'
 * name with a `FaultChange` as value, `"leader"` with a node's name or null, or `"phase"` with a `Phase`.
 */
export interface NemesisEvent {
  readonly index: number;
  readonly time: Nanos;
  readonly type: "info";
  readonly process: "nemesis";
  readonly f: string;
  readonly value: Json;
}

export type HistoryEvent = ClientEvent | NemesisEvent;
export type History = readonly HistoryEvent[];

/** `main`: load and faults. `quiet`: everything healed, load goes on. `final`: last reads of every key. */
export type Phase = "main" | "quiet" | "final";

/**
 * Pairs every invocation with its outcome, in order of invocation. An invocation without an outcome is `info`: the
 * harness died, or the run ended, before it was answered.
 */
export function operations(history: History): Operation[] {
  const ended: (Operation | undefined)[] = [];
  const open = new Map<number, { slot: number; invoke: ClientEvent; position: number }>();
  history.forEach((event, position) => {
    if (event.process === "nemesis") return;
    if (event.type === "invoke") {
      assert(
        !open.has(event.process),
        `process ${event.process} invokes at event ${event.index} while it waits for an answer`,
      );
      open.set(event.process, { slot: ended.length, invoke: event, position });
      ended.push(undefined);
      return;
    }
    const start = open.get(event.process);
    assert(
      start !== undefined,
      `process ${event.process} is answered at event ${event.index} but asked nothing`,
    );
    open.delete(event.process);
    ended[start.slot] = operation(start.invoke, start.position, event, position);
  });
  for (const { slot, invoke, position } of open.values())
    ended[slot] = operation(invoke, position, undefined, Number.POSITIVE_INFINITY);
  return ended as Operation[];
}

const neverAnswered: OpError = {
  code: "unknown",
  definite: false,
  message: "the history ends before the answer",
};

function operation(
  invoke: ClientEvent,
  callIndex: number,
  end: ClientEvent | undefined,
  endIndex: number,
): Operation {
  const call: Call = {
    f: invoke.f,
    ...(invoke.key !== undefined && { key: invoke.key }),
    ...(invoke.value !== undefined && { value: invoke.value }),
  };
  const outcome: Outcome = end === undefined ? { type: "info", error: neverAnswered } : outcomeOf(end);
  return {
    process: invoke.process,
    ...(invoke.node !== undefined && { node: invoke.node }),
    call,
    outcome,
    ...(invoke.intended !== undefined && { intendedAt: invoke.intended }),
    invokedAt: invoke.time,
    completedAt: end?.time ?? (Number.POSITIVE_INFINITY as Nanos),
    callIndex,
    returnIndex: outcome.type === "info" ? Number.POSITIVE_INFINITY : endIndex,
  };
}

function outcomeOf(event: ClientEvent): Outcome {
  if (event.type === "ok") {
    const output: Result = {
      ...(event.value !== undefined && { value: event.value }),
      ...(event.revision !== undefined && { revision: event.revision }),
    };
    return { type: "ok", output };
  }
  const word = event.error ?? "unknown";
  const code: ErrorCode = Object.hasOwn(errorCodes, word) ? (word as ErrorCode) : "unknown";
  const definite = event.type === "fail";
  const error = { code, definite, message: event.message ?? word };
  return { type: definite ? "fail" : "info", error };
}
