import { Command, Option } from "commander";
import type { Clock } from "../../core/clock.ts";
import { UsageError } from "../../core/errors.ts";
import type { ExternalOptions } from "../runtimes/external/external.ts";
import { positiveNumber } from "./arguments.ts";
import { type BenchOptions, declareBenchOptions } from "./bench-options.ts";
import type { CheckOptions } from "./check/case.ts";
import type { ExportOptions } from "./export.ts";
import type { Registries } from "./list.ts";
import { type Output, processOutput } from "./output.ts";
import type { PlannedRun } from "./plan.ts";
import { endOnSignals } from "./signals.ts";

/** Loads everything that a name can mean; `own` is the user's cluster, for the runtime `external`. */
export type LoadRegistries = (own?: ExternalOptions) => Promise<Registries>;

interface Json {
  readonly json: boolean;
}

/**
 * The command line. Commands load what they need when they are called: `assay list` does not wait for Docker's client.
 * `finish` gets the exit status of the command that ran.
 */
export function program(
  version: string,
  registries: LoadRegistries,
  clock: Clock,
  finish: (status: number) => void,
): Command {
  const assay = new Command("assay")
    .description(
      "Coordination services on trial: do they keep their promises, and how fast are they while they do?",
    )
    .version(version, "-V, --version")
    .enablePositionalOptions()
    .addHelpText(
      "after",
      "\nExit status: 0 valid, 1 invalid, 2 unknown, 64 wrong usage, 70 could not run, 128+n ended by signal n.",
    );

  declareBenchOptions(assay.command("bench"))
    .description("start a cluster, drive it, break it, judge it, write a report")
    .action(async (given: BenchOptions, command: Command) => {
      const { forOwnCluster } = await import("./own-cluster.ts");
      const { options, own } = forOwnCluster(given);
      finish(await runBench(options, command, await registries(own), clock));
    });
  addCheck(assay, clock, finish);
  addCluster(assay, registries, clock, finish);
  addSmall(assay, registries);
  nameHelp(assay, "assay");
  return assay;
}

/** An option that is refused names the help of its own command. */
function nameHelp(command: Command, path: string): void {
  command.showHelpAfterError(`(${path} --help tells what there is)`);
  for (const sub of command.commands) nameHelp(sub, `${path} ${sub.name()}`);
}

async function runBench(
  options: BenchOptions,
  command: Command,
  registries: Registries,
  clock: Clock,
): Promise<number> {
  const output = processOutput(options.json);
  const { planRuns } = await import("./plan.ts");
  const context = { clock, log: (line: string) => output.note(line) };
  const planned = await planRuns(options, registries, context);
  const { refuseUnwritable } = await import("../record/node-store.ts");
  await refuseUnwritable(options.results);
  const elsewhere = await inNamespaces(planned, output);
  if (elsewhere !== undefined) return elsewhere;
  const ending = endOnSignals(() =>
    output.note("ending: heal, stop, judge what there is (again to end at once)"),
  );
  const defaults = Object.fromEntries(
    command.options.map((option) => [option.attributeName(), option.defaultValue]),
  );
  const { bench } = await import("./bench.ts");
  const status = await bench(planned, options, { clock, output, signal: ending.signal, defaults });
  return ending.status() ?? status;
}

/**
 * Where a run needs network namespaces, the whole command runs again inside fresh ones. Resolves with the exit status of
 * that, or with undefined where it goes on here.
 */
async function inNamespaces(
  planned: readonly PlannedRun[],
  output: Output,
  env?: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  const names = new Set(planned.map(({ runtime }) => runtime.name));
  if (!names.has("netns")) return undefined;
  for (const other of ["testcontainers", "external"]) {
    if (names.has(other))
      throw new UsageError(`runtimes netns and ${other} do not go together: start them apart`);
  }
  const { insideNamespaces, reexecInNamespaces } = await import("../runtimes/netns/reexec.ts");
  if (insideNamespaces()) return undefined;
  // From inside, nothing can be told of the processes out here.
  const { cleanLeftovers } = await import("../runtimes/cleanup.ts");
  for (const line of await cleanLeftovers()) output.note(`removed a leftover of a run that died: ${line}`);
  return reexecInNamespaces([process.execPath, ...process.argv.slice(1)], env);
}

function addCheck(assay: Command, clock: Clock, finish: (status: number) => void): void {
  assay
    .command("check")
    .argument("<file...>", "run directories, or files of histories")
    .description("judge stored or foreign histories without running anything")
    .option(
      "--model <name>",
      "the sequential specification that a foreign history is held against (see assay list); the only one that fits where not given",
    )
    .option("--format <name>", "of a foreign history; told from the file where not given")
    .option(
      "--initial <json>",
      "the model's initial value; unknown: it may be any, where the model allows it",
    )
    .addOption(
      new Option(
        "--fail <meaning>",
        "what a compare-and-set that failed says: nothing but that it had no effect, or that it compared and found another value; the format's own meaning where not given",
      ).choices(["no-effect", "comparison"]),
    )
    .option("--whole", "judge all keys together, as one object: the same verdict, and takes longer", false)
    .option("--time-limit <seconds>", "judging one history takes no longer", positiveNumber, 60)
    .option("--memory-limit <MiB>", "one history takes no more, nor does judging it", positiveNumber, 4096)
    .option("--report <file>", "write the page of the one history that is checked to this file")
    .option("--json", "one JSON object on stdout and nothing else there", false)
    .action(async (files: string[], options: CheckOptions & Json) => {
      const { check } = await import("./check/check.ts");
      finish(await check(files, options, clock, processOutput(options.json)));
    });
}

/** Where the cluster will be in namespaces of its own, it is reached through doors that are open meanwhile. */
async function withDoors<T>(
  { runtime }: PlannedRun,
  nodes: number,
  body: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const { insideNamespaces } = await import("../runtimes/netns/reexec.ts");
  if (runtime.name !== "netns" || insideNamespaces()) return body({});
  const { openDoors } = await import("../runtimes/netns/doors.ts");
  const doors = await openDoors(nodes);
  try {
    return await body(doors.env);
  } finally {
    await doors.close();
  }
}

function addCluster(
  assay: Command,
  registries: LoadRegistries,
  clock: Clock,
  finish: (status: number) => void,
): void {
  const cluster = assay.command("cluster").description("clusters to play with");
  declareBenchOptions(cluster.command("up"))
    .description("start a cluster and leave it up until Ctrl-C (options as for bench)")
    .action(async (options: BenchOptions) => {
      const output = processOutput(options.json);
      const { planRuns } = await import("./plan.ts");
      const context = { clock, log: (line: string) => output.note(line) };
      const [plan] = await planRuns({ ...options, nemesis: ["none"] }, await registries(), context);
      if (plan === undefined) return;
      const elsewhere = await withDoors(plan, options.nodes, (env) => inNamespaces([plan], output, env));
      if (elsewhere !== undefined) {
        finish(elsewhere);
        return;
      }
      const ending = endOnSignals(() => output.note("taking the cluster down"));
      const { clusterUp } = await import("./cluster.ts");
      const wasUp = await clusterUp(plan, options, { clock, output, signal: ending.signal });
      const status = ending.status();
      if (!wasUp && status !== undefined) finish(status);
    });
}

function addSmall(assay: Command, registries: LoadRegistries): void {
  const json = ["--json", "one JSON object on stdout and nothing else there"] as const;
  assay
    .command("report")
    .argument("<dir...>", "run directories")
    .description("render the report of stored runs anew")
    .option(...json, false)
    .action(async (dirs: string[], options: Json) => {
      const { report } = await import("./report/report.ts");
      await report(dirs, processOutput(options.json));
    });
  assay
    .command("export")
    .argument("<dir>", "a run directory")
    .description("write a run's history for other checkers")
    .option("--format <name>", "how it is written: jepsen-edn", "jepsen-edn")
    .option("--out <file>", "where to; without it, stdout")
    .option(...json, false)
    .action(async (dir: string, options: ExportOptions & Json) => {
      const { exportRun } = await import("./export.ts");
      await exportRun(dir, options, processOutput(options.json));
    });
  assay
    .command("doctor")
    .description("what this machine can run, and what to install for the rest")
    .option(...json, false)
    .action(async (options: Json) => {
      const { doctor } = await import("./doctor.ts");
      await doctor(await registries(), processOutput(options.json));
    });
  assay
    .command("list")
    .description("systems, runtimes, workloads, faults, planted bugs, models and formats of histories")
    .option(...json, false)
    .action(async (options: Json) => {
      const { list } = await import("./list.ts");
      list(await registries(), processOutput(options.json));
    });
  assay
    .command("clean")
    .description("remove what runs that were killed left behind")
    .option(...json, false)
    .action(async (options: Json) => {
      const output = processOutput(options.json);
      const { cleanLeftovers } = await import("../runtimes/cleanup.ts");
      const removed = await cleanLeftovers();
      output.print(
        removed.length > 0 ? removed.map((line) => `removed ${line}`).join("\n") : "nothing to remove",
      );
      output.result({ removed });
    });
  assay
    .command("images")
    .description("container images")
    .command("build")
    .description("build images from Debian packages, for a machine that reaches no image registry")
    .argument("[systems...]", "which; all where none is named")
    .option(...json, false)
    .action(async (systems: string[], options: Json) => {
      const { images } = await import("./images.ts");
      await images(systems, processOutput(options.json));
    });
}
