import { ofWholeCommand } from "../ci/result-options.ts";
import type { PlannedRun } from "../plan/plan.ts";
import type { BenchOptions } from "./bench-options.ts";

/** Command that repeats one run with its seed; names only options that differ from their defaults. */
export function repeatCommand(
  run: PlannedRun,
  options: BenchOptions,
  seed: number,
  defaults: Readonly<Record<string, unknown>>,
): string {
  const words = [
    "--system",
    run.adapter.name,
    "--runtime",
    run.runtime.name,
    "--workload",
    run.workload.name,
    "--seed",
    `${seed}`,
  ];
  if (run.readMode !== run.adapter.defaultReadMode) words.push("--read-mode", run.readMode);
  if (run.program !== undefined && options.systemVersion.length > 0)
    words.push("--system-version", run.program.version);
  if (
    run.image !== undefined &&
    (options.image.length > 0 || (run.program === undefined && options.systemVersion.length > 0))
  ) {
    words.push("--image", run.image);
  }
  const done = new Set([
    "system",
    "runtime",
    "workload",
    "seed",
    "readMode",
    "systemVersion",
    "image",
    // The options that it stands for are named instead.
    "patient",
    "json",
    "results",
    "token",
    "user",
    ...ofWholeCommand,
  ]);
  // Lengths that `--patient` stands for say nothing where there are no faults.
  if (run.nemeses.length === 0) for (const name of ["faultSeconds", "gapSeconds"]) done.add(name);
  for (const [name, value] of Object.entries(options)) {
    if (done.has(name) || value === undefined || JSON.stringify(value) === JSON.stringify(defaults[name]))
      continue;
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (name === "nemesis") words.push(flag, options.nemesis.join(","));
    else if (value === true) words.push(flag);
    else for (const one of Array.isArray(value) ? value : [value]) words.push(flag, `${one}`);
  }
  return `npm run bench -- ${words.map(quoted).join(" ")}`;
}

/** Quotes a word for the shell, if necessary. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
