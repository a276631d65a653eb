import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { CouldNotRunError, exitStatus, UsageError } from "../core/errors.ts";
import { realClock } from "../core/real-clock.ts";
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

/** What went wrong, in a line that names the way out; resolves to the exit status. */
function tell(reason: unknown): number {
  if (reason instanceof CommanderError) return reason.exitCode === 0 ? exitStatus.valid : exitStatus.usage;
  if (reason instanceof UsageError) {
    console.error(`error: ${reason.message}`);
    return exitStatus.usage;
  }
  if (reason instanceof CouldNotRunError) {
    console.error(`could not run: ${reason.message}`);
    return exitStatus.couldNotRun;
  }
  console.error(reason);
  return exitStatus.couldNotRun;
}
