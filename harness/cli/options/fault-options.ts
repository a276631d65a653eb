/** The options of `bench` that say which faults strike, how often and for how long. */
import type { Command } from "commander";
import { commaLists, numberUpTo, positiveInteger, positiveNumber } from "./arguments.ts";

/** Faults injected when the user names none. */
const defaultNemeses: readonly string[] = ["partition", "kill", "pause"];
const mostCalmSeconds = 86_400;

export interface FaultOptions {
  readonly nemesis: readonly string[];
  readonly faultSeconds: number;
  readonly gapSeconds: number;
  readonly calmSeconds: number;
  readonly quietSeconds: number;
  readonly strikes?: number;
  readonly untilServed: boolean;
}

export function declareFaults(command: Command): Command {
  return command
    .option(
      "--nemesis <names>",
      "faults to inject: a,b in turn, a+b together, none for no faults",
      commaLists(defaultNemeses),
      defaultNemeses,
    )
    .option(
      "--fault-seconds <n>",
      "mean length of a fault, in seconds; shorter by default if --seconds is short",
      positiveNumber,
      4,
    )
    .option(
      "--gap-seconds <n>",
      "mean time between faults, in seconds; shorter by default if --seconds is short",
      positiveNumber,
      2.5,
    )
    .option(
      "--calm-seconds <n>",
      "load before the first fault, in seconds",
      numberUpTo(mostCalmSeconds, "0"),
      0,
    )
    .option(
      "--quiet-seconds <n>",
      "load after the last fault, in seconds",
      numberUpTo(mostCalmSeconds, "0"),
      3,
    )
    .option(
      "--strikes <n>",
      "faults of each kind, after which the load ends (default: as many as --seconds allow)",
      positiveInteger,
    )
    .option("--until-served", "end a fault of the leader as soon as the other nodes serve again", false);
}
