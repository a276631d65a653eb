import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { CouldNotRunError, exitStatus, UsageError } from "../core/errors.ts";
import { realClock } from "../core/real-clock.ts";
import { processOutput, resultIsOut } from "./cli/output.ts";
import { type LoadRegistries, program } from "./cli/program.ts";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const registries: LoadRegistries = async (own) => (await import("./cli/registries.ts")).registries(own);

const assay = program(manifest.version, registries, realClock(), (status) => {
  process.exitCode = status;
});
const overrideExit = (command: typeof assay): void => {
  command.exitOverride();
  command.commands.forEach(overrideExit);
};
overrideExit(assay);

try {
  await assay.parseAsync();
} catch (reason) {
  process.exitCode = reportFailure(reason);
}

// Node 20 can spin forever while it tears down its handles at a natural exit (seen after a run that had cut clients off),
// so the process exits by itself once its output is written.
process.stdout.write("", () => process.exit());

/** Prints what went wrong as one line and, under `--json`, as the one object. Returns the exit status. */
function reportFailure(reason: unknown): number {
  if (reason instanceof CommanderError && reason.exitCode === 0) return exitStatus.valid;
  const usage = reason instanceof CommanderError || reason instanceof UsageError;
  const status = usage ? exitStatus.usage : exitStatus.couldNotRun;
  // Read from argv, because options that do not parse are reported as well.
  const output = processOutput(process.argv.includes("--json"));
  // Commander has printed its own errors already.
  if (!(reason instanceof CommanderError)) output.note(lineOf(reason));
  if (!resultIsOut())
    output.result({ error: { kind: usage ? "usage" : "could-not-run", message: messageOf(reason) }, status });
  return status;
}

function lineOf(reason: unknown): string {
  if (reason instanceof UsageError) return `error: ${reason.message}`;
  if (reason instanceof CouldNotRunError) return `could not run: ${reason.message}`;
  if (process.env["ASSAY_STACK"] !== undefined && reason instanceof Error)
    return `could not run: ${reason.stack}`;
  // Errors of the operating system explain themselves; anything else is a bug, and its stack trace helps to fix it.
  const more = isOfSystem(reason) ? "" : " (a bug in Assay: set ASSAY_STACK=1 to see the stack trace)";
  return `could not run: ${messageOf(reason)}${more}`;
}

const isOfSystem = (reason: unknown): boolean =>
  reason instanceof Error && typeof (reason as NodeJS.ErrnoException).syscall === "string";

function messageOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  if (!(reason instanceof CommanderError)) return reason.message;
  return reason.code === "commander.help" ? "no command given" : reason.message.replace(/^error: /, "");
}
