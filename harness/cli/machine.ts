import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { arch, cpus, release, totalmem, type } from "node:os";
import { promisify } from "node:util";
import { ownVersion } from "../../core/program/version.ts";
import type { Machine, Run } from "../../core/run.ts";

/** Describes the machine that the run is measured on. */
export function thisMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    os: `${type()} ${release()} ${arch()}`,
    node: process.version,
  };
}

const projectRoot = new URL("../../", import.meta.url);

/** Version of Assay and, in a git checkout, its commit. */
export async function assayVersion(): Promise<Run["assay"]> {
  // Installed as a package, it would be asked about the repository of whoever uses it.
  if (!existsSync(new URL(".git", projectRoot))) return { version: ownVersion };
  try {
    const { stdout } = await promisify(execFile)("git", ["describe", "--always", "--dirty", "--abbrev=12"], {
      cwd: projectRoot,
    });
    return { version: ownVersion, commit: stdout.trim() };
  } catch {
    return { version: ownVersion };
  }
}
