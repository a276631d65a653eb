import { type Command, Option } from "commander";
import { patientLoad, trialDefaults } from "../trial/spec.ts";
import { commaLists, positiveInteger, positiveNumber, repeated, seedNumber } from "./arguments.ts";

const defaultSystems = ["reference"];
const defaultWorkloads = ["register"];
/** What strikes where the user named no nemesis. */
export const defaultNemeses: readonly string[] = ["partition", "kill", "pause"];

/** What `assay bench` was asked, as commander parsed it. */
export interface BenchOptions {
  readonly system: readonly string[];
  readonly runtime: string;
  readonly workload: readonly string[];
  readonly nemesis: readonly string[];
  readonly nodes: number;
  readonly rate?: number;
  readonly clients?: number;
  readonly processes: number;
  readonly patient: boolean;
  readonly seconds: number;
  readonly seed?: number;
  readonly readMode: readonly string[];
  readonly timeout: number;
  readonly faultSeconds: number;
  readonly gapSeconds: number;
  readonly convergenceSeconds: number;
  readonly version: readonly string[];
  readonly image: readonly string[];
  readonly storage?: "volume" | "tmpfs";
  readonly nodeArg: readonly string[];
  readonly workloadOption: readonly string[];
  readonly mutant?: string;
  readonly endpoint?: string;
  readonly faultCommand?: string;
  readonly user?: string;
  readonly token?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly timeLimit: number;
  readonly memoryLimit: number;
  readonly results: string;
  readonly json: boolean;
}

/** Declares the options of `assay bench`; their defaults are those of `npm run bench`. */
export function declareBenchOptions(command: Command): Command {
  return declareConnection(declareLoad(declareWhat(command)))
    .option(
      "--time-limit <seconds>",
      "judging one run takes no longer",
      positiveNumber,
      trialDefaults.checking.timeLimitSeconds,
    )
    .option(
      "--memory-limit <MiB>",
      "judging one run holds no more",
      positiveNumber,
      trialDefaults.checking.memoryLimitBytes / 2 ** 20,
    )
    .option("--results <dir>", "where run directories go", "results")
    .option("--json", "one JSON object on stdout and nothing else there", false);
}

function declareWhat(command: Command): Command {
  return command
    .option(
      "--system <names>",
      "systems to try, one after another",
      commaLists(defaultSystems),
      defaultSystems,
    )
    .option("--runtime <name>", "where nodes run: auto, loopback, netns, testcontainers, external", "auto")
    .option("--workload <names>", "what to ask of them", commaLists(defaultWorkloads), defaultWorkloads)
    .option(
      "--nemesis <names>",
      "faults: a,b strike in turn, a+b together; none for none",
      commaLists(defaultNemeses),
      defaultNemeses,
    )
    .option("--nodes <n>", "cluster size: 1, 3 or 5", positiveInteger, trialDefaults.nodes)
    .option("--seed <n>", "replays a schedule of operations and faults; drawn where not given", seedNumber)
    .option("--read-mode <mode>", "a read mode of the system, or system=mode; repeatable", repeated, [])
    .option("--mutant <name>", "plant a bug in the reference server (see: assay list)")
    .option("--version <v>", "of the system, or system=v; repeatable", repeated, [])
    .option("--image <image>", "container image, or system=image; repeatable", repeated, [])
    .addOption(new Option("--storage <kind>", "of containers' data").choices(["volume", "tmpfs"]))
    .option("--node-arg <arg>", "an extra argument for every node; repeatable", repeated, [])
    .option("--workload-option <name=n>", "a number that the workload knows; repeatable", repeated, []);
}

function declareLoad(command: Command): Command {
  return command
    .addOption(patient())
    .addOption(
      new Option("--rate <n>", `operations a second, open loop (default: ${trialDefaults.load.rate})`)
        .argParser(positiveNumber)
        .conflicts("clients"),
    )
    .option(
      "--clients <n>",
      "closed loop with so many clients: for capacity, not for latency",
      positiveInteger,
    )
    .option(
      "--processes <n>",
      "concurrent clients of the open loop",
      positiveInteger,
      trialDefaults.load.processes,
    )
    .option("--seconds <n>", "length of the main phase", positiveNumber, trialDefaults.load.seconds)
    .option("--timeout <ms>", "of every operation", positiveNumber, trialDefaults.operationTimeoutMs)
    .option("--fault-seconds <n>", "mean length of a fault", positiveNumber, 4)
    .option("--gap-seconds <n>", "mean time between faults", positiveNumber, 2.5)
    .option(
      "--convergence-seconds <n>",
      "how long a node may take to catch up after the last heal",
      positiveNumber,
      trialDefaults.convergenceSeconds,
    );
}

/** A shorthand: what it stands for is what the run is told by, and what is given beside it wins. */
function patient(): Option {
  const { rate, processes, timeoutMs, faultSeconds } = patientLoad;
  const words = `--rate ${rate} --processes ${processes} --timeout ${timeoutMs} --fault-seconds ${faultSeconds}`;
  return new Option(
    "--patient",
    `many clients that wait until a fault is over and hear what is answered then: short for ${words}`,
  )
    .default(false)
    .implies({ rate, processes, timeout: timeoutMs, faultSeconds })
    .conflicts("clients");
}

function declareConnection(command: Command): Command {
  return command
    .option("--endpoint <list>", "runtime external: n1=host:port,n2=host:port,…")
    .option("--fault-command <command>", "runtime external: called to cut, heal, kill and start")
    .option("--user <name:password>", "credentials of etcd or ZooKeeper")
    .option("--token <token>", "ACL token of Consul")
    .option("--ca <file>", "PEM of the certificate authority: connect over TLS")
    .option("--cert <file>", "PEM of the client's certificate")
    .option("--key <file>", "PEM of the client's key");
}
