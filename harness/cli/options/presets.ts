/** Presets of `bench`: names for options that belong together. An option that the user gives wins; a run records the options. */

import type { Asked } from "../plan/refusals.ts";
import type { BenchOptions } from "./bench-options.ts";

export interface Preset {
  readonly summary: string;
  readonly options: Partial<BenchOptions>;
}

/** By name, in the order of `assay list`. */
export const presets: Readonly<Record<string, Preset>> = {
  failover: {
    summary: "30 kills, pauses and isolations of the leader each: how long nobody can write, or read",
    options: {
      nemesis: ["kill-leader", "pause-leader", "partition-leader"],
      strikes: 30,
      untilServed: true,
      // The longest; most end when the others serve again.
      faultSeconds: 4,
      gapSeconds: 0.6,
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
  sweep: {
    summary:
      "eleven rates, from 5% to 120% of what the warm-up reached: throughput and latency up to the knee",
    options: {
      nemesis: ["none"],
      rate: [5, 10, 20, 30, 40, 50, 60, 70, 80, 100, 120].map((percent) => `${percent}%`).join(","),
      seconds: 66,
      warmUpSeconds: 6,
      timeLimit: 180,
    },
  },
};

/** Replaces the name of a preset by what it stands for. Settings of the nodes, which systems name, stay. */
export function withPreset({ options, given }: Asked): Asked {
  const { preset: name, ...rest } = options;
  const preset = name !== undefined && Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset === undefined) return { options, given };
  const own = Object.entries(preset.options).filter(([option]) => !given.has(option));
  return {
    options: { ...rest, ...Object.fromEntries(own) },
    given: new Set([...given, ...own.map(([option]) => option)]),
  };
}
