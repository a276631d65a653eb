import type { FaultWindow } from "../../core/fault.ts";
import type { NodeId, Operation } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import { quantile, responseMicros } from "./series.ts";

/** A stretch of time in which operations were asked for and none was answered `ok`. */
export interface Outage {
  readonly from: Nanos;
  readonly to: Nanos;
}

/**
 * Every stretch between one `ok` answer and the next, from the moment on at which something was asked for: time in
 * which nobody asked is not an outage. The last one lasts until the last operation was given up.
 */
export function outages(operations: readonly Operation[]): Outage[] {
  const byCompletion = [...operations].sort((a, b) => a.completedAt - b.completedAt);
  // firstAsked[i]: the earliest invocation among byCompletion[i…]: what was waited for when answer i - 1 had come.
  const firstAsked: number[] = [];
  let earliest = Number.POSITIVE_INFINITY;
  let last = 0;
  for (let i = byCompletion.length - 1; i >= 0; i--) {
    const operation = byCompletion[i] as Operation;
    earliest = Math.min(earliest, operation.invokedAt);
    firstAsked[i] = earliest;
    last = Math.max(
      last,
      Number.isFinite(operation.completedAt) ? operation.completedAt : operation.invokedAt,
    );
  }
  const stretches: Outage[] = [];
  let since = { time: 0, position: 0 };
  const close = (to: number) => {
    const from = Math.max(since.time, firstAsked[since.position] ?? to);
    if (to > from) stretches.push({ from: nanos(from), to: nanos(to) });
  };
  byCompletion.forEach((operation, i) => {
    if (operation.outcome.type !== "ok") return;
    close(operation.completedAt);
    since = { time: operation.completedAt, position: i + 1 };
  });
  if (since.position < byCompletion.length) close(last);
  return stretches;
}

/** The longest of `stretches`; undefined of none. */
export function longest(stretches: readonly Outage[]): Outage | undefined {
  return stretches.reduce<Outage | undefined>(
    (worst, stretch) =>
      worst === undefined || stretch.to - stretch.from > worst.to - worst.from ? stretch : worst,
    undefined,
  );
}

/** The longest outage as the clients of one node saw it, for every node. */
export function longestByNode(operations: readonly Operation[]): Map<NodeId, Outage> {
  const byNode = new Map<NodeId, Operation[]>();
  for (const operation of operations) {
    if (operation.node === undefined) continue;
    const own = byNode.get(operation.node);
    if (own === undefined) byNode.set(operation.node, [operation]);
    else own.push(operation);
  }
  const worst = [...byNode].flatMap(([node, own]) => {
    const outage = longest(outages(own));
    return outage === undefined ? [] : [[node, outage] as const];
  });
  return new Map(worst.sort(([a], [b]) => a.localeCompare(b)));
}

/** What the clients saw of a fault. */
export interface Impact {
  /** Operations sent while the fault lasted, by outcome. */
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** Of the `ok` ones, response time in microseconds; NaN of none. */
  readonly p99: number;
  /** The longest outage of the whole cluster that touches the fault, seconds. */
  readonly outageSeconds: number;
}

export function impactOf(
  fault: FaultWindow,
  operations: readonly Operation[],
  stretches: readonly Outage[],
  end: Nanos,
): Impact {
  const during = operations.filter(({ invokedAt }) => invokedAt >= fault.from && invokedAt <= fault.to);
  const count = (type: string) => during.filter(({ outcome }) => outcome.type === type).length;
  const times = during
    .filter(({ outcome }) => outcome.type === "ok")
    .map((operation) => responseMicros(operation, end))
    .sort((a, b) => a - b);
  const touching = longest(stretches.filter(({ from, to }) => from <= fault.to && to >= fault.from));
  return {
    ok: count("ok"),
    fail: count("fail"),
    info: count("info"),
    p99: quantile(times, 0.99),
    outageSeconds: touching === undefined ? 0 : (touching.to - touching.from) / 1e9,
  };
}
