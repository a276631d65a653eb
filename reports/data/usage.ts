import type { UsageSample } from "../../core/run.ts";

/** Resource usage of each node over time: one entry for each node, in order of names. */
export interface UsageSeries {
  readonly nodes: readonly NodeUsage[];
}

export interface NodeUsage {
  readonly node: string;
  /** Seconds since the run began, ascending. */
  readonly at: Float32Array;
  /** Processors in use on average since the sample before (1: one core fully); NaN at the first and after a restart. */
  readonly processors: Float32Array;
  /** Bytes. */
  readonly memory: Float32Array;
  readonly disk: Float32Array;
  /** Bytes written to storage per second since the sample before, NaN as above; empty if no sample says it. */
  readonly writes: Float32Array;
  /** Bytes sent and received per second, likewise. */
  readonly network: Float32Array;
  /** Calls of fsync and fdatasync for the log per second, likewise. */
  readonly fsyncs: Float32Array;
  /** Total for the whole run, restarts included. */
  readonly cpuSeconds: number;
  /** Bytes written to storage from the first sample to the last; NaN if not known. */
  readonly writtenBytes: number;
  /** Bytes sent and received from the first sample to the last; NaN if not known. */
  readonly networkBytes: number;
  /** Calls of fsync and fdatasync for the log from the first sample to the last; NaN if not known. */
  readonly syncs: number;
}

const sampleLimit = 600;

/** Picks at most 600 samples for each node, evenly; rates and totals are computed from all samples. */
export function usageOf(samples: readonly UsageSample[]): UsageSeries {
  const byNode = new Map<string, UsageSample[]>();
  for (const sample of samples) {
    const own = byNode.get(sample.node);
    if (own === undefined) byNode.set(sample.node, [sample]);
    else own.push(sample);
  }
  const nodes = [...byNode].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
  return { nodes: nodes.map(([node, own]) => nodeUsage(node, own)) };
}

function nodeUsage(node: string, unordered: readonly UsageSample[]): NodeUsage {
  const all = [...unordered].sort((a, b) => a.time - b.time);
  const step = Math.max(1, Math.ceil(all.length / sampleLimit));
  const samples = all.filter((_, i) => i % step === 0);
  return {
    node,
    at: Float32Array.from(samples, ({ time }) => time / 1e9),
    processors: rates(all, step, ({ cpuSeconds }) => cpuSeconds),
    memory: Float32Array.from(samples, ({ memoryBytes }) => memoryBytes),
    disk: Float32Array.from(samples, ({ diskBytes }) => diskBytes),
    writes: rates(all, step, ({ writtenBytes }) => writtenBytes),
    network: rates(all, step, ({ networkBytes }) => networkBytes),
    fsyncs: rates(all, step, ({ syncs }) => syncs),
    cpuSeconds: increase(all, ({ cpuSeconds }) => cpuSeconds),
    writtenBytes: increase(all, ({ writtenBytes }) => writtenBytes),
    networkBytes: increase(all, ({ networkBytes }) => networkBytes),
    syncs: increase(all, ({ syncs }) => syncs),
  };
}

type Counter = (sample: UsageSample) => number | undefined;

/**
 * Growth of a counter per second at every `step`-th sample, since the last of these that has it. Not known where the counter fell in
 * between: its process restarted. Empty if no sample has it.
 */
function rates(all: readonly UsageSample[], step: number, of: Counter): Float32Array {
  if (all.every((sample) => of(sample) === undefined)) return new Float32Array();
  let picked: { readonly time: number; readonly value: number } | undefined;
  let last = Number.NEGATIVE_INFINITY;
  let restarted = false;
  const found: number[] = [];
  all.forEach((sample, i) => {
    const value = of(sample);
    if (value !== undefined) {
      restarted ||= value < last;
      last = value;
    }
    if (i % step !== 0) return;
    const since = picked;
    found.push(
      value !== undefined && since !== undefined && !restarted && sample.time > since.time
        ? (value - since.value) / ((sample.time - since.time) / 1e9)
        : Number.NaN,
    );
    if (value === undefined) return;
    picked = { time: sample.time, value };
    restarted = false;
  });
  return Float32Array.from(found);
}

/** Growth of a counter from the first sample to the last. One that fell began again at 0: its process restarted. NaN if no sample has it. */
function increase(samples: readonly UsageSample[], of: Counter): number {
  const counted = samples.map(of).filter((value) => value !== undefined);
  if (counted.length === 0) return Number.NaN;
  return counted.slice(1).reduce((sum, value, i) => {
    const before = counted[i] as number;
    return sum + (value < before ? value : value - before);
  }, 0);
}
