import { Command, Option } from "commander";
import type { Clock } from "../../core/clock.ts";
import { CouldNotRunError, StoppedError, UsageError } from "../../core/errors.ts";
import type { ExternalOptions } from "../runtimes/external/external.ts";
import type { BenchDeps } from "./bench.ts";
import type { CheckOptions } from "./check/case.ts";
import { addCompare } from "./compare/declare.ts";
import type { ExportOptions } from "./export.ts";
import type { Registries } from "./list.ts";
import { positiveNumber } from "./options/arguments.ts";
import {
  type BenchOptions,
  benchDefaults,
  declareBenchOptions,
  declareClusterOptions,
} from "./options/bench-options.ts";
import { describeOption } from "./options/option-help.ts";
import { type Output, processOutput } from "./output.ts";
import type { PlannedRun } from "./plan/plan.ts";
import type { Asked } from "./plan/refusals.ts";
import { addServe } from "./serve/declare.ts";
import { endOnSignals } from "./signals.ts";

/** Loads every system, runtime, workload and fault; `own` is the user's cluster, for the runtime `external`. */
export type LoadRegistries = (own?: ExternalOptions) => Promise<Registries>;

type Json = { readonly json: boolean };

/**
 * The command line. Each command imports its code when it runs: `assay list` does not wait for the Docker client.
 * `finish` receives the exit status.
 */
export function program(
  version: string,
  registries: LoadRegistries,
  clock: Clock,
  finish: (status: number) => void,
): Command {
  const assay = new Command("assay")
    .description(
      "Puts coordination services on trial: do they keep their promises under faults, and how fast are they?",
    )
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureHelp({ optionDescription: describeOption })
    .enablePositionalOptions()
    .addHelpText(
      "after",
      "\nExit status: 0 valid, 1 invalid or a threshold failed, 2 unknown, 64 wrong usage, 70 could not run, 128+n stopped by signal n.",
    );

  declareBenchOptions(assay.command("bench"))
    .description("run a trial: start a cluster, load it, inject faults, check the history, write a report")
    .action(async (given: BenchOptions, command: Command) => {
      const { forOwnCluster } = await import("./plan/own-cluster.ts");
      const { withPreset } = await import("./options/presets.ts");
      const { options, own } = forOwnCluster(given);
      const { assayVersion } = await import("./machine.ts");
      // Git answers while the rest is loaded.
      const assay = assayVersion();
      const known = await registries(own);
      const { second, ...asked } = withPreset({ options, given: givenTo(command) });
      finish(await runBench(asked, command, known, { clock, assay, ...(second && { second }) }));
    });
  addCheck(assay, clock, finish);
  addCluster(assay, registries, clock, finish);
  addSmall(assay, registries, clock);
  addCompare(assay, clock);
  addServe(assay, clock);
  nameHelp(assay, "assay");
  return assay;
}

/** After a rejected option, points to the help of the command that rejected it. */
function nameHelp(command: Command, path: string): void {
  command.showHelpAfterError(`(run ${path} --help for the options)`);
  for (const sub of command.commands) nameHelp(sub, `${path} ${sub.name()}`);
}

export const givenTo = (command: Command): Set<string> =>
  new Set(
    command.options
      .map((option) => option.attributeName())
      .filter((name) => command.getOptionValueSource(name) === "cli"),
  );

async function runBench(
  asked: Asked,
  command: Command,
  registries: Registries,
  deps: Pick<BenchDeps, "clock" | "assay" | "second">,
): Promise<number> {
  const { options } = asked;
  const output = processOutput(options.json);
  const { planRuns } = await import("./plan/plan.ts");
  const planned = await planRuns(asked, registries);
  const { refuseUnwritable } = await import("../record/node-store.ts");
  await refuseUnwritable(options.results);
  const elsewhere = await inNamespaces(planned, output);
  if (elsewhere !== undefined) return elsewhere;
  const ending = endOnSignals(() =>
    output.note(
      `stopping: ${options.http ? "the cluster goes down" : "healing faults and checking what was recorded"} (repeat the signal to quit at once)`,
    ),
  );
  const defaults = Object.fromEntries(
    command.options.map((option) => [option.attributeName(), option.defaultValue]),
  );
  const { bench } = options.http ? await import("./http/http-bench.ts") : await import("./bench.ts");
  try {
    const status = await bench(planned, options, { ...deps, output, signal: ending.signal, defaults });
    return ending.status() ?? status;
  } catch (reason) {
    const stopped = ending.status();
    throw stopped !== undefined && reason instanceof CouldNotRunError
      ? new StoppedError(reason.message, stopped)
      : reason;
  }
}

/**
 * Runs the whole command again inside new network namespaces if a run needs them. Resolves with its exit status, or with
 * undefined if the command should continue in this process.
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
      throw new UsageError(`runtimes netns and ${other} cannot share one command: run them separately`);
  }
  const { insideNamespaces, reexecInNamespaces } = await import("../runtimes/netns/reexec.ts");
  if (insideNamespaces()) return undefined;
  // Inside the namespaces, the processes outside are invisible.
  const { cleanLeftovers } = await import("../runtimes/cleanup.ts");
  for (const line of await cleanLeftovers()) output.note(`removed leftover of a dead run: ${line}`);
  return reexecInNamespaces([process.execPath, ...process.argv.slice(1)], env);
}

function addCheck(assay: Command, clock: Clock, finish: (status: number) => void): void {
  assay
    .command("check")
    .argument("<file...>", "run directories or history files")
    .description("check stored or foreign histories without running anything")
    .option(
      "--model <name>",
      "sequential model to check a foreign history against (see: assay list; default: the only one that fits)",
    )
    .option("--format <name>", "format of a foreign history (default: detected from the file)")
    .option(
      "--initial <json>",
      "initial value of the model, or unknown for any value, if the model allows it",
    )
    .addOption(
      new Option(
        "--fail <meaning>",
        "meaning of a failed compare-and-set: it had no effect, or it compared and found another value (default: the meaning that the format gives it)",
      ).choices(["no-effect", "comparison"]),
    )
    .option("--whole", "check all keys together, as one object: same verdict, slower", false)
    .option("--time-limit <seconds>", "maximum seconds spent checking one history", positiveNumber, 60)
    .option(
      "--memory-limit <MiB>",
      "maximum memory used to read or to check one history",
      positiveNumber,
      4096,
    )
    .option("--report <file>", "write a report to this file (one history only)")
    .option("--json", "print one JSON object on stdout and nothing else", false)
    .action(async (files: string[], options: CheckOptions & Json) => {
      const { check } = await import("./check/check.ts");
      finish(await check(files, options, clock, processOutput(options.json)));
    });
}

/** Runs `body` while doors are open, through which a cluster in its own namespaces can be reached. */
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
  const cluster = assay.command("cluster").description("start clusters to play with");
  declareClusterOptions(cluster.command("up"))
    .description("start a cluster and keep it up until Ctrl-C")
    .action(async (own: Partial<BenchOptions>, command: Command) => {
      const options = { ...benchDefaults(), ...own };
      if (options.system.length > 1)
        throw new UsageError(
          `a cluster is of one system, and --system names ${options.system.join(", ")}: start one, and the others in other terminals`,
        );
      const { presets } = await import("./options/presets.ts");
      if (options.preset !== undefined && Object.hasOwn(presets, options.preset))
        throw new UsageError(
          `--preset ${options.preset} is for bench: it says how a cluster is loaded and struck`,
        );
      const output = processOutput(options.json);
      const { planRuns, withImage } = await import("./plan/plan.ts");
      const context = { clock, log: (line: string) => output.note(line) };
      const asked = { options: { ...options, nemesis: ["none"] }, given: givenTo(command).add("nemesis") };
      const [planned] = await planRuns(asked, await registries());
      if (planned === undefined) return;
      const plan = await withImage(planned, context);
      const elsewhere = await withDoors(plan, options.nodes, (env) => inNamespaces([plan], output, env));
      if (elsewhere !== undefined) {
        finish(elsewhere);
        return;
      }
      const ending = endOnSignals(() => output.note("stopping the cluster"));
      const { clusterUp } = await import("./cluster.ts");
      const wasUp = await clusterUp(plan, options, { clock, output, signal: ending.signal });
      const status = ending.status();
      if (!wasUp && status !== undefined) finish(status);
    });
}

function addSmall(assay: Command, registries: LoadRegistries, clock: Clock): void {
  const json = ["--json", "print one JSON object on stdout and nothing else"] as const;
  assay
    .command("report")
    .argument("<dir...>", "run directories; other paths among them are skipped")
    .description(
      "render the reports of stored runs again, and a page that compares them if there are several",
    )
    .option(
      "--out <file>",
      "page to write: the comparison, or the only report (default: next to the first run, or in its directory)",
    )
    .option(...json, false)
    .action(async (dirs: string[], options: { readonly out?: string } & Json) => {
      const { report } = await import("./report/report.ts");
      await report(dirs, options, processOutput(options.json), clock);
    });
  assay
    .command("export")
    .argument("<dir>", "a run directory")
    .description("export a run's history for other checkers")
    .option("--format <name>", "output format: jepsen-edn", "jepsen-edn")
    .option("--out <file>", "output file (default: stdout)")
    .option(...json, false)
    .action(async (dir: string, options: ExportOptions & Json) => {
      const { exportRun } = await import("./export.ts");
      await exportRun(dir, options, processOutput(options.json));
    });
  assay
    .command("doctor")
    .description("report what this machine can run, and what to install for the rest")
    .option(...json, false)
    .action(async (options: Json) => {
      const { doctor } = await import("./doctor.ts");
      await doctor(await registries(), processOutput(options.json));
    });
  assay
    .command("list")
    .description("list systems, runtimes, workloads, faults, planted bugs, models and history formats")
    .option(...json, false)
    .action(async (options: Json) => {
      const { list } = await import("./list.ts");
      list(await registries(), processOutput(options.json));
    });
  assay
    .command("clean")
    .description("remove what killed runs left behind")
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
    .description("build container images")
    .command("build")
    .description("build images from Debian packages, for machines without access to an image registry")
    .argument("[systems...]", "systems to build images for (default: all)")
    .option(...json, false)
    .action(async (systems: string[], options: Json) => {
      const { images } = await import("./images.ts");
      await images(systems, processOutput(options.json));
    });
}
