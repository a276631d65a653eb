/** Figures of a run that its report and other outputs share: latency by phase, outages, and what each fault did. */
import type { FaultWindow, LeaderSpan } from "../../core/fault.ts";
import type { NodeId, Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { longest, longestByNode, type Outage, outagesOf } from "./availability.ts";
import { type FaultFigures, faultFigures } from "./fault-figures.ts";
import { type Timed, timed } from "./measure.ts";
import { type FaultPhase, figuresIn, type Period, type PeriodFigures, periodsOf, spanOf } from "./phases.ts";
import { enoughFor } from "./series.ts";

export interface RunFigures {
  readonly response: LatencyByPhase;
  /** Absent if no operation was meant to start before it was sent. */
  readonly service?: LatencyByPhase;
  /** The longest periods in which operations were pending and none succeeded; absent if there were no such operations. */
  readonly withoutAny?: Outage;
  readonly withoutWrite?: Outage;
  readonly withoutRead?: Outage;
  /** The same for the clients of each node. */
  readonly withoutAnyByNode: ReadonlyMap<NodeId, Outage>;
  /** `ok` operations per second, from the first invocation to the last one, or to the last success if that came later. */
  readonly okPerSecond: number;
  /** In the order of the faults. */
  readonly faults: readonly FaultFigures[];
}

/** Figures of the operations that started while the cluster was healthy, during faults, or just after a fault. */
export interface LatencyByPhase extends Readonly<Record<FaultPhase, PeriodFigures>> {
  /** All phases together. */
  readonly all: PeriodFigures;
}

export interface RunFiguresInput {
  /** Operations of the load. */
  readonly operations: readonly Operation[];
  readonly faults: readonly FaultWindow[];
  readonly leaders: readonly LeaderSpan[];
  /** From the acknowledgement of each lost write until a read lacked it; absent if no checker looked. */
  readonly lost?: readonly Period[] | undefined;
  readonly end: Nanos;
}

export function runFigures({ operations, faults, leaders, lost, end }: RunFiguresInput): RunFigures {
  const outages = outagesOf(operations);
  const isOpen = operations.some(({ intendedAt }) => intendedAt !== undefined);
  const [meant, sent] = [timed(operations, "response"), timed(operations, "service")];
  const response = latencyByPhase(meant, faults, end);
  const service = isOpen ? latencyByPhase(sent, faults, end) : undefined;
  const healthyP99 = { response: p99Of(response.healthy), service: p99Of((service ?? response).healthy) };
  const [withoutAny, withoutWrite, withoutRead] = [outages.all, outages.writes, outages.reads].map(longest);
  return {
    response,
    ...(service !== undefined && { service }),
    ...(withoutAny !== undefined && { withoutAny }),
    ...(withoutWrite !== undefined && { withoutWrite }),
    ...(withoutRead !== undefined && { withoutRead }),
    withoutAnyByNode: longestByNode(operations),
    okPerSecond: okPerSecond(operations),
    faults: faultFigures({
      faults,
      leaders,
      meant,
      ...(isOpen && { sent }),
      outages,
      ...(lost && { lost }),
      healthyP99,
      end,
    }),
  };
}

/** Not of a few operations: then it is the slowest of them. */
const p99Of = ({ ok, p99 }: PeriodFigures): number => (ok < enoughFor.p99 ? Number.NaN : p99);

function latencyByPhase(all: Timed, faults: readonly FaultWindow[], end: Nanos): LatencyByPhase {
  const span = spanOf(all);
  const { healthy, fault, recovery } = periodsOf(faults, span);
  return {
    all: figuresIn(all, [span], end),
    healthy: figuresIn(all, healthy, end),
    fault: figuresIn(all, fault, end),
    recovery: figuresIn(all, recovery, end),
  };
}

/** `ok` operations per second, from the first invocation to the last answer. */
export function okPerSecond(operations: readonly Operation[]): number {
  let [first, last, ok] = [Number.POSITIVE_INFINITY, 0, 0];
  for (const { invokedAt, completedAt, outcome } of operations) {
    first = Math.min(first, invokedAt);
    last = Math.max(last, invokedAt);
    if (outcome.type !== "ok") continue;
    ok++;
    last = Math.max(last, completedAt);
  }
  return last > first ? ok / ((last - first) / 1e9) : 0;
}
