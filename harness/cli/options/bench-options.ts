import { Command, Option } from "commander";
import type { OpenLoad } from "../../../core/run.ts";
import { listed } from "../../../core/wording.ts";
import { askedStudies } from "../../../reports/studies/names.ts";
import { patientLoad, trialDefaults } from "../../trial/spec.ts";
import { declareResults, type ResultOptions } from "../ci/result-options.ts";
import {
  commaLists,
  countUpTo,
  directory,
  kneeUpTo,
  knownNames,
  numberUpTo,
  positiveInteger,
  positiveNumber,
  rateUpTo,
  repeated,
  seedNumber,
} from "./arguments.ts";
import { type ClientOptions, declareClients } from "./client-options.ts";
import { declareFaults, type FaultOptions } from "./fault-options.ts";

const defaultSystems = ["reference"];
const defaultWorkloads = ["register"];
/** Upper limits of the load: beyond them a run would not end, or not fit into memory. */
const most = {
  rate: 1_000_000,
  retries: 100,
  seconds: 7 * 86_400,
  timeoutMs: 3_600_000,
} as const;
/** Options of `assay bench`, as parsed by commander. */
export interface BenchOptions extends ResultOptions, FaultOptions, ClientOptions {
  readonly system: readonly string[];
  readonly runtime: string;
  readonly workload: readonly string[];
  readonly nodes: number;
  /** As it was given: see `rateParts`. */
  readonly rate?: string;
  readonly knee?: number | "measured";
  readonly retries: number;
  readonly arrivals: NonNullable<OpenLoad["arrivals"]>;
  readonly patient: boolean;
  readonly seconds: number;
  readonly seed?: number;
  readonly readMode: readonly string[];
  readonly timeout: number;
  /** Undefined: none on a cluster that is not the run's own. */
  readonly warmUpSeconds?: number;
  readonly convergenceSeconds: number;
  readonly systemVersion: readonly string[];
  /** The former name of `systemVersion`, which is refused. */
  readonly version?: string | true;
  readonly image: readonly string[];
  readonly storage?: "volume" | "tmpfs";
  readonly nodeArg: readonly string[];
  readonly workloadOption: readonly string[];
  readonly mutant?: string;
  readonly preset?: string;
  /** Whether HTTP interfaces are loaded instead of running trials: set by the preset of this name. */
  readonly http?: true;
  readonly endpoint?: string;
  readonly faultCommand?: string;
  readonly user?: string;
  readonly token?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly timeLimit: number;
  readonly memoryLimit: number;
  /** Figures besides those of every run. */
  readonly study: readonly string[];
  readonly results: string;
  readonly json: boolean;
}

/** Declares the options of `assay bench`; the defaults are those of `npm run bench`. */
export function declareBenchOptions(command: Command): Command {
  declareSystem(command);
  declareConnection(command);
  declareLoad(command.optionsGroup("Load:"));
  declareFaults(command.optionsGroup("Faults:"));
  declareJudging(command.optionsGroup("Judging:"));
  return declareOutput(
    declareResults(command.optionsGroup("Output:"))
      .option(
        "--study <names>",
        `figures besides those of every run: ${listed(askedStudies)}; presets ask for theirs`,
        knownNames(askedStudies),
        [],
      )
      .option("--results <dir>", "parent directory of the run directories", directory, "results"),
  );
}

/** Declares the options of `assay cluster up`: what to start, and where. */
export function declareClusterOptions(command: Command): Command {
  return declareOutput(declareSystem(command).optionsGroup("Output:"));
}

/** All options of `assay bench` as they are by default. */
export const benchDefaults = (): BenchOptions =>
  declareBenchOptions(new Command()).parse([], { from: "user" }).opts<BenchOptions>();

const declareOutput = (command: Command): Command =>
  command
    .option("--json", "print one JSON object on stdout and nothing else", false)
    .helpOption("-h, --help", "print this help");

function declareSystem(command: Command): Command {
  return command
    .optionsGroup("System:")
    .option(
      "--system <names>",
      "systems to test, one after another",
      commaLists(defaultSystems),
      defaultSystems,
    )
    .option("--system-version <v>", "version of the system, or system=version; repeatable", repeated, [])
    .addOption(new Option("--version [v]").hideHelp())
    .option("--nodes <n>", "cluster size: 1, 3 or 5", positiveInteger, trialDefaults.nodes)
    .option("--runtime <name>", "where nodes run: auto, loopback, netns, testcontainers, external", "auto")
    .option("--image <image>", "container image, or system=image; repeatable", repeated, [])
    .addOption(
      new Option("--storage <kind>", "where containers keep their data").choices(["volume", "tmpfs"]),
    )
    .option("--node-arg <arg>", "extra argument for every node; repeatable", repeated, [])
    .option(
      "--preset <name>",
      "options that belong together, like failover, or settings of the nodes, like tight (see: assay list)",
    )
    .option("--mutant <name>", "plant a bug in the reference server (see: assay list)")
    .option(
      "--timeout <ms>",
      "timeout of each operation",
      numberUpTo(most.timeoutMs),
      trialDefaults.operationTimeoutMs,
    )
    .option("--user <name:password>", "credentials for etcd or ZooKeeper")
    .option("--token <token>", "ACL token for Consul")
    .option("--ca <file>", "certificate authority (PEM): connect over TLS")
    .option("--cert <file>", "client certificate (PEM)")
    .option("--key <file>", "client key (PEM)");
}

function declareConnection(command: Command): Command {
  return command
    .optionsGroup("Your own cluster:")
    .option("--endpoint <list>", "its nodes: n1=host:port,n2=host:port,…")
    .option("--fault-command <command>", "command that cuts, heals, kills and starts nodes");
}

const declareLoad = (command: Command): Command =>
  declareClients(declarePace(command))
    .addOption(patient())
    .option("--seed <n>", "seed of the schedule of operations and faults (default: random)", seedNumber);

function declarePace(command: Command): Command {
  return command
    .option(
      "--workload <names>",
      "workloads to run (see: assay list)",
      commaLists(defaultWorkloads),
      defaultWorkloads,
    )
    .option("--workload-option <name=n>", "numeric option of the workload; repeatable", repeated, [])
    .option("--read-mode <mode>", "read mode, or system=mode; repeatable", repeated, [])
    .option(
      "--seconds <n>",
      "length of the main phase, in seconds",
      numberUpTo(most.seconds),
      trialDefaults.load.seconds,
    )
    .option(
      "--warm-up-seconds <n>",
      `load before the main phase that is not recorded, in seconds at most (default: ${trialDefaults.warmUpSeconds}, on your own cluster 0)`,
      numberUpTo(most.seconds, "0"),
    )
    .addOption(
      new Option(
        "--rate <n>",
        `operations per second, open loop: 500; a ramp over the main phase: 100..1000; equal steps: 100,200,400; in percent of what the cluster reaches in the warm-up: 20%,50%,90% (default: ${trialDefaults.load.rate}, or half of what the cluster reaches on this machine)`,
      )
        .argParser(rateUpTo(most.rate))
        .conflicts("clients"),
    )
    .addOption(
      new Option(
        "--knee <n>",
        "what 100% of --rate is instead: operations per second, or measured, in open loops after the warm-up",
      )
        .argParser(kneeUpTo(most.rate))
        .conflicts("clients"),
    )
    .addOption(
      new Option("--retries <n>", "times that a client asks again what was not answered, open loop")
        .argParser(countUpTo(most.retries))
        .default(0)
        .conflicts("clients"),
    )
    .addOption(
      new Option(
        "--arrivals <kind>",
        "intervals between operations, open loop: equal, or random as of many independent users",
      )
        .choices(["constant", "poisson"])
        .default("constant")
        .conflicts("clients"),
    );
}

function declareJudging(command: Command): Command {
  return command
    .option(
      "--convergence-seconds <n>",
      "seconds a node may take to catch up after the last heal",
      positiveNumber,
      trialDefaults.convergenceSeconds,
    )
    .option(
      "--time-limit <seconds>",
      "maximum seconds spent checking one run",
      positiveNumber,
      trialDefaults.checking.timeLimitSeconds,
    )
    .option(
      "--memory-limit <MiB>",
      "maximum memory used to check one run",
      positiveNumber,
      trialDefaults.checking.memoryLimitBytes / 2 ** 20,
    );
}

/** Shorthand for several options, which are the ones that the run records; an option given explicitly wins. */
function patient(): Option {
  const { rate, processes, timeoutMs, faultSeconds } = patientLoad;
  const words = `--rate ${rate} --processes ${processes} --timeout ${timeoutMs} --fault-seconds ${faultSeconds}`;
  return new Option(
    "--patient",
    `many clients that wait out a fault and record the first answers after it: short for ${words}`,
  )
    .default(false)
    .implies({ rate: `${rate}`, processes, timeout: timeoutMs, faultSeconds })
    .conflicts("clients");
}
