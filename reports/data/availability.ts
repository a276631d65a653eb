import type { NodeId, Operation } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";

/** Period in which operations were pending and none succeeded. */
export interface Outage {
  readonly from: Nanos;
  readonly to: Nanos;
}

/**
 * Every period between one `ok` answer and the next, counted from when an operation was pending: time without operations is
 * not an outage. The last one ends when the last operation was given up.
 */
export const outages = (operations: readonly Operation[]): Outage[] =>
  outagesBetween(inOrderOfCompletion(operations));

/** Sorts numbers in place of operations: there may be hundreds of thousands. */
function inOrderOfCompletion(operations: readonly Operation[]): Operation[] {
  const order = Uint32Array.from(operations.keys());
  const completed = new Float64Array(operations.length);
  operations.forEach(({ completedAt }, i) => {
    completed[i] = completedAt;
  });
  // Two that were never answered are Infinity both: their difference is no number.
  order.sort((a, b) => {
    const [one, other] = [completed[a] as number, completed[b] as number];
    return one === other ? a - b : one - other;
  });
  return Array.from(order, (i) => operations[i] as Operation);
}

function outagesBetween(byCompletion: readonly Operation[]): Outage[] {
  // firstInvoked[i]: the earliest invocation in byCompletion[i…], which was pending when answer i - 1 came.
  const firstInvoked: number[] = [];
  let earliest = Number.POSITIVE_INFINITY;
  let last = 0;
  for (let i = byCompletion.length - 1; i >= 0; i--) {
    const operation = byCompletion[i] as Operation;
    earliest = Math.min(earliest, operation.invokedAt);
    firstInvoked[i] = earliest;
    last = Math.max(
      last,
      Number.isFinite(operation.completedAt) ? operation.completedAt : operation.invokedAt,
    );
  }
  const periods: Outage[] = [];
  let since = { time: 0, position: 0 };
  const close = (to: number) => {
    const from = Math.max(since.time, firstInvoked[since.position] ?? to);
    if (to > from) periods.push({ from: nanos(from), to: nanos(to) });
  };
  byCompletion.forEach((operation, i) => {
    if (operation.outcome.type !== "ok") return;
    close(operation.completedAt);
    since = { time: operation.completedAt, position: i + 1 };
  });
  if (since.position < byCompletion.length) close(last);
  return periods;
}

/** Longest of `periods`; undefined if there are none. */
export function longest(periods: readonly Outage[]): Outage | undefined {
  return periods.reduce<Outage | undefined>(
    (worst, period) =>
      worst === undefined || period.to - period.from > worst.to - worst.from ? period : worst,
    undefined,
  );
}

/** Longest outage seen by the clients of each node. */
export function longestByNode(operations: readonly Operation[]): Map<NodeId, Outage> {
  const byNode = new Map<NodeId, Operation[]>();
  for (const operation of inOrderOfCompletion(operations)) {
    if (operation.node === undefined) continue;
    const own = byNode.get(operation.node);
    if (own === undefined) byNode.set(operation.node, [operation]);
    else own.push(operation);
  }
  const worst = [...byNode].flatMap(([node, own]) => {
    const outage = longest(outagesBetween(own));
    return outage === undefined ? [] : [[node, outage] as const];
  });
  return new Map(worst.sort(([a], [b]) => a.localeCompare(b)));
}

/** Periods without a successful answer to any client: of any kind, to a write, to a read. */
export interface Outages {
  readonly all: readonly Outage[];
  readonly writes: readonly Outage[];
  readonly reads: readonly Outage[];
}

export function outagesOf(operations: readonly Operation[]): Outages {
  const byCompletion = inOrderOfCompletion(operations);
  return {
    all: outagesBetween(byCompletion),
    writes: outagesBetween(byCompletion.filter((operation) => !isReading(operation))),
    reads: outagesBetween(byCompletion.filter(isReading)),
  };
}

const readingNames = new Set(["read", "list", "get", "range", "read-at"]);

/** Whether an operation only reads, by the names that workloads use. */
export const isReading = ({ call }: Operation): boolean => readingNames.has(call.f);
