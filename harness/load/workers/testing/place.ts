import { readdirSync, readFileSync } from "node:fs";
import { programCommand } from "../../../../core/program/node-program.ts";
import { linuxProcess } from "../../../runtimes/process/identity.ts";

/** Command line of a worker of tests. */
export const testWorker = programCommand(new URL("./worker.ts", import.meta.url));

/** Process numbers of the living workers of a run: `runId` is that of its clients. */
export function workersOf(runId: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter(
      (pid) => pid > 0 && linuxProcess(pid) !== undefined && environment(pid).includes(`ASSAY_RUN=${runId}`),
    );
}

function environment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
