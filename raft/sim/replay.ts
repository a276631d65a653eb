import { parseArgs } from "node:util";
import { type Mutant, mutants } from "../core/mutants.ts";
import { optionsOf, worlds } from "./options.ts";
import { simulate } from "./simulation.ts";

/**
 * npx tsx raft/sim/replay.ts --seed 123 [--seeds N] [--world KIND] [--mutant NAME] [--quiet]
 *
 * Replays the world of a seed and prints each step; with --seeds those of N seeds from it on (default: from 1), and only what breaks.
 * Ends at the first invariant that breaks, with status 1.
 */
const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    world: { type: "string", default: "mixed" },
    mutant: { type: "string", multiple: true, default: [] },
    quiet: { type: "boolean", default: false },
  },
});
const many = values.seeds !== undefined;
const first = Number(values.seed ?? (many ? 1 : Number.NaN));
const seeds = Number(values.seeds ?? 1);
const world = worlds.find((kind) => kind === values.world);
const planted = Object.keys(mutants).filter((name): name is Mutant => values.mutant.includes(name));
if (!Number.isSafeInteger(first)) usage("--seed takes a whole number");
if (!Number.isSafeInteger(seeds) || seeds < 1) usage("--seeds takes a number of seeds");
if (world === undefined) usage(`--world takes one of ${worlds.join(", ")}`);
if (planted.length < new Set(values.mutant).size) {
  usage(`--mutant takes one of ${Object.keys(mutants).join(", ")}`);
}
const print = values.quiet || many ? undefined : (line: string) => console.log(line);
for (let seed = first; seed < first + seeds; seed++) {
  const options = optionsOf(seed, new Set(planted), world);
  const { stats, violation } = simulate(options, print);
  if (many && violation === undefined) continue;
  console.log({ ...options, mutants: planted });
  console.log(stats);
  if (violation === undefined) continue;
  if (violation.cause !== undefined) console.log(violation.cause);
  console.log(`VIOLATION of ${violation.message}`);
  process.exit(1);
}
console.log(many ? `all invariants held in ${seeds} worlds` : "all invariants held");

function usage(problem: string): never {
  console.error(problem);
  process.exit(64);
}
