import type { NodeId, Operation } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";

/** An answered read, and what it says of how far its node was. */
export interface WindowRead {
  readonly operation: Operation;
  /** When the newest of what it saw was asked for: an index; absent where that is not known. */
  readonly newest?: number;
  /** For how long what it saw had been out of date, milliseconds; absent where it was fresh. */
  readonly staleMs?: number;
}

/** A maximal period in which the reads of one node were stale. */
export interface StaleWindow {
  readonly node: NodeId;
  readonly from: Nanos;
  readonly to: Nanos;
  /** How many stale reads the node answered in it. */
  readonly reads: number;
  /** The longest time for which a value that it answered had been overwritten, milliseconds. */
  readonly worstMs: number;
}

/**
 * When each node's reads were stale: maximal runs of stale reads of a node. A run ends with a read that shows that the
 * node caught up: one of a version that was requested after the run began. Fresh reads of keys that nobody had changed
 * prove nothing and end nothing.
 */
export function staleWindows(reads: readonly WindowRead[]): StaleWindow[] {
  const open = new Map<NodeId, StaleWindow & { readonly begin: number }>();
  const windows: StaleWindow[] = [];
  const ordered = reads.toSorted((a, b) => a.operation.callIndex - b.operation.callIndex);
  for (const { operation, newest = -1, staleMs } of ordered) {
    const { node } = operation;
    if (node === undefined) continue;
    const window = open.get(node);
    if (staleMs !== undefined) open.set(node, extend(window, node, operation, staleMs));
    else if (window !== undefined && newest > window.begin) {
      open.delete(node);
      windows.push(closed(window));
    }
  }
  windows.push(...[...open.values()].map(closed));
  return merged(windows);
}

/** In order of `from`. Reads that were under way at the same time may be fresh and stale in any order: one window. */
function merged(windows: readonly StaleWindow[]): StaleWindow[] {
  const apart: StaleWindow[] = [];
  for (const window of windows.toSorted((a, b) => a.from - b.from)) {
    const at = apart.findLastIndex(({ node }) => node === window.node);
    const before = apart[at];
    if (before === undefined || before.to < window.from) {
      apart.push(window);
      continue;
    }
    apart[at] = {
      ...before,
      to: nanos(Math.max(before.to, window.to)),
      reads: before.reads + window.reads,
      worstMs: Math.max(before.worstMs, window.worstMs),
    };
  }
  return apart;
}

function extend(
  window: (StaleWindow & { begin: number }) | undefined,
  node: NodeId,
  read: Operation,
  staleMs: number,
) {
  if (window === undefined) {
    return {
      node,
      from: read.invokedAt,
      to: read.completedAt,
      reads: 1,
      worstMs: staleMs,
      begin: read.callIndex,
    };
  }
  const to = nanos(Math.max(read.completedAt, window.to));
  return { ...window, to, reads: window.reads + 1, worstMs: Math.max(window.worstMs, staleMs) };
}

const closed = ({ node, from, to, reads, worstMs }: StaleWindow): StaleWindow => ({
  node,
  from,
  to,
  reads,
  worstMs,
});
