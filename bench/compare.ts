/**
 * How often `assay compare` is right: pairs of the same thing must not be distinguishable (goal: 19 of 20), and a planted slowdown
 * of 20% must be found (goal: 9 of 10), with 10 runs a side. On simulated runs, and on stored runs of one configuration, which
 * have the noise of a real machine:
 *
 *     npm run bench -- --repeat 24 --rate 200 --nemesis none --results pool
 *     npx tsx bench/compare.ts pool/*\/
 */
import { createRandom, type Random } from "../core/random.ts";
import { readRun } from "../harness/record/node-store.ts";
import { digestOf, type RunDigest } from "../reports/comparison/digest.ts";
import type { FiguresByMeasure } from "../reports/comparison/operation-figures.ts";
import { digest } from "../reports/comparison/testing/digests.ts";
import { versus } from "../reports/versus/versus.ts";

const perSide = 10;
const pairs = { same: 40, slower: 20 };
const slowdown = 1.2;

const random = createRandom(1);
report("simulated runs, 6% noise", simulated(0.06));
report("simulated runs, 10% noise", simulated(0.1));
const dirs = process.argv.slice(2);
if (dirs.length > 0) {
  const pool: RunDigest[] = [];
  for (const dir of dirs) {
    const { run, history, usage } = await readRun(dir);
    if (run.verdict === "valid") pool.push({ ...digestOf(run, history, usage), href: dir });
  }
  report(`${pool.length} valid stored runs of ${dirs.length}`, stored(pool));
}

/** Makes two sides of the same; `factor` slows the second. */
type Sides = (random: Random, factor: number) => readonly [readonly RunDigest[], readonly RunDigest[]];

function report(name: string, sides: Sides): void {
  const count = (
    label: string,
    of: number,
    factor: number,
    isRight: (words: readonly string[]) => boolean,
  ) => {
    let right = 0;
    for (let i = 0; i < of; i++) {
      const [a, b] = sides(random.fork(`${name} ${label} ${i}`), factor);
      const words = versus(a, b).flatMap(({ cells }) => cells.map(({ word }) => word));
      if (isRight(words)) right++;
    }
    console.log(`${name}: ${label} in ${right} of ${of}`);
  };
  const different = (word: string) => word !== "not distinguishable" && word !== "not compared";
  count(
    "the same is not distinguishable",
    pairs.same,
    1,
    (words) => !words.some(different) && words.includes("not distinguishable"),
  );
  count("20% slower is found", pairs.slower, slowdown, (words) => words.includes("slower"));
}

/**
 * Runs whose speed wanders as a shared machine does: a part that lasts for several runs, a part of each run, and one run in
 * twenty that is half as slow again. The two sides take turns.
 */
function simulated(noise: number): Sides {
  return (own, factor) => {
    let drift = 0;
    const run = (seed: number, times: number): RunDigest => {
      drift = 0.7 * drift + noise * 0.5 * normal(own);
      const machine = 1 + drift + noise * normal(own) + (own.chance(0.05) ? 0.5 : 0);
      const of = (ms: number, spread: number) =>
        times * ms * Math.max(0.2, machine * (1 + spread * normal(own)));
      return digest({
        seed,
        faults: [],
        write: { p50: of(2, noise / 3), p99: of(8, noise), without: 0 },
        read: { p50: of(1, noise / 3), p99: of(4, noise), without: 0 },
        cpuMsPerThousand: 900 * (1 + (noise / 2) * normal(own)),
      });
    };
    const turns = Array.from({ length: perSide }, (_, seed) => [run(seed, 1), run(seed, factor)] as const);
    return [turns.map(([a]) => a), turns.map(([, b]) => b)];
  };
}

/** Twice ten of the stored runs, drawn at random; every latency of the second side times `factor`. */
function stored(pool: readonly RunDigest[]): Sides {
  return (own, factor) => {
    const drawn = own.shuffle(pool);
    return [drawn.slice(0, perSide), drawn.slice(perSide, 2 * perSide).map((run) => slowed(run, factor))];
  };
}

function slowed(run: RunDigest, factor: number): RunDigest {
  const times = ({ ok, ...at }: FiguresByMeasure["response"]) => ({
    ok,
    p50: at.p50 * factor,
    p90: at.p90 * factor,
    p99: at.p99 * factor,
    "p99.9": at["p99.9"] * factor,
  });
  const operations = Object.entries(run.operations).map(([name, { response, service }]) => [
    name,
    { response: times(response), service: times(service) },
  ]);
  return { ...run, operations: Object.fromEntries(operations) };
}

function normal(own: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += own.float();
  return sum;
}
