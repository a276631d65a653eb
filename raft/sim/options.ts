import { unreachable } from "../../core/assert.ts";
import { createRandom, type Random } from "../../core/random.ts";
import type { Mutant } from "../core/mutants.ts";

export const faultKinds = [
  "partition",
  "isolate-leader",
  "one-way",
  "bridge",
  "crash",
  "crash-leader",
  "crash-all",
  "pause",
  "pause-leader",
  "slow-disk",
  "transfer",
  "membership",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One simulated world; times in simulated milliseconds, two numbers are a range. */
export interface SimOptions {
  readonly seed: number;
  readonly mutants: ReadonlySet<Mutant>;
  readonly members: number;
  /** Time that faults and clients go on; after that the world is healed and must come to rest in agreement. */
  readonly durationMs: number;
  readonly tickMs: number;
  readonly lossProbability: number;
  readonly duplicateProbability: number;
  readonly delayMs: readonly [number, number];
  /** Probability that a message takes ten times as long. */
  readonly slowProbability: number;
  readonly syncMs: readonly [number, number];
  /** Readies are taken while earlier ones are being written. */
  readonly pipelinedWrites: boolean;
  readonly faultEveryMs: readonly [number, number];
  readonly faults: readonly FaultKind[];
  /** Probability that a member crashes just after it gave its vote, and restarts at once. */
  readonly crashAfterVoteProbability: number;
  readonly clients: number;
  readonly clientEveryMs: readonly [number, number];
  /** Probability that a client's operation is a read. */
  readonly readProbability: number;
  /** Well above what a message and a write to disk take, or nobody is ever elected (§5.6). */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly maxEntriesPerAppend: number;
  readonly maxBytesPerAppend: number;
  readonly maxInflight: number;
  readonly retainedEntries: number;
  /** Number of applied entries after which a member takes its next snapshot. */
  readonly compactEvery: number;
}

/**
 * Kinds of worlds. `elections`: members crash and time out so often that they hardly do anything but vote. `deposed`:
 * leaders are cut off or stand still, and clients go on asking them. `churn`: leaders come and go with entries half
 * replicated (figure 8). `reconfigured`: members join and leave all the time, most of all while leaders change.
 */
export const worlds = ["mixed", "elections", "deposed", "churn", "reconfigured"] as const;
export type WorldKind = (typeof worlds)[number];

/**
 * The world of `seed`. Each seed draws its own sizes and leaves out some kinds of faults: a world in which everything
 * happens all the time never gets far enough for the rare things to happen.
 */
export function optionsOf(
  seed: number,
  mutants: ReadonlySet<Mutant> = new Set(),
  world: WorldKind = "mixed",
): SimOptions {
  const random = createRandom(seed).fork("options");
  const mixed = mixedOptions(seed, random, mutants);
  switch (world) {
    case "mixed":
      return mixed;
    case "elections":
      return {
        ...mixed,
        members: 3,
        lossProbability: random.pick([0.1, 0.4]),
        delayMs: [1, 40],
        syncMs: [0, 5],
        faultEveryMs: [100, 400],
        faults: ["crash-leader", "crash-all", "bridge"],
        crashAfterVoteProbability: 0.5,
        clientEveryMs: [40, 80],
        electionTicks: 4,
        heartbeatTicks: 1,
      };
    case "deposed":
      return {
        ...mixed,
        members: 3,
        faultEveryMs: [200, 800],
        faults: ["isolate-leader", "pause-leader"],
        clientEveryMs: [5, 20],
      };
    case "churn":
      return {
        ...mixed,
        members: 5,
        lossProbability: random.pick([0.05, 0.3]),
        delayMs: [1, 20],
        syncMs: [0, 5],
        faultEveryMs: [30, 150],
        faults: ["crash-leader", "isolate-leader", "bridge"],
        clientEveryMs: [20, 60],
        electionTicks: 5,
        heartbeatTicks: 1,
        maxEntriesPerAppend: 1,
        maxInflight: 1,
      };
    case "reconfigured":
      return {
        ...mixed,
        members: random.pick([1, 2, 3]),
        syncMs: [0, 5],
        faultEveryMs: [20, 120],
        faults: ["membership", "membership", "membership", "isolate-leader", "partition", "crash-leader"],
        clientEveryMs: [20, 60],
        electionTicks: 5,
        heartbeatTicks: 1,
      };
    default:
      return unreachable(world);
  }
}

function mixedOptions(seed: number, random: Random, mutants: ReadonlySet<Mutant>): SimOptions {
  const slow = random.chance(0.3);
  return {
    seed,
    mutants,
    members: random.pick([1, 2, 3, 3, 3, 3, 5, 5]),
    durationMs: random.integer(800, 3_000),
    tickMs: 10,
    lossProbability: random.pick([0, 0.01, 0.05, 0.2]),
    duplicateProbability: random.pick([0, 0.01, 0.1]),
    delayMs: [1, random.pick([2, 10, 40])],
    slowProbability: random.pick([0, 0.02]),
    syncMs: slow ? [5, 60] : [0, 5],
    pipelinedWrites: random.chance(0.5),
    faultEveryMs: [50, random.pick([200, 500, 1_000])],
    faults: faultKinds.filter(() => random.chance(0.6)),
    crashAfterVoteProbability: random.pick([0, 0, 0.3]),
    clients: random.integer(1, 4),
    clientEveryMs: [5, random.pick([20, 60])],
    readProbability: random.pick([0.2, 0.5]),
    electionTicks: 10,
    heartbeatTicks: random.pick([1, 2, 3, 3]),
    maxEntriesPerAppend: random.pick([1, 4, 64]),
    maxBytesPerAppend: random.pick([40, 1_000, 1_000_000]),
    maxInflight: random.pick([1, 3, 16]),
    retainedEntries: random.pick([0, 5, 1_000]),
    compactEvery: random.pick([5, 20, 100, 1_000_000]),
  };
}
