/**
 * How often `assay compare` is right about a server that was really slowed: the reference server, as it is (sides a1 and a2) and with
 * --slow-down-percent (side b). A block has one short run of each side with the same seed, one right after the other, in random order,
 * as docs/comparing-systems.md says. Runs that are there count, so it can be stopped and go on; with 0 blocks it only judges them.
 *
 *     npx tsx bench/compare-planted.ts RESULTS [blocks=60] [blocks a comparison=12]
 *
 * A block takes about 30 s, and the machine should do nothing else. Prints what `compare` says of disjoint sets of blocks, then of 20
 * sets drawn from all of them, which overlap: the second shows more, and is no independent evidence. Also prints how far apart the
 * sides are in the median block.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createRandom } from "../core/random.ts";
import { readRun } from "../harness/record/node-store.ts";
import { digestOf, type RunDigest } from "../reports/comparison/digest.ts";
import { versus } from "../reports/versus/versus.ts";

const sides = { a1: [], a2: [], b: ["--node-arg", "--slow-down-percent=20"] } as const;
type Block = Readonly<Record<keyof typeof sides, RunDigest>>;
const load = "--system reference --rate 200 --nemesis none --seconds 6 --quiet-seconds 0".split(" ");

const [results = "results/planted", blocks = "60", size = "12"] = process.argv.slice(2);
const random = createRandom(1);
for (let seed = 1; seed <= Number(blocks); seed++) {
  for (const [side, extra] of random.shuffle(Object.entries(sides))) await run(side, seed, extra);
}
const all = await readBlocks();
const perSide = Number(size);
const disjoint = Array.from({ length: Math.floor(all.length / perSide) }, (_, i) =>
  all.slice(i * perSide, (i + 1) * perSide),
);
const drawn = Array.from({ length: 20 }, () => random.shuffle(all).slice(0, perSide));
report(`disjoint sets of ${perSide} of ${all.length} blocks`, disjoint);
report(`overlapping sets of ${perSide}, drawn from ${all.length} blocks`, drawn);
report(`all ${all.length} blocks at once`, [all]);
for (const { quantity, ratio } of versus(side(all, "a1"), side(all, "b"))[0]?.cells ?? [])
  if (ratio !== undefined && quantity.topic === "latency")
    console.log(
      `${quantity.name}: B is ${ratio.value.toFixed(2)} of A (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)})`,
    );

async function run(side: string, seed: number, extra: readonly string[]): Promise<void> {
  const own = ["--seed", `${seed}`, "--results", `${results}/${side}`, ...extra];
  const child = spawn(process.execPath, ["harness/assay.mjs", "bench", ...load, ...own], { stdio: "ignore" });
  await once(child, "exit");
}

/** Blocks of which all three runs are there and valid, in the order of their seeds. */
async function readBlocks(): Promise<Block[]> {
  const bySeed = new Map<number, Partial<Record<keyof typeof sides, RunDigest>>>();
  for (const name of Object.keys(sides) as (keyof typeof sides)[]) {
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
    .flatMap(([, { a1, a2, b }]) =>
      a1 === undefined || a2 === undefined || b === undefined ? [] : [{ a1, a2, b }],
    );
}

function side(chosen: readonly Block[], name: keyof typeof sides): RunDigest[] {
  return chosen.map((block) => block[name]);
}

function report(what: string, sets: readonly (readonly Block[])[]): void {
  const words = (set: readonly Block[], other: "a2" | "b") =>
    versus(side(set, "a1"), side(set, other)).flatMap(({ cells }) =>
      cells.flatMap(({ word, difference }) => (difference === undefined ? [] : [word])),
    );
  const same = sets.filter((set) => {
    const found = words(set, "a2");
    return found.length > 0 && found.every((word) => word === "not distinguishable");
  });
  const slower = sets.filter((set) => words(set, "b").includes("slower"));
  console.log(`${what}: the same is not distinguishable in ${same.length} of ${sets.length}`);
  console.log(`${what}: the slowed one is slower in ${slower.length} of ${sets.length}`);
}
