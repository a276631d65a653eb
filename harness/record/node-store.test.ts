import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { staleWindowsOf } from "../../checker/reads/stale-lanes.ts";
import { sleep } from "../../core/clock.ts";
import { decodeHistory } from "../../core/codec/history-codec.ts";
import { UsageError } from "../../core/errors.ts";
import type { HistoryEvent } from "../../core/history.ts";
import { nodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";
import type { Run } from "../../core/run.ts";
import { millis, nanos } from "../../core/time.ts";
import { TestTrial } from "../testing/trial.ts";
import { mergeParts } from "./merge-parts.ts";
import { fileRunStore, readRecorded, readRun } from "./node-store.ts";
import { PartFile } from "./part-file.ts";

let results: string;
beforeEach(async () => {
  results = await mkdtemp(join(tmpdir(), "assay-store-"));
});
afterEach(() => rm(results, { recursive: true }));

const event = (index: number): HistoryEvent => ({
  index,
  time: nanos(index * 1000),
  type: index % 2 === 0 ? "invoke" : "ok",
  process: 1,
  f: "read",
  key: "r1",
  node: nodeId("n1"),
});

/** A trial in which acknowledged writes were lost, so that its verdicts hold operations. */
const trial = new TestTrial({
  nemeses: ["partition"],
  spec: { load: { kind: "open", rate: 100, processes: 6, seconds: 8 } },
  memory: { bugs: ["lost-writes"] },
});
const done = trial.run();
const usage = { time: nanos(5), node: "n1", cpuSeconds: 0.5, memoryBytes: 1024, diskBytes: 10 };

/** Its records, on disk. */
async function storedTrial() {
  const run = await done;
  const dir = await fileRunStore(results).create(run.id);
  await dir.complete([]);
  for (const event of trial.events) dir.append(event);
  dir.usage(usage);
  dir.usage({ ...usage, node: "n2" });
  await dir.finish(run, trial.latencyLog, { "read-ok-service.hgrm": "Value" });
  return { run, dir: dir.path };
}

/** The history of a run that has not ended. */
async function unfinished(dir: string) {
  await writeFile(join(dir, "run.json"), JSON.stringify(await done));
  return (await readRecorded(dir)).history;
}

const rewrite = async (dir: string, change: (run: Run) => object) => {
  const file = join(dir, "run.json");
  const run = JSON.parse(await readFile(file, "utf8")) as Run;
  await writeFile(file, JSON.stringify({ ...run, ...change(run) }));
};

describe("a run directory", () => {
  it("is made with room for data and logs, and is never shared", async () => {
    const store = fileRunStore(join(results, "deep", "down"));
    const made = await Promise.all([store.create("a"), store.create("a"), store.create("b")]);
    expect(made.map(({ id }) => id).sort()).toEqual(["a", "a-2", "b"]);
    for (const { path } of made) {
      expect(await readdir(path)).toEqual(expect.arrayContaining(["data", "logs"]));
    }
    await Promise.all(made.map((dir) => dir.finish({} as Run, "")));
  });

  it("has what was flushed on disk before the run is over, as a crash would leave it", async () => {
    const dir = await fileRunStore(results).create("crashed");
    for (let i = 0; i < 10; i++) dir.append(event(i));
    dir.flush();
    dir.append(event(10));
    const file = dir.part("harness");
    const clock = realClock();
    let text = "";
    for (let i = 0; i < 500 && text === ""; i++) {
      await sleep(clock, millis(10));
      // The file may not be there yet.
      text = await readFile(file, "utf8").catch(() => "");
    }
    expect(decodeHistory(text)).toHaveLength(10);
    expect(await unfinished(dir.path)).toHaveLength(10);
    await dir.finish({} as Run, "");
  });

  it("holds the parts of every process while the load lasts, and one history from then on", async () => {
    const dir = await fileRunStore(results).create("parts");
    const phase = (index: number): HistoryEvent => ({
      index,
      time: nanos(index * 1500),
      type: "info",
      process: "nemesis",
      f: "phase",
      value: index === 0 ? "main" : "quiet",
    });
    dir.append(phase(0));
    const part = new PartFile(dir.part("w1"));
    for (let i = 0; i < 4; i++) part.append(event(i));
    part.close();
    const [history = [], ...more] = await dir.parts();
    expect([history.length, more.length]).toEqual([4, 0]);
    dir.flush();
    const completing = dir.complete(mergeParts([[phase(0)], history]));
    dir.append({ ...phase(1), index: 5 });
    await completing;
    expect(await readdir(dir.path)).not.toContain("parts");
    await dir.finish({} as Run, "");
    const whole = decodeHistory(await readFile(join(dir.path, "history.jsonl"), "utf8"));
    expect(whole.map(({ index, type }) => [index, type])).toEqual([
      [0, "invoke"],
      [1, "info"],
      [2, "ok"],
      [3, "invoke"],
      [4, "ok"],
      [5, "info"],
    ]);
    expect(await unfinished(dir.path)).toEqual(whole);
  });

  it("can be read where the harness died while the parts were put together", async () => {
    const dir = await fileRunStore(results).create("half");
    const part = new PartFile(dir.part("w1"));
    for (let i = 0; i < 4; i++) part.append(event(i));
    part.close();
    await writeFile(join(dir.path, "history.jsonl.draft"), "cut o");
    expect(await unfinished(dir.path)).toHaveLength(4);
    await dir.finish({} as Run, "");
  });

  it("is none where there is no description of the run, or neither a history nor a part of one", async () => {
    await expect(readRecorded(results)).rejects.toThrow(`${join(results, "run.json")} is missing`);
    await writeFile(join(results, "run.json"), JSON.stringify(await done));
    await expect(readRecorded(results)).rejects.toThrow(`${join(results, "history.jsonl")} is missing`);
  });

  it("holds the whole run, and gives it back as it was", async () => {
    const { run, dir } = await storedTrial();
    const stored = await readRun(dir);
    expect(stored.run).toEqual(run);
    expect(stored.history).toEqual(trial.events);
    expect(stored.usage).toEqual([usage, { ...usage, node: "n2" }]);
    expect(await readFile(join(dir, "latency.hlog"), "utf8")).toContain("Tag=write-ok-response");
    expect(await readFile(join(dir, "latency", "read-ok-service.hgrm"), "utf8")).toBe("Value");
    expect((await readdir(dir)).sort()).toEqual([
      "data",
      "history.jsonl",
      "latency",
      "latency.hlog",
      "logs",
      "run.json",
      "usage.jsonl",
    ]);
  });

  it("keeps what checkers measured over time, and which clients were the load", async () => {
    const { dir } = await storedTrial();
    const curve = {
      label: "watch lag",
      node: "n1",
      step: 1e8,
      steps: [{ at: 2e8, count: 3, p50Ms: -0.5, worstMs: 41.25 }],
    };
    const verdict = {
      checker: "watch-delivery",
      kind: "valid",
      summary: "s",
      anomalies: [],
      curves: [curve],
    };
    await rewrite(dir, () => ({ verdicts: [verdict], loadClients: { stride: 12, processes: 9 } }));
    const { run } = await readRun(dir);
    expect(run.verdicts[0]?.curves).toEqual([curve]);
    expect(run.loadClients).toEqual({ stride: 12, processes: 9 });
  });

  it("is read where it was written before evidence and lanes were members", async () => {
    const { dir } = await storedTrial();
    const { run } = await readRun(dir);
    const shown = run.verdicts
      .flatMap(({ anomalies }) => anomalies)
      .find(({ evidence }) => evidence?.kind === "order");
    const { operations = [], culprit = 0 } = shown?.evidence ?? {};
    const since = 5;
    const window = { node: "n1", from: 1e9, to: 2e9, reads: 3, worstMs: 40 };
    const flat = { kind: "x", summary: "y", key: "k", operations, culprit };
    await rewrite(dir, () => ({
      verdicts: [
        {
          checker: "c",
          kind: "invalid",
          summary: "s",
          anomalies: [{ ...flat, states: [] }, flat, { ...flat, since }],
        },
        { checker: "staleness", kind: "valid", summary: "s", anomalies: [], staleness: [window] },
      ],
    }));
    const [older, stale] = (await readRun(dir)).run.verdicts;
    const about = { kind: "x", summary: "y", key: "k" };
    expect(older?.anomalies).toEqual([
      { ...about, evidence: { kind: "order", operations, culprit, states: [] } },
      { ...about, evidence: { kind: "order", operations, culprit } },
      { ...about, evidence: { kind: "stale", operations, culprit, since } },
    ]);
    expect(operations.length).toBeGreaterThan(0);
    expect(stale).not.toHaveProperty("staleness");
    expect(stale && staleWindowsOf(stale)).toEqual([window]);
    expect(stale?.lanes?.[0]).toMatchObject({
      label: "stale reads",
      node: "n1",
      text: "3 stale reads, up to 40 ms",
    });
  });

  it("keeps that an operation never returned, which JSON has no number for", async () => {
    const { run, dir } = await storedTrial();
    await rewrite(dir, ({ verdicts }) => ({
      verdicts: verdicts.map((verdict) => ({
        ...verdict,
        anomalies: verdict.anomalies.map((anomaly) => ({
          ...anomaly,
          evidence: anomaly.evidence && {
            ...anomaly.evidence,
            operations: anomaly.evidence.operations.map((operation) => ({ ...operation, returnIndex: null })),
          },
        })),
      })),
    }));
    expect(run.verdict).toBe("invalid");
    const back = await readRun(dir);
    const shown = back.run.verdicts.flatMap(({ anomalies }) =>
      anomalies.flatMap(({ evidence }) => evidence?.operations ?? []),
    );
    expect(shown.length).toBeGreaterThan(0);
    for (const operation of shown) expect(operation.returnIndex).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("readRun()", () => {
  it("names the directory that holds no run", async () => {
    await expect(readRun(join(results, "nowhere"))).rejects.toThrow(UsageError);
    await expect(readRun(results)).rejects.toThrow(`${results} is not a run directory`);
  });

  it("names the file and what is wrong in it", async () => {
    const { run, dir } = await storedTrial();
    const wrong = async (change: (run: Run) => object, message: string) => {
      await writeFile(join(dir, "run.json"), JSON.stringify({ ...run, ...change(run) }));
      await expect(readRun(dir)).rejects.toThrow(`run.json: ${message}`);
    };
    await wrong(
      () => ({ verdict: "splendid" }),
      'expected verdict to be "valid", "unknown" or "invalid", got "splendid"',
    );
    await wrong(() => ({ version: 2 }), "expected version to be 1, got 2");
    await wrong(
      ({ load }) => ({ load: { ...load, rate: "much" } }),
      'expected load.rate to be a number, got "much"',
    );
    await wrong(({ nodes }) => ({ nodes: [nodes[0], {}] }), "expected nodes[1].id to be a text, got nothing");
    await wrong(() => ({ load: { kind: "none" } }), "expected load");
    await wrong(() => ({ seed: 1.5 }), "expected seed to be a whole number, got 1.5");
    await wrong(() => ({ startedAt: "today" }), "expected startedAt to be a time such as");
    await writeFile(join(dir, "run.json"), "[]");
    await expect(readRun(dir)).rejects.toThrow("run.json: expected an object, got an array");
    await writeFile(join(dir, "run.json"), "{");
    await expect(readRun(dir)).rejects.toThrow(/run\.json: expected JSON/);
  });

  it("does without the usage, which not every machine can measure", async () => {
    const { run, dir } = await storedTrial();
    await rm(join(dir, "usage.jsonl"));
    expect(await readRun(dir)).toMatchObject({ run: JSON.parse(JSON.stringify(run)), usage: [] });
    await writeFile(join(dir, "usage.jsonl"), "no JSON\n");
    expect(await readRecorded(dir)).toMatchObject({
      run: JSON.parse(JSON.stringify(run)),
      truncated: false,
    });
  });

  it("names the line of the usage that is wrong, and forgives a last one that was cut off", async () => {
    const { dir } = await storedTrial();
    const file = join(dir, "usage.jsonl");
    const before = (await readRun(dir)).usage.length;
    await appendFile(file, '{"time":1,"no');
    expect((await readRun(dir)).usage).toHaveLength(before);
    await appendFile(file, 'thing":2}\n');
    await expect(readRun(dir)).rejects.toThrow(`usage.jsonl:${before + 1}: `);
  });
});
