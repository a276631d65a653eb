import { staleWindowsOf } from "../../checker/reads/stale-lanes.ts";
import type { StaleWindow } from "../../checker/reads/stale-windows.ts";
import type { FaultWindow } from "../../core/fault.ts";
import type { NodeId } from "../../core/op.ts";
import type { Run } from "../../core/run.ts";
import { type Nanos, toMillis } from "../../core/time.ts";

/** The stale reads of one node beside one fault, or beside none. Times in milliseconds, from the fault's begin. */
export interface StaleAtNode {
  readonly node: NodeId;
  /** What struck meanwhile; the one that did for longest where there were several. */
  readonly fault?: {
    readonly name: string;
    readonly summary: string;
    readonly ms: number;
    /** Whether the fault was aimed at this node. */
    readonly here: boolean;
    /** When the first of the reads was asked, and the last of them answered: within the fault, or after it. */
    readonly firstMs: number;
    readonly lastMs: number;
  };
  readonly windows: number;
  readonly reads: number;
  /** The longest time for which a value that was read had been overwritten. */
  readonly worstMs: number;
}

/** Where reads were stale in a run, fault by fault; those beside no fault come last. */
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

/** One line for people. */
export function describeStale({ node, fault, reads, worstMs }: StaleAtNode): string {
  const what = `${reads} stale ${reads === 1 ? "read" : "reads"} at ${node}, the worst by ${worstMs.toFixed(0)} ms`;
  if (fault === undefined) return `${what}, beside no fault`;
  const { summary, ms, firstMs, lastMs } = fault;
  const until = lastMs > ms ? `${(lastMs - ms).toFixed(0)} ms after its end` : `${lastMs.toFixed(0)} ms`;
  return `${what}: asked from ${firstMs.toFixed(0)} ms after ${summary} on, answered until ${until} (it lasted ${ms.toFixed(0)} ms)`;
}
