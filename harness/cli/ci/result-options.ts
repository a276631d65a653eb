import type { Command } from "commander";
import { filePath, integerUpTo, repeated } from "../options/arguments.ts";

/** Options of `assay bench` about how often it runs, and what becomes of the results. */
export interface ResultOptions {
  /** How often everything is run. */
  readonly repeat: number;
  /** Thresholds, as typed. */
  readonly failIf: readonly string[];
  readonly markdown?: string;
  readonly junit?: string;
}

const mostRepeats = 1000;

/** Options that say nothing about a single run: its repeat command leaves them out. */
export const ofWholeCommand = [
  "repeat",
  "markdown",
  "junit",
] as const satisfies readonly (keyof ResultOptions)[];

export const declareResults = (command: Command): Command =>
  command
    .option(
      "--repeat <n>",
      "run everything n times: in each of n blocks all runs once, in random order; 10 for claims",
      integerUpTo(mostRepeats),
      1,
    )
    .option(
      "--fail-if <threshold>",
      "exit with 1 if a run exceeds it: 'put.p99 > 50ms', 'errors > 0.1%', 'unwritable > 3s'; repeatable",
      repeated,
      [],
    )
    .option("--markdown <file>", "write a summary in Markdown, for the page of a CI job", filePath)
    .option("--junit <file>", "write JUnit XML: a test case for each run and threshold", filePath);
