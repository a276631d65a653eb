import { staleWindowsOf } from "../../../checker/reads/stale-lanes.ts";
import type { StaleWindow } from "../../../checker/reads/stale-windows.ts";
import type { FaultWindow } from "../../../core/fault.ts";
import type { NodeId } from "../../../core/op.ts";
import type { Run } from "../../../core/run.ts";
import { type Nanos, toMillis } from "../../../core/time.ts";
import { count } from "../../../core/wording.ts";

/** Stale reads of one node during one fault, or outside any. Times are milliseconds since the fault began. */
export interface StaleAtNode {
  readonly node: NodeId;
  /** The fault that was active; of several, the one that overlapped for longest. */
  readonly fault?: {
    readonly name: string;
    readonly summary: string;
    readonly ms: number;
    /** Whether the fault was aimed at this node. */
    readonly here: boolean;
    /** When the first of the reads was sent and the last was answered, which may be after the fault. */
    readonly firstMs: number;
    readonly lastMs: number;
  };
  readonly windows: number;
  readonly reads: number;
  /** The longest time for which a returned value had been overwritten. */
  readonly worstMs: number;
}

/** Groups the stale reads of a run by fault and node; those outside any fault come last. */
export function staleByFault({ verdicts, faults }: Pick<Run, "verdicts" | "faults">): StaleAtNode[] {
  const groups = new Map<string, { fault: FaultWindow | undefined; windows: StaleWindow[] }>();
  for (const window of verdicts.flatMap(staleWindowsOf)) {
    const fault = faultDuring(window, faults);
    const group = `${fault?.id} ${window.node}`;
    const windows = groups.get(group)?.windows ?? [];
    groups.set(group, { fault, windows: [...windows, window] });
  }
  return [...groups.values()]
    .toSorted(
      (a, b) => (a.fault?.from ?? Number.POSITIVE_INFINITY) - (b.fault?.from ?? Number.POSITIVE_INFINITY),
    )
    .map(({ fault, windows }) => sum(fault, windows));
}

function faultDuring({ from, to }: StaleWindow, faults: readonly FaultWindow[]): FaultWindow | undefined {
  const shared = (fault: FaultWindow) => Math.min(to, fault.to) - Math.max(from, fault.from);
  const [fault] = faults.filter((each) => shared(each) >= 0).toSorted((a, b) => shared(b) - shared(a));
  return fault;
}

function sum(fault: FaultWindow | undefined, windows: readonly StaleWindow[]): StaleAtNode {
  const [{ node } = { node: "" as NodeId }] = windows;
  const since = (time: number) => toMillis((time - (fault?.from ?? 0)) as Nanos);
  return {
    node,
    ...(fault !== undefined && {
      fault: {
        name: fault.name,
        summary: fault.summary,
        ms: since(fault.to),
        here: fault.nodes.includes(node),
        firstMs: since(Math.min(...windows.map(({ from }) => from))),
        lastMs: since(Math.max(...windows.map(({ to }) => to))),
      },
    }),
    windows: windows.length,
    reads: windows.reduce((reads, window) => reads + window.reads, 0),
    worstMs: Math.max(...windows.map(({ worstMs }) => worstMs)),
  };
}

/** Describes one group in a line. */
export function describeStale({ node, fault, reads, worstMs }: StaleAtNode): string {
  const what = `${count(reads, "stale read")} on ${node}, by up to ${worstMs.toFixed(0)} ms`;
  if (fault === undefined) return `${what}, outside any fault`;
  const { summary, ms, firstMs, lastMs } = fault;
  const last =
    lastMs > ms ? `${(lastMs - ms).toFixed(0)} ms after it ended` : `${lastMs.toFixed(0)} ms after it began`;
  return `${what}, fault "${summary}" (${ms.toFixed(0)} ms): first sent ${firstMs.toFixed(0)} ms after it began, last answered ${last}`;
}
