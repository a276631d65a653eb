import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { lifeOf, waitUntilGone } from "./identity.ts";
import { deadEntries, harnessVariable, runVariable } from "./ledger.ts";
import { releaseDeadPorts } from "./ports.ts";

/**
 * Removes the processes and directories of runs whose harness is gone without having cleaned up (killed with -9). Runs
 * that live are not touched. Returns the name of each thing removed.
 */
export function removeDeadRuns(): readonly string[] {
  const removed: string[] = [];
  for (const { path, entry } of deadEntries()) {
    for (const child of entry.children) {
      if (lifeOf(child) !== "alive") continue;
      const pid = Number.parseInt(child, 10);
      if (kill(pid)) removed.push(`process ${pid} of run ${entry.runId}`);
    }
    // Children that were born in the moment between their start and their entry.
    removed.push(...killMarkedProcesses());
    for (const directory of entry.directories) {
      if (!existsSync(directory)) continue;
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
      removed.push(`${directory} of run ${entry.runId}`);
    }
    rmSync(path, { force: true });
  }
  removed.push(...killMarkedProcesses());
  releaseDeadPorts();
  return removed;
}

/** Every process that carries a run's mark in its environment while its harness is dead. Empty without /proc. */
function killMarkedProcesses(): string[] {
  return processNumbers().flatMap((pid) => {
    const environment = environmentOf(pid);
    const runId = environment.get(runVariable);
    const harness = environment.get(harnessVariable);
    const orphaned = runId !== undefined && harness !== undefined && lifeOf(harness) === "dead";
    return orphaned && kill(pid) ? [`process ${pid} of run ${runId}`] : [];
  });
}

function processNumbers(): number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

function environmentOf(pid: number): Map<string, string> {
  try {
    const pairs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    return new Map(pairs.map((pair) => [pair.split("=", 1)[0] ?? "", pair.slice(pair.indexOf("=") + 1)]));
  } catch {
    // Gone, or another user's.
    return new Map();
  }
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
  waitUntilGone([pid]);
  return true;
}
