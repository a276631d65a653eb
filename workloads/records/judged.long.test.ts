/** The workloads on records in the in-memory system: valid where it keeps its promises, and invalid with a planted bug. */
import { describe, expect, it } from "vitest";
import type { MemoryBug } from "../../adapters/memory/bugs.ts";
import type { Consistency } from "../../core/consistency.ts";
import { isClientEvent } from "../../core/history.ts";
import type { Run } from "../../core/run.ts";
import { TestTrial } from "../../harness/testing/trial.ts";
import { cas } from "../cas.ts";
import { get } from "../get.ts";
import { list } from "../list.ts";
import { mixed, ycsbWorkloads } from "../mixed.ts";
import { put } from "../put.ts";
import { txn } from "../txn.ts";
import type { Workload } from "../workload.ts";

interface Options {
  readonly bugs?: readonly MemoryBug[];
  readonly promise?: Consistency;
  readonly nemeses?: readonly string[];
  readonly options?: Readonly<Record<string, number>>;
}

function trialOf(
  workload: Workload,
  { bugs = [], promise = "linearizable", options = {}, nemeses = ["partition-follower"] }: Options = {},
) {
  const made = new TestTrial({
    nemeses,
    spec: {
      readMode: promise === "linearizable" ? "linearizable" : "local",
      load: { kind: "open", rate: 120, processes: 60, seconds: 4 },
      workloadOptions: { keys: 30, ...options },
      faultSeconds: { min: 1, max: 1 },
      gapSeconds: { min: 0.5, max: 0.5 },
      quietSeconds: 1,
    },
    memory: { bugs },
    deps: { workload },
  });
  made.promise({ consistency: promise });
  return made;
}

const sentences = ({ verdicts }: Run) =>
  verdicts.flatMap(({ anomalies }) => anomalies.map(({ summary }) => summary)).join("\n");

const all = { put, get, mixed, ...ycsbWorkloads, cas, txn, list } satisfies Record<string, Workload>;

describe("workloads on records", () => {
  it.each(Object.entries(all))("are valid where the system keeps its promise: %s", async (_, workload) => {
    for (const promise of ["linearizable", "stale"] as const) {
      // Local reads alone send nothing between nodes: nothing would prove a cut.
      const isSilent = promise === "stale" && (workload === get || workload === ycsbWorkloads["ycsb-c"]);
      const run = await trialOf(workload, { promise, ...(isSilent && { nemeses: [] }) }).run();
      // Old reads are measured where they are allowed.
      expect(run.verdict, sentences(run)).toBe("valid");
    }
  });

  it.each([
    [put, "lost-writes", { keys: 300 }],
    [get, "garbled-reads", {}],
    [get, "stale-reads", { "write-percent": 20, keys: 5 }],
    [ycsbWorkloads["ycsb-a"], "stale-reads", {}],
    [ycsbWorkloads["ycsb-d"], "stale-reads", {}],
    [ycsbWorkloads["ycsb-e"], "partial-lists", {}],
    [ycsbWorkloads["ycsb-f"], "double-apply", {}],
    [cas, "double-apply", {}],
    [cas, "false-failures", {}],
    [txn, "torn-transactions", {}],
    [list, "partial-lists", {}],
  ] as const)("find the bug that is theirs to find: $0.name, $1", async (workload, bug, options) => {
    const run = await trialOf(workload, { bugs: [bug], options }).run();
    expect(run.verdict).toBe("invalid");
    expect(sentences(run)).toMatch(/k0000000000/);
  });

  it("say what is wrong with the contents of a value", async () => {
    const run = await trialOf(get, { bugs: ["garbled-reads"] }).run();
    expect(sentences(run)).toMatch(/wrong contents from byte 256/);
  });

  it("put in place what the load finds, before it, and do not measure that", async () => {
    const made = trialOf(get);
    const run = await made.run();
    const main = made.events.findIndex(
      (event) => event.type === "info" && "value" in event && event.value === "main",
    );
    const before = made.events.slice(0, main).filter(isClientEvent);
    expect(before.filter(({ type }) => type === "ok")).toHaveLength(30);
    expect(before.every(({ f, time }) => f === "write" && time === 0)).toBe(true);
    const after = made.events.slice(main).filter(isClientEvent);
    expect(after.every(({ f }) => f === "read")).toBe(true);
    expect(run.latency.map(({ f }) => f)).not.toContain("write");
    // No process of the load, nor one of the end, wrote it.
    const later = new Set(after.map(({ process }) => process));
    expect(before.some(({ process }) => later.has(process))).toBe(false);
  });
});
