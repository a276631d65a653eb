import { AssertionError } from "./assert.ts";
import { type ErrorCode, errorCodes, type OpError } from "./errors.ts";
import type { HarnessEvent, Phase } from "./harness-event.ts";
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
  /** Reads only: the read mode, where it is not the run's. What judges the run's read mode never sees them: see `pairs`. */
  readonly mode?: string;
  readonly node?: NodeId;
  readonly revision?: Revision;
  /** On a read's `ok`: where the system put the write that it saw. */
  readonly modRevision?: Revision;
  /** On `invoke`: when the load generator meant it to start, where that differs from `time`. */
  readonly intended?: Nanos;
  /** On `fail` and `info`: an ErrorCode, or a foreign history's own word. */
  readonly error?: string;
  /** On `fail` and `info`: the native error, for people. */
  readonly message?: string;
}

/**
 * What a client receives without asking for it at that moment: a watch's event, a progress notification, a watch that was
 * canceled, a session or a lock that was reported lost.
 */
export interface NoticeEvent {
  readonly index: number;
  readonly time: Nanos;
  readonly type: "notice";
  readonly process: number;
  readonly node: NodeId;
  readonly f: string;
  /** `index` of the invocation that subscribed to it. */
  readonly of: number;
  readonly key?: string;
  readonly value?: Json;
  /** What the key held before. */
  readonly previous?: Json;
  readonly revision?: Revision;
  /** Whether the next notice of the same invocation arrived together with this one. */
  readonly more?: true;
}

export type HistoryEvent = ClientEvent | NoticeEvent | HarnessEvent;
export type History = readonly HistoryEvent[];

export const isHarnessEvent = (event: HistoryEvent): event is HarnessEvent => event.process === "nemesis";
/** Position at which the phase first began; -1 where it never did. */
export const phaseIndex = (history: History, phase: Phase): number =>
  history.findIndex((event) => isHarnessEvent(event) && event.f === "phase" && event.value === phase);
export const isNotice = (event: HistoryEvent): event is NoticeEvent => event.type === "notice";
export const isClientEvent = (event: HistoryEvent): event is ClientEvent =>
  !isHarnessEvent(event) && !isNotice(event);
export const isInvocation = (event: HistoryEvent): event is ClientEvent => event.type === "invoke";

/**
 * The invocation that subscribed to a notice; undefined if the events before the notice hold none. Events are looked
 * up by their `index`, at once where these are consecutive.
 */
export function subscriptionOf(notice: NoticeEvent, before: History): ClientEvent | undefined {
  const guess = before[notice.of - (before[0]?.index ?? 0)];
  const event = guess?.index === notice.of ? guess : before.find(({ index }) => index === notice.of);
  return event !== undefined && isInvocation(event) ? event : undefined;
}

/** The events of a history paired up: the operation `i` was invoked at `calls[i]` and answered at `outcomes[i]`. */
export interface Pairs {
  /** Positions of invocations, ascending. */
  readonly calls: Int32Array;
  /** Positions of outcomes; -1 where there is none. */
  readonly outcomes: Int32Array;
}

/** `run`: the operations in the run's own read mode. `other`: the reads that asked a node in another one. */
export type ReadModes = "run" | "other";

/**
 * Pairs every invocation with its outcome, without making an object for each: for histories of millions of events. Reads
 * in another mode than the run's are left out unless they are asked for: they say nothing about what the run promises.
 * Notices and harness events are no operations.
 */
export function pairs(history: History, modes: ReadModes = "run"): Pairs {
  const known = paired[modes].get(history);
  // A history that is being recorded grows, and nothing else about it changes.
  if (known?.events === history.length) return known.pairs;
  const found = pair(history, modes);
  paired[modes].set(history, { events: history.length, pairs: found });
  return found;
}

type Paired = WeakMap<History, { readonly events: number; readonly pairs: Pairs }>;
/** Pairs of histories in use: see `made`. */
const paired: Readonly<Record<ReadModes, Paired>> = { run: new WeakMap(), other: new WeakMap() };

function pair(history: History, modes: ReadModes): Pairs {
  const calls = new Int32Array(history.length);
  const outcomes = new Int32Array(history.length).fill(-1);
  const open = new Map<number, number>();
  let size = 0;
  for (let position = 0; position < history.length; position++) {
    const event = history[position] as HistoryEvent;
    if (!isClientEvent(event) || !isIn(event, modes)) continue;
    const waiting = open.get(event.process) ?? -1;
    if (event.type === "invoke") {
      if (waiting >= 0) throw new AssertionError(outOfTurn(event, "invokes", "while it waits for an answer"));
      open.set(event.process, size);
      calls[size++] = position;
    } else {
      if (waiting < 0) throw new AssertionError(outOfTurn(event, "is answered", "but asked nothing"));
      open.set(event.process, -1);
      outcomes[waiting] = position;
    }
  }
  return { calls: calls.slice(0, size), outcomes: outcomes.slice(0, size) };
}

const isIn = ({ mode }: ClientEvent, modes: ReadModes): boolean => (mode === undefined) === (modes === "run");

/** A harness event, a notice, or an event of an operation in the run's own read mode. */
export const inRunMode = (event: HistoryEvent): boolean => !isClientEvent(event) || isIn(event, "run");

const outOfTurn = ({ process, index }: ClientEvent, does: string, but: string): string =>
  `process ${process} ${does} at event ${index} ${but}`;

/**
 * Pairs every invocation with its outcome, in order of invocation. An invocation without an outcome is `info`: the
 * harness died, or the run ended, before it was answered.
 */
export function operations(history: History, modes: ReadModes = "run"): readonly Operation[] {
  const known = made.get(history);
  // A history that is being recorded grows, and nothing else about it changes.
  if (modes === "run" && known?.events === history.length) return known.operations;
  const { calls, outcomes } = pairs(history, modes);
  const all = new Array<Operation>(calls.length);
  for (let i = 0; i < all.length; i++)
    all[i] = operationAt(history, calls[i] as number, outcomes[i] as number);
  if (modes === "run") made.set(history, { events: history.length, operations: all });
  return all;
}

/** Operations of histories in use: many checkers ask for those of one history, and making them costs more than judging them. */
const made = new WeakMap<History, { readonly events: number; readonly operations: readonly Operation[] }>();

/** The operation that the event at `call` invoked and the one at `outcome` (-1: none) answered. */
export function operationAt(history: History, call: number, outcome: number): Operation {
  const end = outcome < 0 ? undefined : (history[outcome] as ClientEvent);
  return operation(history[call] as ClientEvent, call, end, outcome < 0 ? Number.POSITIVE_INFINITY : outcome);
}

const neverAnswered: OpError = {
  code: "unknown",
  definite: false,
  message: "the history ends before the answer",
};

/** Every member in its place, undefined where there is none: of millions, objects of one shape are fast to make and to read. */
function operation(
  invoke: ClientEvent,
  callIndex: number,
  end: ClientEvent | undefined,
  endIndex: number,
): Operation {
  const { f, key, value, mode } = invoke;
  const outcome = outcomeOf(end);
  return {
    process: invoke.process,
    node: invoke.node,
    call: { f, key, value, mode } as Call,
    outcome,
    intendedAt: invoke.intended,
    invokedAt: invoke.time,
    completedAt: end?.time ?? (Number.POSITIVE_INFINITY as Nanos),
    callIndex,
    returnIndex: outcome.type === "info" ? Number.POSITIVE_INFINITY : endIndex,
  } as Operation;
}

/** What an outcome's event says; without one, that nothing is known. */
export function outcomeOf(event: ClientEvent | undefined): Outcome {
  if (event === undefined) return { type: "info", error: neverAnswered };
  if (event.type === "ok") {
    const { value, revision, modRevision } = event;
    return { type: "ok", output: { value, revision, modRevision } as Result };
  }
  const word = event.error ?? "unknown";
  const code: ErrorCode = Object.hasOwn(errorCodes, word) ? (word as ErrorCode) : "unknown";
  const definite = event.type === "fail";
  const error = { code, definite, message: event.message ?? word };
  return { type: definite ? "fail" : "info", error };
}
