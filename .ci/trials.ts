/**
 * Runs the trials of CI (reference-trials.ts, real-system-trials.ts): every system in every runtime, every promise, every planted bug.
 * `npx tsx .ci/trials.ts [--only TEXT] [--nightly] [--out report.json]`; `--nightly` runs those that are left for the
 * night instead. The report counts them as a test runner's would.
 * Three go side by side, as most of a trial is waiting; of ZooKeeper and containers, which cost the most, one at a time.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { realClock } from "../core/real-clock.ts";
import { type Nanos, seconds, toMillis, toSeconds } from "../core/time.ts";
import type { BenchResult } from "../harness/cli/results/json-result.ts";
import { describeStale } from "../harness/cli/results/stale-by-fault.ts";
import { staleReads, type Trial } from "./expectations.ts";
import { runInLanes } from "./lanes.ts";
import { realSystems } from "./real-system-trials.ts";
import { reference } from "./reference-trials.ts";

const clock = realClock();
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    nightly: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const wanted = ({ name, args, nightly = false }: Trial) =>
  values.only === undefined ? nightly === values.nightly : `${name} ${args}`.includes(values.only);
const isCostly = ({ args }: Trial) => /--system zookeeper|--runtime testcontainers/.test(args);
const lanes = 3;
const parent = "results/ci";
/** Directory of this call only, because others may be running. */
const results = join(parent, String(process.pid));
/** Far more than any trial takes, and far less than CI has. */
const trialSecondsMax = 300;
removeEnded();

const counts = { passed: 0, failed: 0 };
const outcomes: ReturnType<typeof outcomeOf>[] = [];
const trials = [...realSystems, ...reference].filter(wanted);
for (const trial of trials.filter(({ alone }) => alone === true)) await judge(trial);
const rest = trials.filter(({ alone }) => alone !== true);
await runInLanes(
  rest.map((trial) => ({ isCostly: isCostly(trial), run: () => judge(trial) })),
  lanes,
);
if (values.out !== undefined) {
  const { passed, failed } = counts;
  writeFileSync(
    values.out,
    JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults: outcomes }),
  );
}
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

/** Removes the results of calls that have ended. */
function removeEnded(): void {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent))
    if (!isRunning(Number(name))) rmSync(join(parent, name), { recursive: true, force: true });
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (reason) {
    return (reason as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function judge(trial: Trial): Promise<void> {
  const began = clock.now();
  const lines: string[] = [];
  const wrong = await runTrial(trial, (line) => lines.push(`     ${line}`));
  counts[wrong === undefined ? "passed" : "failed"]++;
  const ended = clock.now();
  outcomes.push(outcomeOf(trial, wrong, began, ended));
  const seconds = (toSeconds(ended) - toSeconds(began)).toFixed(1);
  const mark = wrong === undefined ? "ok  " : "FAIL";
  console.log(`${mark} ${trial.name} (${seconds} s)${wrong === undefined ? "" : `: ${wrong}`}`);
  for (const line of [`     npm run bench -- ${trial.args}`, ...lines]) console.log(line);
}

/** As vitest reports a file of one test; times in milliseconds. */
function outcomeOf({ name, args }: Trial, wrong: string | undefined, began: Nanos, ended: Nanos) {
  const status = wrong === undefined ? "passed" : "failed";
  return {
    name,
    startTime: toMillis(began),
    endTime: toMillis(ended),
    status,
    assertionResults: [
      { status, fullName: `npm run bench -- ${args}`, failureMessages: wrong === undefined ? [] : [wrong] },
    ],
  };
}

/**
 * What went wrong; undefined where all was as expected. A bug or a stale read that depends on chance is looked for under
 * three seeds, and a run that ended unknown (it proves nothing) is repeated; a run that ended invalid where it should
 * be valid is a failure at once.
 */
async function runTrial(trial: Trial, report: (line: string) => void): Promise<string | undefined> {
  let wrong: string | undefined;
  for (let seed = 1; seed <= 3; seed++) {
    const attempt = await once(trial, seed, report);
    if (attempt.final || (attempt.wrong === undefined && attempt.unfound === undefined)) return attempt.wrong;
    report(`seed ${seed}: ${attempt.wrong ?? attempt.unfound}`);
    wrong = attempt.wrong;
  }
  return wrong;
}

interface Attempt {
  readonly wrong?: string | undefined;
  readonly unfound?: string | undefined;
  readonly final?: boolean;
}

async function once(
  { args, status, expect, seek }: Trial,
  seed: number,
  report: (line: string) => void,
): Promise<Attempt> {
  const words = args.split(" ").filter((word) => word !== "");
  const { code, stdout, stderr } = await assay([...words, "--seed", String(seed)]);
  const tail = stderr.trim().split("\n").slice(-12).join("\n     ");
  if (stdout.trim() === "")
    return { wrong: `ended with status ${code} and no result\n     ${tail}`, final: true };
  // An error alone proves nothing: a cluster may not have come up in time.
  const [run] = (JSON.parse(stdout) as Partial<BenchResult>).runs ?? [];
  if (run === undefined) return { wrong: `ended with status ${code} and no run\n     ${tail}` };
  const figures = `${run.operations.ok} ok, ${staleReads(run)} stale reads, worst ${(run.figures["staleness ms worst"] ?? 0).toFixed(1)} ms`;
  const why = run.anomalies.map(({ summary }) => summary).slice(0, 3);
  if (![status].flat().includes(code ?? -1)) {
    const wrong = `ended ${run.verdict} with status ${code}, not ${[status].flat().join(" or ")}: ${figures}: ${why.join("; ")}\n     ${tail}`;
    return { wrong, final: run.verdict === "invalid" };
  }
  report(`${run.system}: ${run.verdict}, ${figures}${why[0] === undefined ? "" : `; ${why[0]}`}`);
  for (const stale of run.staleness.filter(({ fault }) => fault?.here)) report(describeStale(stale));
  return { wrong: expect?.(run), unfound: seek?.(run) };
}

/** A run that hangs is asked to clean up and end; its last lines then show how far it got. */
function assay(args: readonly string[]): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ["harness/assay.mjs", "bench", "--json", "--results", results, ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const cancel = clock.after(seconds(trialSecondsMax), () => child.kill("SIGTERM"));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      cancel();
      resolve({ code, stdout, stderr });
    });
  });
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
