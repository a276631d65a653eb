import type { Command } from "commander";
import type { Clock } from "../../../core/clock.ts";
import { UsageError } from "../../../core/errors.ts";
import { processOutput } from "../output.ts";
import type { CompareOptions } from "./compare.ts";

/** Declares `assay compare`. */
export function addCompare(assay: Command, clock: Clock): void {
  assay
    .command("compare")
    .argument("<dir...>", "run directories of side A, then -- and those of side B")
    .description("compare two versions or configurations: faster, slower, or not distinguishable")
    .usage("[options] A… -- B…")
    .option("--against <dir...>", "run directories of side B: the same as --")
    .option("--out <file>", "page to write")
    .option("--json", "print one JSON object on stdout and nothing else", false)
    .action(async (dirs: string[], options: CompareOptions & { readonly json: boolean }) => {
      const { compare } = await import("./compare.ts");
      await compare(dirs, options, processOutput(options.json), clock);
    });
}

/**
 * The arguments with the `--` of `compare` as the option that it stands for, so that options may follow side B. A UsageError if
 * there are two.
 */
export function withSides(argv: readonly string[]): string[] {
  const between = argv[2] === "compare" ? argv.indexOf("--") : -1;
  if (between !== argv.lastIndexOf("--") && between >= 0)
    throw new UsageError("compare has two sides, with one -- between them: there is more than one");
  return between < 0 ? [...argv] : argv.with(between, "--against");
}
