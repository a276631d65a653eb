import { parseArgs } from "node:util";
import { type Mutant, mutants } from "../core/mutants.ts";
import { optionsOf } from "./options.ts";
import { simulate } from "./simulation.ts";

/**
 * npx tsx raft/sim/replay.ts --seed 123 [--mutant NAME] [--quiet]
 *
 * Lives through the world of a seed again and tells every step. Exit status 1 where an invariant breaks.
 */
const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    mutant: { type: "string", multiple: true, default: [] },
    quiet: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const unknown = values.mutant.find((name) => !(name in mutants));
if (values.seed === undefined || !Number.isSafeInteger(seed) || unknown !== undefined) {
  console.error(unknown === undefined ? "--seed takes a whole number" : `no mutant ${unknown}`);
  console.error(`mutants: ${Object.keys(mutants).join(", ")}`);
  process.exit(64);
}
const options = optionsOf(seed, new Set(values.mutant as Mutant[]));
const { stats, violation } = simulate(options, values.quiet ? undefined : (line) => console.log(line));
console.log({ ...options, mutants: values.mutant });
console.log(stats);
console.log(violation ? `VIOLATION of ${violation.message}` : "every invariant held");
process.exitCode = violation ? 1 : 0;
