/**
 * How fast `assay check` is as a whole process, from the command to the verdict. Prints a table of medians; exits with 1 if a goal is
 * missed:
 *
 *     npx tsx bench/check.ts [--operations N] [--rounds N] [--against CHECKOUT]
 *
 * The same history of registers under faults is checked as a run directory, as our own history.jsonl, and in the shape of other writers'
 * events. Memory is the largest resident set. `--against` measures another checkout of the project in turn with this one: on a busy
 * machine only the ratios of processor times mean something.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { encodeEvent } from "../core/codec/history-codec.ts";
import { type History, type HistoryEvent, inRunMode, isClientEvent } from "../core/history.ts";
import { runHistory, runRecord } from "./check-history.ts";

interface Figures {
  readonly wallSeconds: number;
  /** User and system time of all threads. */
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

/** For a million operations on a machine with two cores that does nothing else. */
const goal = { wallSeconds: 6, megabytes: 1000 };
const goalOperations = 1_000_000;

const { values } = parseArgs({
  options: {
    operations: { type: "string", default: String(goalOperations) },
    rounds: { type: "string", default: "5" },
    against: { type: "string" },
  },
});
const operations = Number(values.operations);
const here = fileURLToPath(new URL("..", import.meta.url));
const checkouts = [here, ...(values.against === undefined ? [] : [resolve(values.against)])];

const directory = mkdtempSync(join(tmpdir(), "assay-bench-"));
try {
  const inputs = writeInputs(runHistory(operations), directory);
  // The first start makes the build.
  for (const checkout of checkouts) spawnSync(process.execPath, [command(checkout), "--version"]);
  console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`);
  console.log(
    `${"input".padEnd(16)}  ${"wall".padStart(8)}  ${"processor".padStart(9)}  ${"memory".padStart(8)}`,
  );
  for (const [name, input] of Object.entries(inputs)) compare(name, input);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Checks the input with each checkout in turn, and prints a line for each. */
function compare(name: string, input: string): void {
  const measured = checkouts.map((): Figures[] => []);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [i, checkout] of checkouts.entries()) measured[i]?.push(measure(checkout, input));
  const medians = measured.map(medianOf);
  const [own, other] = medians as [Figures, Figures | undefined];
  console.log(`${line(name, own)}  ${operations === goalOperations ? verdict(own) : ""}`);
  if (other === undefined) return;
  console.log(line("  against", other));
  const ratio = (figure: keyof Figures) => (other[figure] / own[figure]).toFixed(2);
  console.log(
    `${"  ratio".padEnd(16)}  ${ratio("wallSeconds").padStart(8)}  ${ratio("cpuSeconds").padStart(9)}  ${ratio("megabytes").padStart(8)}`,
  );
}

function verdict({ wallSeconds, megabytes }: Figures): string {
  const isMet = wallSeconds <= goal.wallSeconds && megabytes <= goal.megabytes;
  if (!isMet) process.exitCode = 1;
  return `goal: ${goal.wallSeconds} s, ${goal.megabytes} MB: ${isMet ? "met" : "MISSED"}`;
}

function line(name: string, { wallSeconds, cpuSeconds, megabytes }: Figures): string {
  const figures = [
    `${wallSeconds.toFixed(2)} s`.padStart(8),
    `${cpuSeconds.toFixed(2)} s`.padStart(9),
    `${megabytes.toFixed(0)} MB`.padStart(8),
  ];
  return [name.padEnd(16), ...figures].join("  ");
}

/** One whole process. It reports its own use of resources when it ends, because Node tells a parent nothing about the largest resident set of a child. */
function measure(checkout: string, input: string): Figures {
  const reporting = `process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    require("node:fs").writeSync(3, JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1024 }));
  });`;
  const preload = join(directory, "report-usage.cjs");
  writeFileSync(preload, reporting);
  const begin = process.hrtime.bigint();
  const { status, output } = spawnSync(
    process.execPath,
    ["--require", preload, command(checkout), "check", input],
    { stdio: ["ignore", "pipe", "pipe", "pipe"], encoding: "utf8" },
  );
  const wallSeconds = Number(process.hrtime.bigint() - begin) / 1e9;
  if (status !== 0) throw new Error(`check ${input} ended with status ${status}:\n${output[1]}${output[2]}`);
  return { wallSeconds, ...(JSON.parse(output[3] ?? "") as Omit<Figures, "wallSeconds">) };
}

function medianOf(all: readonly Figures[]): Figures {
  const median = (figure: keyof Figures) =>
    all.map((each) => each[figure]).toSorted((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
  return {
    wallSeconds: median("wallSeconds"),
    cpuSeconds: median("cpuSeconds"),
    megabytes: median("megabytes"),
  };
}

function command(checkout: string): string {
  return join(checkout, "harness/assay.mjs");
}

/** Writes the history in each shape; returns what to check, by name. */
function writeInputs(history: History, into: string): Readonly<Record<string, string>> {
  const run = join(into, "run");
  mkdirSync(run);
  writeFileSync(join(run, "run.json"), JSON.stringify(runRecord(history)));
  const own = join(run, "history.jsonl");
  const foreign = join(into, "events.json");
  writeLines(own, history, encodeEvent);
  writeLines(foreign, history, foreignLine);
  return { "run directory": run, "history.jsonl": own, "foreign events": foreign };
}

function writeLines(file: string, history: History, encode: (event: HistoryEvent) => string | undefined) {
  const to = openSync(file, "w");
  let lines = "";
  for (const event of history) {
    const text = encode(event);
    if (text !== undefined) lines += `${text}\n`;
    if (lines.length < 2 ** 20) continue;
    writeSync(to, lines);
    lines = "";
  }
  writeSync(to, lines);
  closeSync(to);
}

/** An event as Jepsen has it: without nodes and revisions, and with a value whatever it is. */
function foreignLine(event: HistoryEvent): string | undefined {
  if (!isClientEvent(event) || !inRunMode(event)) return undefined;
  const { type, process, f, key, value = null, time, error } = event;
  return JSON.stringify({ type, process, f, key, value, time, error });
}
