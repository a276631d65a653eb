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
  process.exitCode = tell(reason);
}

// Node 20 can spin for ever when it tears down its handles at a natural end (seen after a run that had cut clients off):
// the command is done, so it ends itself, once what it wrote is out.
process.stdout.write("", () => process.exit());

/** What went wrong, in a line that names the way out, and under `--json` as the one object; resolves to the exit status. */
function tell(reason: unknown): number {
  if (reason instanceof CommanderError && reason.exitCode === 0) return exitStatus.valid;
  const usage = reason instanceof CommanderError || reason instanceof UsageError;
  const status = usage ? exitStatus.usage : exitStatus.couldNotRun;
  // Not through an option that was parsed: what does not parse is told as well.
  const output = processOutput(process.argv.includes("--json"));
  // Commander has told already.
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
  // The operating system's errors say all there is to say; anything else is a defect, whose place helps to mend it.
  const more = isOfSystem(reason) ? "" : " (a defect of Assay: ASSAY_STACK=1 in the environment shows where)";
  return `could not run: ${messageOf(reason)}${more}`;
}

const isOfSystem = (reason: unknown): boolean =>
  reason instanceof Error && typeof (reason as NodeJS.ErrnoException).syscall === "string";

function messageOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  if (!(reason instanceof CommanderError)) return reason.message;
  return reason.code === "commander.help" ? "no command is named" : reason.message.replace(/^error: /, "");
}
