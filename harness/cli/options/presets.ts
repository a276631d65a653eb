/** Presets of `bench`: names for options that belong together. An option that the user gives wins; a run records the options. */

import type { Asked } from "../plan/refusals.ts";
import type { SecondRound } from "../plan/rounds.ts";
import type { BenchOptions } from "./bench-options.ts";

export interface Preset {
  readonly summary: string;
  readonly options: Partial<BenchOptions>;
  /** Runs after all others, at a rate that those decide. */
  readonly second?: SecondRound;
  /** Options of which every combination is a run of its own. */
  readonly each?: Each;
}

type Each = Readonly<
  Pick<{ [Name in keyof BenchOptions]?: readonly BenchOptions[Name][] }, "rate" | "retries">
>;

/** etcdctl's loads: clients, writes per second. */
const checkPerfLoads = { s: [50, 150], m: [200, 1000], l: [500, 8000], xl: [1000, 15_000] } as const;

/** dbtester's and etcdctl's sizes: keys of 256 bytes, values of 1 KiB. */
const sized = (keys: number): string[] => [`keys=${keys}`, "key-size=256", "value-size=1024"];

/** `check-perf` of a size of etcdctl's. Keys are random, nearly all of them new. */
const checkPerf = (size: keyof typeof checkPerfLoads): Preset => {
  const [processes, rate] = checkPerfLoads[size];
  return {
    summary: `etcdctl check perf, size ${size}: ${rate} writes/s by ${processes} clients for 60 s, and whether they pass its rules`,
    options: {
      study: ["check-perf"],
      nemesis: ["none"],
      workload: ["put"],
      workloadOption: sized(1_000_000),
      rate: `${rate}`,
      processes,
      seconds: 60,
      timeLimit: 180,
    },
  };
};

/** By name, in the order of `assay list`. */
export const presets: Readonly<Record<string, Preset>> = {
  failover: {
    summary: "30 kills, pauses and isolations of the leader each: how long nobody can write, or read",
    options: {
      nemesis: ["kill-leader", "pause-leader", "partition-leader"],
      strikes: 30,
      untilServed: true,
      // The longest; nearly all end when the others serve again. Consul takes 3 s, and now and then 5.
      faultSeconds: 8,
      gapSeconds: 0.4,
      // What is healthy is measured here: the gaps are over before a cluster counts as healthy again.
      calmSeconds: 10,
      // A hundred writes a second: an outage is measured to 10 ms.
      rate: "200",
      seconds: 900,
      timeLimit: 180,
    },
  },
  http: {
    summary:
      "autocannon against HTTP interfaces: how many requests a second they take at most; no faults, no verdict",
    options: { http: true, nemesis: ["none"], clients: 48, seconds: 10, timeout: 5000 },
  },
  "failover-partial": {
    summary:
      "links that fail in part: how long nobody can write, or read, and whether that ends before they are mended",
    options: {
      nemesis: [
        "partition-chained",
        "partition-non-transitive",
        "partition-one-way-leader",
        "partition-intermittent",
        "partition-quorum-loss",
        "partition-constrained-election",
        "hold-leader",
      ],
      // Two of the shapes need five.
      nodes: 5,
      strikes: 6,
      untilServed: true,
      faultSeconds: 5,
      gapSeconds: 0.6,
      calmSeconds: 10,
      rate: "200",
      seconds: 900,
      timeLimit: 180,
    },
  },
  metastable: {
    summary:
      "70, 90 and 110% of the knee, with and without retries: whether it recovers from a pause of 10 s by itself",
    options: {
      nemesis: ["pause-leader"],
      strikes: 1,
      faultSeconds: 10,
      gapSeconds: 1,
      calmSeconds: 8,
      quietSeconds: 30,
      seconds: 52,
      knee: "measured",
      // A request that waits for an answer, and all that come after it, need a client each.
      processes: 2000,
      timeLimit: 180,
    },
    each: { rate: ["70%", "90%", "110%"], retries: [0, 3] },
  },
  sweep: {
    summary: "eleven rates, from 10% to 300% of a measured knee: throughput and latency up to the knee",
    options: {
      nemesis: ["none"],
      knee: "measured",
      rate: [10, 20, 35, 50, 70, 85, 100, 125, 150, 200, 300].map((percent) => `${percent}%`).join(","),
      seconds: 66,
      timeLimit: 180,
    },
  },
  "check-perf": { ...checkPerf("s"), summary: "the same as check-perf-s" },
  "check-perf-s": checkPerf("s"),
  "check-perf-m": checkPerf("m"),
  "check-perf-l": checkPerf("l"),
  "check-perf-xl": checkPerf("xl"),
  dbtester: {
    summary:
      "writes, then reads, with dbtester's sizes: capacity by 100 clients, then latency at a rate that every system bears",
    options: {
      study: ["dbtester"],
      nemesis: ["none"],
      workload: ["put", "get"],
      workloadOption: sized(5000),
      clients: 100,
      seconds: 20,
      timeLimit: 180,
    },
    second: { share: 0.5 },
  },
  aging: {
    summary: "ten minutes of writes without faults: how latency and the store change, tenth by tenth",
    options: {
      study: ["aging"],
      nemesis: ["none"],
      workload: ["put"],
      workloadOption: ["keys=10000", "value-size=1024"],
      rate: "400",
      seconds: 600,
      timeLimit: 180,
    },
  },
};

/** Replaces the name of a preset by what it stands for. Settings of the nodes, which systems name, stay. */
export function withPreset({ options, given }: Asked): Asked & { readonly second?: SecondRound } {
  const { preset: name, ...rest } = options;
  const preset = name !== undefined && Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset === undefined) return { options, given };
  const own = Object.entries(preset.options).filter(([option]) => !given.has(option));
  const each = combinations(Object.entries(preset.each ?? {}).filter(([option]) => !given.has(option)));
  const { second } = preset;
  const { rate, ...unpaced } = rest;
  return {
    each,
    // A rate is that of the second round, where there is one: the first has clients.
    options: { ...(second === undefined ? rest : unpaced), ...Object.fromEntries(own) },
    given: new Set([...given, ...own.map(([option]) => option)]),
    ...(second !== undefined && { second: { ...second, ...(rate !== undefined && { rate }) } }),
  };
}

/** Every choice of one value for each name. */
const combinations = (each: readonly (readonly [string, readonly unknown[]])[]): Partial<BenchOptions>[] =>
  each.reduce<Partial<BenchOptions>[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
