/**
 * How often `assay compare` is right about a server that was really slowed: the reference server, as it is (sides a1 and a2) and with
 * --slow-down-percent (side b). A block has one short run of each side with the same seed, one right after the other, in random order,
 * as docs/comparing-systems.md says. Runs that are there count, so it can be stopped and go on; with 0 blocks it only judges them.
 *
 *     npx tsx bench/compare-planted.ts RESULTS [blocks=60] [blocks a comparison=12] [sides next to a1=a2,b]
 *
 * A run takes about 10 s, and the machine should do nothing else. Prints what `compare` says of disjoint sets of blocks, then of 20
 * sets drawn from all of them, which overlap: the second shows more, and is no independent evidence. Of each side it also compares every
 * other run with those between, without pairs: the same server, by other seeds. The last lines say how far apart the sides are.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createRandom } from "../core/random.ts";
import { readRun } from "../harness/record/node-store.ts";
import { digestOf, type RunDigest } from "../reports/comparison/digest.ts";
import { versus } from "../reports/versus/versus.ts";

const sides = { a1: [], a2: [], b: ["--node-arg", "--slow-down-percent=20"] } as const;
type Side = keyof typeof sides;
type Block = Readonly<Record<Side, RunDigest>>;
const load =
  "--system reference --workload put --rate 200 --nemesis none --seconds 6 --quiet-seconds 0".split(" ");

const [results = "results/planted", blocks = "60", size = "12", others = "a2,b"] = process.argv.slice(2);
const chosen = (Object.keys(sides) as Side[]).filter((name) => ["a1", ...others.split(",")].includes(name));
const random = createRandom(1);
const made = Object.fromEntries(await Promise.all(chosen.map(async (name) => [name, await seedsOf(name)])));
for (let seed = 1; seed <= Number(blocks); seed++)
  for (const name of random.shuffle(chosen)) if (made[name]?.has(seed) !== true) await run(name, seed);
const all = await readBlocks();
const perSide = Number(size);
const disjoint = Array.from({ length: Math.floor(all.length / perSide) }, (_, i) =>
  all.slice(i * perSide, (i + 1) * perSide),
);
const drawn = Array.from({ length: 20 }, () => random.shuffle(all).slice(0, perSide));
report(`disjoint sets of ${perSide} of ${all.length} blocks`, disjoint);
report(`overlapping sets of ${perSide}, drawn from ${all.length} blocks`, drawn);
report(`all ${all.length} blocks at once`, [all]);
for (const name of perSide > 1 ? chosen : []) {
  const halves = disjoint.map((set) =>
    [0, 1].map((half) => side(set, name).filter((_, i) => i % 2 === half)),
  );
  say(
    `${name}, every other run of a set with the rest`,
    halves.map(([one = [], other = []]) => wordOf(one, other)),
  );
}
for (const other of chosen.slice(1))
  for (const { quantity, ratio } of versus(side(all, "a1"), side(all, other))[0]?.cells ?? [])
    if (ratio !== undefined && quantity.topic === "latency")
      console.log(
        `${quantity.name}: ${other} is ${ratio.value.toFixed(2)} of a1 (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)})`,
      );

/** Seeds of the runs that are there. */
async function seedsOf(name: Side): Promise<ReadonlySet<number>> {
  const names = await readdir(`${results}/${name}`).catch(() => []);
  return new Set(names.map((dir) => Number(/-(\d+)$/.exec(dir)?.[1])));
}

async function run(side: Side, seed: number): Promise<void> {
  const own = ["--seed", `${seed}`, "--results", `${results}/${side}`, ...sides[side]];
  const child = spawn(process.execPath, ["harness/assay.mjs", "bench", ...load, ...own], { stdio: "ignore" });
  await once(child, "exit");
}

/** Blocks of which every side's run is there and valid, in the order of their seeds. */
async function readBlocks(): Promise<Block[]> {
  const bySeed = new Map<number, Partial<Block>>();
  for (const name of chosen) {
    for (const dir of await readdir(`${results}/${name}`)) {
      if (dir.endsWith(".html")) continue;
      const { run, history, usage } = await readRun(`${results}/${name}/${dir}`);
      if (run.verdict !== "valid") continue;
      const digest = { ...digestOf(run, history, usage), href: dir };
      bySeed.set(run.seed, { ...bySeed.get(run.seed), [name]: digest });
    }
  }
  return [...bySeed.entries()]
    .sort(([one], [other]) => one - other)
    .flatMap(([, block]) => (chosen.every((name) => block[name] !== undefined) ? [block as Block] : []));
}

function side(blocks: readonly Block[], name: Side): RunDigest[] {
  return blocks.map((block) => block[name]);
}

/** The word on the figure that differs, if one does. `not compared`: most runs of a side were client-limited, or there are too few. */
function wordOf(one: readonly RunDigest[], other: readonly RunDigest[]): string {
  const words = versus(one, other).flatMap(({ cells }) => cells.map(({ word }) => word));
  const said = words.filter((word) => word !== "not compared");
  return said.find((word) => word !== "not distinguishable") ?? said[0] ?? "not compared";
}

function report(what: string, sets: readonly (readonly Block[])[]): void {
  for (const other of chosen.slice(1))
    say(
      `${what}: a1 and ${other}`,
      sets.map((set) => wordOf(side(set, "a1"), side(set, other))),
    );
}

function say(what: string, words: readonly string[]): void {
  const each = [...new Set(words)].map((word) => `${word} in ${words.filter((one) => one === word).length}`);
  console.log(`${what}, ${words.length} comparisons: ${each.join(", ")}`);
}
