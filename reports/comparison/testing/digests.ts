import type { Consistency } from "../../../core/consistency.ts";
import type { FaultWindow } from "../../../core/fault.ts";
import { nodeId } from "../../../core/op.ts";
import type { Run } from "../../../core/run.ts";
import { nanos } from "../../../core/time.ts";
import type { VerdictKind } from "../../../core/verdict.ts";
import { type Failover, type FailoverMeasure, failoverMeasures } from "../../data/failover.ts";
import type { HealedTime } from "../../data/heal.ts";
import type { PeriodFigures } from "../../data/phases.ts";
import type { Studies } from "../../studies/figures.ts";
import { validFixture } from "../../testing/runs.ts";
import type { KindFigures, MeasuredFigures, RunDigest } from "../digest.ts";
import type { FiguresByMeasure } from "../operation-figures.ts";

/** What tests say of a run; all else is the same in all runs. */
export interface Facts {
  readonly system?: string;
  readonly version?: string;
  readonly readMode?: string;
  readonly promises?: Consistency;
  readonly verdict?: VerdictKind;
  readonly seed?: number;
  /** Operations per second of an open load. */
  readonly rate?: number;
  readonly write?: Latency;
  readonly read?: Latency;
  readonly faults?: readonly FaultWindow[];
  /** Any other members of the run. */
  readonly run?: Partial<Run>;
  readonly cpuMsPerThousand?: number;
  readonly failovers?: readonly Failover[];
  readonly studies?: Studies;
}

/** Milliseconds, but for the longest time without a success, which is in seconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly without: number;
  /** Number of `ok` operations while healthy. */
  readonly ok?: number;
}

const base = validFixture({ seconds: 3 }).run;

/** A fault with effect that struck the leader, or another node. */
export const faultAt = (node: "leader" | "follower"): FaultWindow => ({
  id: 1,
  name: "kill",
  summary: `kill ${node} n1`,
  nodes: [nodeId("n1")],
  cut: [],
  from: nanos(5e9),
  to: nanos(7e9),
  proof: "process 12 is gone",
  led: nodeId(node === "leader" ? "n1" : "n2"),
});

export function digest(facts: Facts = {}): RunDigest {
  const { system = "etcd", version = "3.5.16", readMode = "linearizable", promises = "linearizable" } = facts;
  const { verdict = "valid", seed = 1, rate = 500, faults = [faultAt("leader")] } = facts;
  const { write = { p50: 2, p99: 8, without: 1 }, read = { p50: 1, p99: 4, without: 0.5 } } = facts;
  return {
    run: {
      ...base,
      id: `${system}-${seed}`,
      system: { name: system, version },
      readMode: { name: readMode, promises },
      verdict,
      verdicts: [],
      seed,
      load: { kind: "open", rate, processes: 12, seconds: 20 },
      nemeses: faults.length === 0 ? [] : ["kill"],
      faults,
      ...facts.run,
    },
    href: `${system}-${seed}/report.html`,
    end: 24,
    faults,
    okPerSecond: rate * 0.99,
    kinds: { write: kindOf(write), read: kindOf(read) },
    failovers: facts.failovers ?? [],
    studies: facts.studies ?? {},
    errors: { errors: 0, operations: 4_000 },
    operations: { read: operationOf(read), write: operationOf(write) },
    cost: {
      cpuMsPerThousand: facts.cpuMsPerThousand ?? 900,
      peakMemory: 2 ** 28,
      disk: 2 ** 26,
      diskPerThousand: 2 ** 16,
      writtenPerThousand: 2 ** 22,
      networkPerThousand: 2 ** 21,
      memoryPerKey: Number.NaN,
      diskPerKey: Number.NaN,
      syncsPerThousand: 900,
    },
  };
}

/** Three systems with three promises, as a bench of all compares them. */
export const threeSystems = (facts: readonly [Facts, Facts, Facts] = [{}, {}, {}]): RunDigest[] => [
  digest(facts[0]),
  digest({ ...zookeeper, ...facts[1] }),
  digest({ ...consul, ...facts[2] }),
];

/** Strikes of a kind of fault: how long nobody could write, the last `healed` of them until the heal; half a second for all else. */
export function strikesOf(name: string, unwritable: readonly number[], healed = 0): Failover {
  const half = { value: 0.5, untilHealed: false };
  const others = failoverMeasures.map((measure) => [measure, unwritable.map(() => half)] as const);
  const samples = Object.fromEntries(others) as Record<FailoverMeasure, HealedTime[]>;
  const served = unwritable.length - healed;
  return {
    name,
    strikes: unwritable.length,
    unproven: 0,
    served,
    samples: { ...samples, unwritable: unwritable.map((value, i) => ({ value, untilHealed: i >= served })) },
  };
}

export const zookeeper: Facts = {
  system: "zookeeper",
  version: "3.9.3",
  readMode: "local",
  promises: "sequential",
  write: { p50: 3, p99: 20, without: 3 },
  read: { p50: 0.5, p99: 1, without: 0.2 },
};

export const consul: Facts = {
  system: "consul",
  version: "1.8.7",
  readMode: "default",
  promises: "linearizable-known-limits",
  write: { p50: 6, p99: 60, without: 5 },
  read: { p50: 2, p99: 9, without: 4 },
};

function operationOf({ p50, p99, ok = 1_000 }: Latency): FiguresByMeasure {
  const of = (factor: number) => ({
    ok,
    p50: p50 * factor * 1e3,
    p90: ((p50 + p99) / 2) * factor * 1e3,
    p99: p99 * factor * 1e3,
    "p99.9": p99 * factor * 2e3,
  });
  return { response: of(1), service: of(0.5) };
}

function kindOf({ p50, p99, without, ok = 1_000 }: Latency): KindFigures {
  const of = (factor: number): MeasuredFigures => {
    const healthy: PeriodFigures = {
      seconds: 10,
      ok,
      fail: 0,
      info: 0,
      okPerSecond: ok / 10,
      p50: p50 * factor * 1e3,
      p99: p99 * factor * 1e3,
      max: p99 * factor * 2e3,
    };
    const column = (value: number) => Float32Array.of(value, value);
    return {
      healthy,
      fault: { ...healthy, p99: healthy.p99 * 3 },
      series: {
        f: "",
        from: Float32Array.of(1, 2),
        to: Float32Array.of(2, 3),
        p50: column(healthy.p50),
        p95: column(healthy.p99),
        p99: column(healthy.p99),
        max: column(healthy.max),
      },
      spectrum: [
        [0, healthy.p50 / 2],
        [2, healthy.p99],
        [3, healthy.max],
      ],
    };
  };
  return { response: of(1), service: of(0.5), longestWithout: without };
}
