import { type Command, CommanderError } from "commander";
import { CouldNotRunError, exitStatus, StoppedError, UsageError } from "../core/errors.ts";
import { ownVersion } from "../core/program/version.ts";
import { realClock } from "../core/real-clock.ts";
import { withSides } from "./cli/compare/declare.ts";
import { outliveReaders, processOutput, resultsPrinted } from "./cli/output.ts";
import { type LoadRegistries, program } from "./cli/program.ts";

const registries: LoadRegistries = async (own) => (await import("./cli/registries.ts")).registries(own);

/** Runs the command that `argv` (as `process.argv`) names. Output goes to stdout and stderr; resolves with the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  outliveReaders();
  let status: number = exitStatus.valid;
  const assay = program(ownVersion, registries, realClock(), (ended) => {
    status = ended;
  });
  overrideExit(assay);
  const before = resultsPrinted();
  try {
    await assay.parseAsync(withSides(argv));
    return status;
  } catch (reason) {
    // `json` from argv, because options that do not parse are reported as well.
    return reportFailure(reason, { json: argv.includes("--json"), resultIsOut: resultsPrinted() > before });
  }
}

function overrideExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(overrideExit);
}

/** Prints what went wrong as one line and, under `--json`, as the one object. Returns the exit status. */
function reportFailure(
  reason: unknown,
  { json, resultIsOut }: { json: boolean; resultIsOut: boolean },
): number {
  if (reason instanceof CommanderError && reason.exitCode === 0) return exitStatus.valid;
  const { kind, status } = endingOf(reason);
  const output = processOutput(json);
  // Commander has printed its own errors already.
  if (!(reason instanceof CommanderError)) output.note(lineOf(reason));
  if (!resultIsOut) output.result({ error: { kind, message: messageOf(reason) }, status });
  return status;
}

function endingOf(reason: unknown): { kind: "usage" | "stopped" | "could-not-run"; status: number } {
  if (reason instanceof CommanderError || reason instanceof UsageError)
    return { kind: "usage", status: exitStatus.usage };
  if (reason instanceof StoppedError) return { kind: "stopped", status: reason.status };
  return { kind: "could-not-run", status: exitStatus.couldNotRun };
}

function lineOf(reason: unknown): string {
  if (reason instanceof UsageError) return `error: ${reason.message}`;
  if (reason instanceof StoppedError) return reason.message;
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
