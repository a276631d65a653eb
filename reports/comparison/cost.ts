/** What a run used of its machine, for each 1,000 operations that succeeded. */
import type { Run, UsageSample } from "../../core/run.ts";
import { perKey } from "../data/growth.ts";
import { usageOf } from "../data/usage.ts";

/** All nodes together. NaN is not known. */
export interface Cost {
  /** Processor time for each 1,000 `ok` operations, milliseconds. */
  readonly cpuMsPerThousand: number;
  /** Sum of the nodes' highest memory, bytes. */
  readonly peakMemory: number;
  /** Data directories at the end, bytes. */
  readonly disk: number;
  /** Growth of the data directories for each 1,000 `ok` operations, bytes; may be negative after a compaction. */
  readonly diskPerThousand: number;
  /** Written to storage for each 1,000 `ok` operations, bytes: with what was written again since. */
  readonly writtenPerThousand: number;
  /** Sent and received by the nodes, clients included, for each 1,000 `ok` operations, bytes. What nodes send each other counts at both ends. */
  readonly networkPerThousand: number;
  /** Calls of fsync and fdatasync for the nodes' logs, for each 1,000 `ok` operations. */
  readonly syncsPerThousand: number;
  /** Growth of the nodes for each key that was put in place before the load, bytes; known from 1,000 keys. */
  readonly memoryPerKey: number;
  readonly diskPerKey: number;
}

/** `ok`: operations that succeeded while the usage was sampled. Undefined if nothing was sampled. */
export function costOf(
  samples: readonly UsageSample[],
  run: Pick<Run, "growth">,
  ok: number,
): Cost | undefined {
  const { nodes } = usageOf(samples);
  const { memory: memoryPerKey, disk: diskPerKey } = perKey(run) ?? {
    memory: Number.NaN,
    disk: Number.NaN,
  };
  if (nodes.length === 0) return undefined;
  const sum = (of: (node: (typeof nodes)[number]) => number) =>
    nodes.reduce((total, node) => total + of(node), 0);
  const perThousand = (amount: number) => (ok > 0 ? (amount / ok) * 1_000 : Number.NaN);
  const last = sum(({ disk }) => disk.at(-1) ?? 0);
  return {
    cpuMsPerThousand: perThousand(sum(({ cpuSeconds }) => cpuSeconds) * 1e3),
    peakMemory: sum(({ memory }) => memory.reduce((most, bytes) => Math.max(most, bytes), 0)),
    disk: last,
    diskPerThousand: perThousand(last - sum(({ disk }) => disk[0] ?? 0)),
    writtenPerThousand: perThousand(sum(({ writtenBytes }) => writtenBytes)),
    networkPerThousand: perThousand(sum(({ networkBytes }) => networkBytes)),
    syncsPerThousand: perThousand(sum(({ syncs }) => syncs)),
    memoryPerKey,
    diskPerKey,
  };
}
