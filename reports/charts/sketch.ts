import type { CallWords } from "../../checker/model.ts";
import { isUntimed } from "../../checker/untimed.ts";
import type { Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { barLabel, describeOperation } from "../describe-operation.ts";
import { formatDuration } from "../numbers.ts";
import type { FaultBand } from "./timeline.ts";

/** A few operations, ready to be drawn by `sketch-svg.ts`: bars in lanes by process. Values of the system are text already. */
export interface Sketch {
  readonly id: string;
  /** One lane for each process, in order of first operations. */
  readonly lanes: readonly Lane[];
  /** In order of invocation. */
  readonly bars: readonly Bar[];
  /** Position in `bars` of the operation that cannot be placed. */
  readonly culprit?: number;
  /** Position in `bars` of the operation that the drawing is about, if it is not a culprit. */
  readonly chosen?: number;
  /** Order that leads to each possible state: positions in `bars`. */
  readonly orders: readonly (readonly number[])[];
  /** Whether the history has no times: its events are a millisecond apart and named by number. */
  readonly isUntimed: boolean;
  /** How long the value of a stale read had been overwritten: drawn before the culprit, in its lane. */
  readonly gap?: { readonly from: number; readonly to: number; readonly label: string };
  /** Faults that overlap the time of the drawing. */
  readonly faults: readonly FaultBand[];
}

export interface Lane {
  readonly process: number;
  /** Node that its operations went to; "" if unknown. */
  readonly node: string;
}

export interface Bar {
  /** Position in `lanes`. */
  readonly lane: number;
  /** Seconds since the run began. */
  readonly from: number;
  /** Absent if the operation has no end in the order: unknown, or never answered. */
  readonly to?: number;
  readonly outcome: Operation["outcome"]["type"];
  readonly label: string;
  readonly title: string;
}

/** Maximum number of operations in a drawing; a checker's minimal sub-history is far smaller. */
export const barLimit = 60;

/** Input of a sketch. */
export interface Sketched {
  readonly operations: readonly Operation[];
  /** Position in `operations` of the marked operation; absent if there is none. */
  readonly culprit?: number;
  /** Orders of some operations, by position. */
  readonly orders?: readonly (readonly number[])[];
  /** When the value that the culprit returned was overwritten. */
  readonly since?: Nanos;
  /** Whether bars name revisions, because values alone do not show what is wrong. */
  readonly revisions: boolean;
}

/** Operations that are shown, ending near the culprit, and the number of earlier ones that are not. */
export function shownOperations({ operations, culprit = 0 }: Pick<Sketched, "operations" | "culprit">): {
  readonly operations: readonly Operation[];
  readonly skipped: number;
} {
  const skipped = Math.max(0, Math.min(operations.length, culprit + 1) - barLimit);
  return { operations: operations.slice(skipped, skipped + barLimit), skipped };
}

export function sketchOf(
  id: string,
  sketched: Sketched,
  faults: readonly FaultBand[],
  words: CallWords,
): Sketch {
  const { culprit, orders = [], revisions } = sketched;
  const { operations, skipped } = shownOperations(sketched);
  const processes = [...new Set(operations.map(({ process }) => process))];
  const bars = operations.map((operation) => barOf(operation, processes, revisions, words));
  const first = bars.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
  const last = bars.reduce((most, { from, to }) => Math.max(most, to ?? from), 0);
  return {
    id,
    lanes: processes.map((process) => ({
      process,
      node: nodesOf(operations.filter((operation) => operation.process === process)),
    })),
    bars,
    ...(culprit !== undefined && { culprit: culprit - skipped }),
    ...gapOf(sketched),
    isUntimed: operations.every(isUntimed),
    orders: orders.map((order) =>
      order.map((position) => position - skipped).filter((position) => position >= 0),
    ),
    faults: faults.filter(({ from, to }) => from <= last && to >= first),
  };
}

const nodesOf = (operations: readonly Operation[]): string =>
  [...new Set(operations.flatMap(({ node }) => node ?? []))].join(", ");

function gapOf({ operations, culprit = -1, since }: Sketched): Pick<Sketch, "gap"> {
  const read = operations[culprit];
  if (since === undefined || read === undefined || read.invokedAt <= since) return {};
  const [from, to] = [since / 1e9, read.invokedAt / 1e9];
  return { gap: { from, to, label: formatDuration(to - from) } };
}

function barOf(
  operation: Operation,
  processes: readonly number[],
  revisions: boolean,
  words: CallWords,
): Bar {
  const { process, invokedAt, completedAt, outcome } = operation;
  return {
    lane: processes.indexOf(process),
    from: invokedAt / 1e9,
    ...(outcome.type !== "info" && Number.isFinite(completedAt) && { to: completedAt / 1e9 }),
    outcome: outcome.type,
    label: barLabel(operation, words, revisions),
    title: describeOperation(operation, words),
  };
}
