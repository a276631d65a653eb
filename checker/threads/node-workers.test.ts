import { describe, expect, it, vi } from "vitest";
import type { ClientEvent, History } from "../../core/history.ts";
import { createRandom } from "../../core/random.ts";
import { realClock } from "../../core/real-clock.ts";
import { nanos, toSeconds } from "../../core/time.ts";
import { Budget, type Limits, unlimited } from "../linearizability/limits.ts";
import { linearizable } from "../linearizability/linearizable.ts";
import { listOf } from "../linearizability/operation-list.ts";
import { type Columns, columnsOf, type RegisterModel } from "../linearizability/register/columns.ts";
import { judgeColumns } from "../linearizability/register/judge-columns.ts";
import { models } from "../models/index.ts";
import { smallHistory } from "../testing/agreement.ts";
import { freely } from "../testing/history-of.ts";
import { randomHistory } from "../testing/random-history.ts";
import { registerScenario } from "../testing/register-scenario.ts";
import { nodeWorkers, workersFrom } from "./node-workers.ts";
import { failures } from "./testing/node-failing-worker.ts";
import type { Workers } from "./workers.ts";

// A thread takes its time to start, on a busy machine above all.
vi.setConfig({ testTimeout: 120_000 });

const scenario = registerScenario();
const model = scenario.model as RegisterModel;
const columns = (seed: number): Columns =>
  columnsOf(model, listOf(smallHistory(scenario, createRandom(seed))));
/** Columns of this many reads of the initial value, one after another. */
const reads = (count: number): Columns =>
  columnsOf(
    model,
    listOf(
      Array.from({ length: count }, (_, i) => ({
        process: 0,
        call: { f: "read" },
        outcome: { type: "ok", output: { value: 0 } },
        invokedAt: nanos(2 * i),
        completedAt: nanos(2 * i + 1),
        callIndex: 2 * i,
        returnIndex: 2 * i + 1,
      })),
    ),
  );
const clock = realClock();
const within = (seconds: number): Limits => {
  const now = () => toSeconds(clock.now());
  return { ...unlimited, now, deadlineSeconds: now() + seconds };
};

describe("threads that judge registers", () => {
  it("come to the judgements of the main thread: valid, invalid, and out of their limits", async () => {
    const registers = Array.from({ length: 60 }, (_, seed) => columns(seed));
    const here = (limits: Limits) => registers.map((each) => judgeColumns(each, new Budget(limits)));
    const there = await nodeWorkers.judge(registers, 2, unlimited);
    expect(there).toEqual(here(unlimited));
    expect(new Set(there.map(({ kind }) => kind))).toEqual(new Set(["valid", "invalid"]));
    const tight = { ...unlimited, memoryBytes: 700 };
    const limited = await nodeWorkers.judge(registers, 2, tight);
    expect(limited).toEqual(here(tight));
    expect(limited.map(({ kind }) => kind)).toContain("unknown");
  });

  it("are not even started when the time is up", async () => {
    const [judgement] = await workersFrom(new URL("file:///nowhere.ts")).judge([reads(9)], 1, within(-1));
    expect(judgement).toMatchObject({ kind: "unknown", limit: "time-limit" });
  });

  const failing = workersFrom(new URL("./testing/node-failing-worker.ts", import.meta.url));

  it.each([
    ["throws", failures.throws, /out of ideas/],
    ["exits", failures.exits, /status 7/],
  ] as const)(
    "leave undecided what a thread that %s was to judge, with the reason, and nothing else",
    async (_, size, reason) => {
      const found = await failing.judge([reads(9), reads(size), reads(8)], 1, unlimited);
      expect(found[0]).toEqual({ kind: "valid" });
      expect(found[1]).toMatchObject({ kind: "failed", reason: expect.stringMatching(reason) });
      expect(found[2]).toEqual({ kind: "valid" });
    },
  );

  it("leave undecided what a thread ran out of memory at", async () => {
    const limits = { ...unlimited, memoryBytes: 1e6 };
    const found = await failing.judge([reads(failures.outOfMemory), reads(9)], 1, limits);
    expect(found[0]).toMatchObject({ kind: "failed", reason: expect.stringMatching(/memory/) });
    expect(found[1]).toEqual({ kind: "valid" });
  });

  it("are ended when they are overdue", async () => {
    const [judgement] = await failing.judge([reads(failures.hangs)], 1, within(3));
    expect(judgement).toMatchObject({ kind: "unknown", limit: "time-limit" });
  });

  it("that cannot be started leave everything undecided", async () => {
    const found = await workersFrom(new URL("file:///nowhere.ts")).judge([reads(9), reads(8)], 2, unlimited);
    expect(found.map(({ kind }) => kind)).toEqual(["failed", "failed"]);
  });
});

/** Several keys of a history that a short search does not decide, so that each is worth a thread. */
function hardKeys(keys: number): History {
  const events: ClientEvent[] = [];
  for (let key = 0; key < keys; key++) {
    const hard = randomHistory(
      {
        ...registerScenario((random) => random.integer(0, 20)),
        operations: 600,
        processes: 60,
        crashes: 0.02,
      },
      createRandom(key + 3),
    );
    for (const { process, call, outcome, callIndex, returnIndex } of hard) {
      const about = { process: Number(process) + 10_000 * key, f: call.f, key: `k${key}` };
      const at = (index: number) => ({ index, time: nanos(index) });
      const value = call.value !== undefined && { value: call.value };
      events.push({ ...about, ...value, ...at(callIndex), type: "invoke" });
      if (outcome.type === "ok") events.push({ ...about, ...outcome.output, ...at(returnIndex), type: "ok" });
      if (outcome.type === "fail")
        events.push({ ...about, ...at(returnIndex), type: "fail", error: outcome.error.code });
    }
  }
  return events.sort((a, b) => a.index - b.index).map((event, index) => ({ ...event, index }));
}

describe("a checker whose threads fail", () => {
  const checker = linearizable({ model: models.register({ initial: 0 }) });
  const history = hardKeys(4);

  it("calls undecided what they were to judge, never valid", async () => {
    const asked: number[] = [];
    const broken: Workers = {
      judge: async (registers) => {
        asked.push(registers.length);
        return registers.map(() => ({ kind: "failed", reason: "the thread is out of ideas" }));
      },
    };
    const verdict = await checker.check(history, { ...freely, threads: 2, workers: broken });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThan(1);
    expect(verdict.kind).toBe("unknown");
    expect(verdict.anomalies[0]).toMatchObject({
      kind: "checker-failed",
      key: expect.stringMatching(/^k\d+$/),
    });
    expect(verdict.anomalies[0]?.summary).toContain("the thread is out of ideas");
  });
});
