import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonical } from "../../../checker/canonical.ts";
import type { Checker } from "../../../checker/checker.ts";
import { runCheckers } from "../../../checker/run-checkers.ts";
import type { ReadPromise } from "../../../core/consistency.ts";
import type { Run } from "../../../core/run.ts";
import type { Verdict } from "../../../core/verdict.ts";
import { register } from "../../../workloads/register.ts";
import type { Workload, WorkloadRun } from "../../../workloads/workload.ts";
import { fileRunStore } from "../../record/node-store.ts";
import { TestTrial } from "../../testing/trial.ts";
import { readRunDirectory } from "./run.ts";

/** Excuses what a leader answers that was cut off, for as long after that. */
const deposed = (leaseMs: number): ReadPromise => ({
  consistency: "linearizable-known-limits",
  limits: [
    { name: "deposed leader", condition: "deposed-leader", boundMs: 0, leaseMs, sentence: "as in a test" },
  ],
});

/** Every promise; `local` reads are the memory system's own stale ones. */
const promises: readonly [name: string, promise: ReadPromise][] = [
  ["linearizable", { consistency: "linearizable" }],
  ["with a known limit that excuses next to nothing", deposed(0)],
  ["with a known limit", deposed(10_000)],
  ["sequential", { consistency: "sequential" }],
  ["stale-monotonic", { consistency: "stale-monotonic" }],
  ["stale", { consistency: "stale" }],
];

/** Says what it was given, so that a verdict differs where that does. */
const echo = (options: WorkloadRun): Checker => ({
  name: "echo",
  check: () => ({
    checker: "echo",
    kind: "valid",
    summary: canonical(JSON.parse(JSON.stringify(options))),
    anomalies: [],
  }),
});

const workload: Workload = {
  ...register,
  checkers: (options) => [...register.checkers(options), echo(options)],
};

describe("a stored run that is judged again", () => {
  let results = "";
  beforeAll(async () => {
    results = await mkdtemp(join(tmpdir(), "assay-again-"));
  });
  afterAll(() => rm(results, { recursive: true, force: true }));

  async function stored(promise: ReadPromise, nemesis: string) {
    const readMode = "local";
    const trial = new TestTrial({
      nemeses: [nemesis],
      spec: {
        readMode,
        load: { kind: "open", rate: 100, processes: 12, seconds: 6 },
        faultSeconds: { min: 3, max: 3 },
        gapSeconds: { min: 1, max: 1 },
        workloadOptions: { keys: 2, "operations-per-key": 60, "read-percent": 60 },
      },
      deps: { workload },
    });
    Object.assign(trial.deps.runtime, { outlivesRun: true });
    trial.promise(promise);
    const run = await trial.run();
    const dir = await fileRunStore(results).create("run");
    for (const event of trial.events) dir.append(event);
    await dir.finish(run, "");
    return { run, dir: dir.path };
  }

  async function again(dir: string) {
    const { history, checkers, promises } = await readRunDirectory(
      dir,
      { memoryLimit: 1024 },
      { register: workload },
    );
    const limits = { threads: 1, timeLimitSeconds: 60, memoryLimitBytes: 2 ** 30, now: () => 0 };
    return runCheckers(checkers, history, { ...limits, promises });
  }

  /** What follows from the history: all but what only the harness saw, and how long it took. */
  const judged = ({ verdicts }: Pick<Run, "verdicts">): Verdict[] =>
    verdicts
      .filter(({ checker }) => !["faults-injected", "recovery", "load"].includes(checker))
      .map(({ seconds: _, ...verdict }) => verdict as Verdict);

  const plain = (verdicts: readonly Verdict[]): unknown => JSON.parse(JSON.stringify(verdicts));

  it.each(promises)("has every verdict that it had under the promise %s", async (_, promise) => {
    const found: Record<string, Verdict | undefined> = {};
    for (const nemesis of ["partition-leader", "partition-follower"]) {
      const { run, dir } = await stored(promise, nemesis);
      expect(plain(judged({ verdicts: await again(dir) }))).toEqual(plain(judged(run)));
      const summary = run.verdicts.find(({ checker }) => checker === "echo")?.summary ?? "";
      expect(JSON.parse(summary)).toMatchObject({
        readMode: "local",
        options: { keys: 2, "read-percent": 60 },
      });
      expect(JSON.parse(summary).keyPrefix).toMatch(/^assay-/);
      found[nemesis] = run.verdicts.find(({ checker }) => checker === "linearizable");
    }
    const { consistency, limits = [] } = promise;
    const excused = limits.some(({ leaseMs = 0 }) => leaseMs > 0);
    const fresh = consistency.startsWith("linearizable");
    // Reads are stale at a node that is cut off; the limit excuses those of a leader only.
    expect(found["partition-follower"]?.kind).toBe(fresh ? "invalid" : "valid");
    expect(found["partition-leader"]?.kind).toBe(fresh && !excused ? "invalid" : "valid");
    expect(found["partition-leader"]?.anomalies.some(({ limit }) => limit !== undefined)).toBe(excused);
  });

  it("is judged by its system's limits where it was stored without any", async () => {
    const { run } = await stored(deposed(0), "partition-leader");
    const older = (name: string): Run => ({
      ...run,
      system: { name, version: "1" },
      readMode: { name: "default", promises: "linearizable-known-limits" },
    });
    const limitsOf = async (name: string) => {
      const { readMode: _, workloadRun: __, ...rest } = older(name);
      const path = await fileRunStore(results).create("older");
      await path.finish({ ...rest, readMode: older(name).readMode }, "");
      const [given] = (await again(path.path)).filter(({ checker }) => checker === "echo");
      return JSON.parse(given?.summary ?? "{}");
    };
    expect(await limitsOf("consul")).toMatchObject({
      keyPrefix: "",
      options: {},
      limits: [{ name: "deposed leader" }, { name: "new leader" }],
    });
    expect((await limitsOf("a system of somebody's own")).limits).toEqual([]);
  });
});
