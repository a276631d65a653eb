import { execFile } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { Installed } from "./deployment.ts";

const run = promisify(execFile);

/**
 * Where versions of systems are installed side by side, a directory each: `/opt/assay/etcd-3.5.16/`. It may hold what a
 * distribution's package holds (`usr/bin/etcd`) or what an upstream archive does (`etcd`).
 */
const systemsDirectory = (): string => process.env["ASSAY_SYSTEMS_DIR"] ?? "/opt/assay";

/** The directories of a system's versions; none if there is nothing. */
export async function sideBySide(system: string): Promise<readonly string[]> {
  const directory = systemsDirectory();
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => name.startsWith(`${system}-`)).map((name) => join(directory, name));
}

/** Every version of a program, newest first: on the PATH and side by side. */
export async function installedPrograms(
  system: string,
  versionArgument: string,
): Promise<readonly Installed[]> {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, system));
  const unpacked = (await sideBySide(system)).flatMap((directory) =>
    ["usr/bin", "bin", "."].map((place) => join(directory, place, system)),
  );
  const found = await Promise.all([...onPath, ...unpacked].map((path) => versionOf(path, versionArgument)));
  return newestFirst(found.filter((program) => program !== undefined));
}

/** One program for each version, the newest first. */
export function newestFirst(programs: readonly Installed[]): readonly Installed[] {
  const byVersion = new Map<string, Installed>();
  for (const program of programs) {
    if (!byVersion.has(program.version)) byVersion.set(program.version, program);
  }
  return [...byVersion.values()].sort((a, b) => b.version.localeCompare(a.version, "en", { numeric: true }));
}

/** The first version number in what the program prints; undefined if it does not run. */
async function versionOf(command: string, argument: string): Promise<Installed | undefined> {
  try {
    await access(command, constants.X_OK);
    const { stdout } = await run(command, [argument], { timeout: 10_000 });
    const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
    return version === undefined ? undefined : { version, command };
  } catch {
    return undefined;
  }
}
