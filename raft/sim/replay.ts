import { parseArgs } from "node:util";
import { type Mutant, mutants } from "../core/mutants.ts";
import { optionsOf, worlds } from "./options.ts";
import { simulate } from "./simulation.ts";

/**
 * npx tsx raft/sim/replay.ts --seed 123 [--world KIND] [--mutant NAME] [--quiet]
 *
 * Replays the world of a seed and prints each step. Exit status 1 if an invariant breaks.
 */
const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    world: { type: "string", default: "mixed" },
    mutant: { type: "string", multiple: true, default: [] },
    quiet: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const world = worlds.find((kind) => kind === values.world);
const planted = Object.keys(mutants).filter((name): name is Mutant => values.mutant.includes(name));
if (values.seed === undefined || !Number.isSafeInteger(seed)) usage("--seed takes a whole number");
if (world === undefined) usage(`--world takes one of ${worlds.join(", ")}`);
if (planted.length < new Set(values.mutant).size) {
  usage(`--mutant takes one of ${Object.keys(mutants).join(", ")}`);
}
const options = optionsOf(seed, new Set(planted), world);
const { stats, violation } = simulate(options, values.quiet ? undefined : (line) => console.log(line));
console.log({ ...options, mutants: planted });
console.log(stats);
if (violation?.cause !== undefined) console.log(violation.cause);
console.log(violation ? `VIOLATION of ${violation.message}` : "all invariants held");
process.exitCode = violation ? 1 : 0;

function usage(problem: string): never {
  console.error(problem);
  process.exit(64);
}
