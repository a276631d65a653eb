// Builds of a clone, made when they are first needed: whoever edits a file needs no build step.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, testPrograms } from "./programs.mjs";

const sources = ["adapters", "build", "checker", "core", "harness", "raft", "reports", "workloads"];
const builds = join(root, "node_modules/.cache/assay");
/** A command may run for 7 days after it started, and loads parts of its build when it comes to them. */
const keptMs = 8 * 86_400_000;

/**
 * The directory of a build of the sources as they are now, with the programs of tests. A build is never changed: what runs from
 * it is not disturbed by edits.
 * @returns {Promise<string>}
 */
export async function cachedBuild() {
  const directory = join(builds, stampOf());
  if (existsSync(directory)) {
    markUsed(directory);
    return directory;
  }
  const { bundle } = await import("./bundle.mjs");
  const draft = `${directory}.${process.pid}`;
  try {
    await bundle(draft, testPrograms);
    renameSync(draft, directory);
  } catch (reason) {
    rmSync(draft, { recursive: true, force: true });
    // Or was another process faster?
    if (!existsSync(directory)) throw reason;
  }
  markUsed(directory);
  removeUnused(builds, usedMs(directory));
  return directory;
}

const markOf = (/** @type {string} */ directory) => join(directory, "used");

/** @param {string} directory */
function markUsed(directory) {
  try {
    writeFileSync(markOf(directory), "");
  } catch {
    // A clone that cannot be written to removes no builds either.
  }
}

/** Milliseconds since the epoch; 0 for what nobody used yet: a draft, or what another process has just removed. */
const usedMs = (/** @type {string} */ directory) =>
  statSync(markOf(directory), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Changes with any file that a build is made of. */
function stampOf() {
  const hash = createHash("sha256");
  const add = (/** @type {string} */ path) => {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  };
  // By hand, in half the time that a recursive readdir takes: this is what `--version` waits for.
  const addAll = (/** @type {string} */ folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) addAll(path);
      else if (!entry.name.endsWith(".test.ts")) add(path);
    }
  };
  for (const file of ["package.json", "package-lock.json"]) add(join(root, file));
  for (const folder of sources) addAll(join(root, folder));
  return hash.digest("hex").slice(0, 16);
}

/**
 * Removes builds that nobody has used for eight days.
 * @param {string} directory of all builds
 * @param {number} now milliseconds since the epoch
 */
export function removeUnused(directory, now) {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const used = usedMs(path);
    if (used > 0 && used < now - keptMs) rmSync(path, { recursive: true, force: true });
  }
}
