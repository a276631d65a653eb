/**
 * How fast the checker is. Prints a table of figures and goals:
 *
 *     npx tsx bench/checker.ts [ROW…]      (say "notices" for those of watches)
 *
 * Every row is measured in a process of its own, from a history in memory to the verdict; memory is the process' peak,
 * the history included. Histories are generated from a seed, or recorded ones from ../shared/histories, where present.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cachedBuild } from "../build/cached.mjs";
import type { Checker, RunContext } from "../checker/checker.ts";
import { knossosEdn } from "../checker/formats/edn/knossos-edn.ts";
import { porcupineKv } from "../checker/formats/edn/porcupine-kv.ts";
import { type Format, textSource } from "../checker/formats/format.ts";
import { jepsenLog } from "../checker/formats/jepsen-log.ts";
import { linearizable } from "../checker/linearizability/linearizable.ts";
import { models } from "../checker/models/index.ts";
import { workersFrom } from "../checker/threads/node-workers.ts";
import { watchCheckers } from "../checker/watches/watch-checkers.ts";
import type { History } from "../core/history.ts";
import { realClock } from "../core/real-clock.ts";
import { toSeconds } from "../core/time.ts";
import type { VerdictKind } from "../core/verdict.ts";
import { type RegisterHistoryOptions, registerHistory } from "./register-history.ts";
import { type WatchHistoryOptions, watchHistory } from "./watch-history.ts";

interface Goal {
  readonly seconds: number;
  readonly megabytes?: number;
  /** Time for the slowest of several histories. */
  readonly slowestSeconds?: number;
}

interface Row {
  readonly goal?: Goal;
  run(): Promise<Figures>;
}

interface Figures {
  readonly seconds: number;
  readonly slowestSeconds: number;
  /** Processor time of all threads: what a busy machine does not change much. */
  readonly cpuSeconds: number;
  readonly verdicts: Readonly<Partial<Record<VerdictKind, number>>>;
}

const clock = realClock();
const now = () => toSeconds(clock.now());
const context: RunContext = {
  promises: "linearizable",
  threads: availableParallelism(),
  timeLimitSeconds: 300,
  memoryLimitBytes: 2e9,
  workers: workersFrom(pathToFileURL(join(await cachedBuild(), "judge.js"))),
  now,
};

async function measure(checker: Checker, histories: readonly History[]): Promise<Figures> {
  const seconds: number[] = [];
  const verdicts: Partial<Record<VerdictKind, number>> = {};
  const before = process.cpuUsage();
  for (const history of histories) {
    const start = now();
    const { kind } = await checker.check(history, context);
    seconds.push(now() - start);
    verdicts[kind] = (verdicts[kind] ?? 0) + 1;
  }
  const total = seconds.reduce((sum, each) => sum + each, 0);
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  return { seconds: total, slowestSeconds: Math.max(...seconds), cpuSeconds, verdicts };
}

const register = linearizable({ model: models.register() });

const generated = (options: Omit<RegisterHistoryOptions, "seed">, goal?: Goal): Row => ({
  ...(goal !== undefined && { goal }),
  run: () => measure(register, [registerHistory({ ...options, seed: 1 })]),
});

/** All checkers of watches, one after the other. */
const watched = (options: Omit<WatchHistoryOptions, "seed">, goal: Goal): Row => ({
  goal,
  async run() {
    const history = watchHistory({ ...options, seed: 1 });
    const figures: Figures[] = [];
    for (const checker of watchCheckers()) figures.push(await measure(checker, [history]));
    const sum = (name: "seconds" | "cpuSeconds") => figures.reduce((total, each) => total + each[name], 0);
    const verdicts: Partial<Record<VerdictKind, number>> = {};
    for (const [kind, count] of figures.flatMap((each) => Object.entries(each.verdicts)))
      verdicts[kind as VerdictKind] = (verdicts[kind as VerdictKind] ?? 0) + count;
    return {
      seconds: sum("seconds"),
      slowestSeconds: sum("seconds"),
      cpuSeconds: sum("cpuSeconds"),
      verdicts,
    };
  },
});

const recordings = fileURLToPath(new URL("../../shared/histories", import.meta.url));

const recorded = (folder: string, format: Format, checker: Checker, goal?: Goal): Row => ({
  ...(goal !== undefined && { goal }),
  async run() {
    const names = readdirSync(join(recordings, folder)).filter((name) => /\.(log|txt|edn)$/.test(name));
    const histories = await Promise.all(
      names.map((name) =>
        format.read(textSource(readFileSync(join(recordings, folder, name), "utf8"), name)),
      ),
    );
    return measure(
      checker,
      histories.map(({ history }) => history),
    );
  },
});

const casRegister = linearizable({ model: models["cas-register"]({ initial: 0 }) });
const strings = linearizable({ model: models["string-map"]() });
const wholeStrings = linearizable({ model: models["string-map"](), whole: true });
const million = 1_000_000;
const repeating = { values: 5 };
const casHeavy = { reads: 0.3, cas: 0.4 };

const rows: Readonly<Record<string, Row>> = {
  "20,000 operations, 10 clients": generated({ operations: 20_000, clients: 10 }, { seconds: 0.1 }),
  "1,000,000 operations, 10 clients": generated(
    { operations: million, clients: 10 },
    { seconds: 3, megabytes: 1000 },
  ),
  "1,000,000 operations, 50 clients": generated({ operations: million, clients: 50 }, { seconds: 15 }),
  "1,000 keys x 1,000 operations, 10 clients": generated(
    { operations: million, clients: 10, keys: 1000 },
    { seconds: 2 },
  ),
  "1,000 keys x 1,000 operations, 5 values": generated({
    operations: million,
    clients: 10,
    keys: 1000,
    ...repeating,
  }),
  "1,000,000, 10 clients, CAS-heavy": generated({ operations: million, clients: 10, ...casHeavy }),
  "1,000,000, 10 clients, 5 values": generated({ operations: million, clients: 10, ...repeating }),
  "1,000,000, 10 clients, 5 values, CAS-heavy": generated({
    operations: million,
    clients: 10,
    ...repeating,
    ...casHeavy,
  }),
  "100,000, 50 clients, 5 values": generated({ operations: 100_000, clients: 50, ...repeating }),
  "100,000, 50 clients, 5 values, CAS-heavy": generated({
    operations: 100_000,
    clients: 50,
    ...repeating,
    ...casHeavy,
  }),
  "100,000, 50 clients, 20 values": generated({ operations: 100_000, clients: 50, values: 20 }),
  "100,000, 10 clients, 1% unknown outcomes": generated({
    operations: 100_000,
    clients: 10,
    crashes: 0.01,
  }),
  "100,000, 10 clients, 5 values, 1% unknown": generated({
    operations: 100_000,
    clients: 10,
    ...repeating,
    crashes: 0.01,
  }),
  "1,000,000 notices, 10 watches": watched({ notices: million, watches: 10, keys: 100 }, { seconds: 3 }),
  "1,000,000 notices, 1,000 watches": watched({ notices: million, watches: 1000, keys: 100 }, { seconds: 3 }),
  ...(existsSync(recordings) && {
    "recorded: all etcd logs": recorded("jepsen-etcd-logs", jepsenLog, register, {
      seconds: 0.5,
      slowestSeconds: 0.05,
    }),
    "recorded: Knossos' good CAS registers": recorded("knossos/cas-register/good", knossosEdn, casRegister),
    "recorded: kv, key by key": recorded("kv", porcupineKv, strings),
    "recorded: kv, whole": recorded("kv", porcupineKv, wholeStrings),
  }),
};

/** One row, measured in this process: what a child prints. */
async function measureHere(row: Row): Promise<void> {
  const figures = await row.run();
  const megabytes = process.resourceUsage().maxRSS / 1000;
  process.stdout.write(JSON.stringify({ ...figures, megabytes }));
}

function line(name: string, { goal }: Row): string {
  const child = [...process.execArgv, fileURLToPath(import.meta.url), "--child", name];
  const output = execFileSync(process.execPath, child, { encoding: "utf8" });
  const figures = JSON.parse(output) as Figures & { megabytes: number };
  const isMet =
    goal === undefined ||
    (figures.seconds < goal.seconds &&
      figures.megabytes < (goal.megabytes ?? Number.POSITIVE_INFINITY) &&
      figures.slowestSeconds < (goal.slowestSeconds ?? Number.POSITIVE_INFINITY));
  const verdicts = Object.entries(figures.verdicts).map(([kind, count]) => `${count} ${kind}`);
  return [
    name.padEnd(44),
    `${figures.seconds.toFixed(3)} s`.padStart(10),
    `${figures.cpuSeconds.toFixed(3)} s`.padStart(10),
    (figures.slowestSeconds < figures.seconds
      ? `${(figures.slowestSeconds * 1000).toFixed(1)} ms`
      : ""
    ).padStart(9),
    `${figures.megabytes.toFixed(0)} MB`.padStart(9),
    (goal === undefined ? "" : describeGoal(goal)).padEnd(26),
    (goal === undefined ? "" : isMet ? "met" : "MISSED").padEnd(7),
    verdicts.join(", "),
  ].join("  ");
}

const describeGoal = ({ seconds, megabytes, slowestSeconds }: Goal): string =>
  [
    `< ${seconds} s`,
    ...(megabytes === undefined ? [] : [`< ${megabytes} MB`]),
    ...(slowestSeconds === undefined ? [] : [`slowest < ${slowestSeconds * 1000} ms`]),
  ].join(", ");

const [first, ...others] = process.argv.slice(2);
if (first === "--child") {
  await measureHere(rows[others[0] ?? ""] as Row);
} else {
  const wanted = [...(first === undefined ? [] : [first]), ...others];
  const chosen = Object.entries(rows).filter(
    ([name]) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  );
  console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`);
  console.log(
    `${"history".padEnd(44)}  ${"checked in".padStart(10)}  ${"processor".padStart(10)}  ${"slowest".padStart(9)}  ${"memory".padStart(9)}  goal`,
  );
  for (const [name, row] of chosen) console.log(line(name, row));
}
