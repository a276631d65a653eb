import { describe, expect, it } from "vitest";
import type { ClientWith } from "../adapters/client/client.ts";
import type { KeyValue } from "../adapters/client/kv.ts";
import type { MemoryBug } from "../adapters/memory/bugs.ts";
import type { Consistency } from "../core/consistency.ts";
import type { Call, Outcome } from "../core/op.ts";
import type { Run } from "../core/run.ts";
import { VirtualClock } from "../core/virtual-clock.ts";
import { TestTrial } from "../harness/testing/trial.ts";
import { set } from "./set.ts";
import { loadOf, testRun } from "./testing/run.ts";

const ok = (value: boolean | number | number[]): Outcome => ({ type: "ok", output: { value } });
const failed = (code: "timeout" | "not-connected", type: "info" | "fail"): Outcome => ({
  type,
  error: { code, definite: type === "fail", message: "" },
});

/** What a store of sets would answer, one operation after the other. */
function play(count: number, options: Record<string, number> = {}) {
  const { actors, last } = loadOf(set, testRun({ options }));
  const sets = new Map<string, Set<number>>();
  const calls: Call[] = [];
  for (let i = 0; i < count; i++) {
    const actor = actors[i % actors.length];
    const call = actor?.next();
    if (actor === undefined || call === undefined) throw new Error("no call");
    const members = sets.get(call.key ?? "") ?? new Set();
    sets.set(call.key ?? "", members);
    calls.push(call);
    actor.observe?.(call, ok(answer(members, call)));
  }
  return { calls, last: () => last(calls) };
}

function answer(members: Set<number>, { f, value }: Call) {
  if (f === "list") return [...members];
  if (f === "remove") return members.delete(Number(value));
  members.add(Number(value));
  return Number(value);
}

const kindOf = (calls: readonly Call[], f: string) => calls.filter((call) => call.f === f);

describe("the set workload", () => {
  it("asks for lists, removals and adds in the shares that were asked for", () => {
    const { calls } = play(10_000);
    expect(kindOf(calls, "list").length / calls.length).toBeCloseTo(0.5, 1);
    expect(kindOf(calls, "remove").length / calls.length).toBeCloseTo(0.1, 1);
    expect(kindOf(play(500, { "remove-percent": 0 }).calls, "remove")).toEqual([]);
  });

  it("adds each element once, and removes at most once what was added to the same set", () => {
    const { calls } = play(5000);
    const added = new Map(kindOf(calls, "add").map(({ key, value }) => [value, key]));
    expect(added.size).toBe(kindOf(calls, "add").length);
    const removed = kindOf(calls, "remove");
    expect(new Set(removed.map(({ value }) => value)).size).toBe(removed.length);
    expect(removed.every(({ key, value }) => added.get(value) === key)).toBe(true);
  });

  it("retires a set after its operations, and lists every set in the end", () => {
    const { calls, last } = play(2000, { sets: 2, "operations-per-set": 100 });
    const perSet = new Map<string, number>();
    for (const { key = "" } of calls) perSet.set(key, (perSet.get(key) ?? 0) + 1);
    expect(Math.max(...perSet.values())).toBe(100);
    expect(perSet.size).toBeGreaterThanOrEqual(20);
    expect(new Set(last().map(({ key }) => key))).toEqual(new Set(perSet.keys()));
    expect(last().every(({ f }) => f === "list")).toBe(true);
  });

  it("retires a set that has too many changes of unknown outcome, and none for what was refused", () => {
    const { actors } = loadOf(set, testRun({ options: { sets: 1, "unknown-per-set": 3 } }));
    const [actor] = actors;
    const keys: string[] = [];
    while (keys.length < 4) {
      const call = actor?.next() ?? { f: "" };
      if (call.f === "add") keys.push(call.key ?? "");
      actor?.observe?.(call, failed("timeout", "info"));
    }
    expect(keys).toEqual(["s1", "s1", "s1", "s2"]);
    const refused = new Set<string | undefined>();
    for (let i = 0; i < 1000; i++) {
      const call = actor?.next() ?? { f: "" };
      actor?.observe?.(call, failed("not-connected", "fail"));
      refused.add(call.key);
    }
    expect(refused).toEqual(new Set(["s2"]));
  });

  it("says the same to the same seed", () => {
    expect(play(500).calls).toEqual(play(500).calls);
  });
});

describe("performing a set call", () => {
  const asked: unknown[][] = [];
  const kv: Pick<KeyValue, "write"> = {
    write: async (...args) => {
      asked.push(["write", ...args]);
      return 8;
    },
  };
  const client: ClientWith<"kv" | "delete" | "prefix"> = {
    kv: { read: async () => ({}), cas: async () => undefined, ...kv },
    delete: async (...args) => {
      asked.push(["delete", ...args]);
      return { existed: true, revision: 9 };
    },
    prefix: {
      list: async (...args) => {
        asked.push(["list", ...args]);
        return new Map(["s1-10", "s1-9", "s1-x"].map((key) => [key, { value: "" }]));
      },
    },
    close: async () => {},
    abandon: () => {},
  };
  const ask = { timeoutMs: 700 };
  const at = { clock: new VirtualClock(), ask, notice: () => {} };
  const perform = (call: Call) => loadOf(set, testRun()).actors[0]?.perform(client, call, at);

  it("keeps each element in a key of its own, and reads a set by its prefix", async () => {
    expect(await perform({ f: "add", key: "s1", value: 9 })).toEqual({ value: 9, revision: 8 });
    expect(await perform({ f: "remove", key: "s1", value: 9 })).toEqual({ value: true, revision: 9 });
    // What is no element is kept, for the checker to refuse.
    expect(await perform({ f: "list", key: "s1" })).toEqual({ value: [9, 10, "x"] });
    await perform({ f: "list", key: "s1", mode: "local" });
    expect(asked).toEqual([
      ["write", "s1-9", "", ask],
      ["delete", "s1-9", ask],
      ["list", "s1-", "linearizable", ask],
      ["list", "s1-", "local", ask],
    ]);
  });
});

describe("the set workload in the in-memory system, with a node that is cut off", () => {
  async function trial(promise: Consistency, readMode: string, bugs: readonly MemoryBug[] = []) {
    const made = new TestTrial({
      nemeses: ["partition-follower"],
      spec: {
        readMode,
        load: { kind: "open", rate: 150, processes: 90, seconds: 8 },
        workloadOptions: { "remove-percent": 20 },
        faultSeconds: { min: 2, max: 2 },
        gapSeconds: { min: 1, max: 1 },
      },
      memory: { bugs },
      deps: { workload: set },
    });
    made.promise({ consistency: promise });
    return made.run();
  }
  const kinds = ({ verdicts }: Run) =>
    Object.fromEntries(verdicts.map(({ checker, kind }) => [checker, kind]));
  const sentences = ({ verdicts }: Run) =>
    verdicts.flatMap(({ anomalies }) => anomalies.map(({ summary }) => summary)).join("\n");
  const promises = ["linearizable", "sequential", "stale-monotonic", "stale"] as const;
  const modeOf = (promise: Consistency) => (promise === "linearizable" ? "linearizable" : "local");

  it.each(promises)("is valid where the system keeps its promise: %s", async (promise) => {
    const run = await trial(promise, modeOf(promise));
    expect(kinds(run)).toMatchObject({ linearizable: "valid", elements: "valid", convergence: "valid" });
    expect(run.verdict).toBe("valid");
  });

  it("measures old lists where they are allowed, and blames them where they are not", async () => {
    const measured = (await trial("stale", "local")).verdicts.find(({ checker }) => checker === "elements");
    expect(measured).toMatchObject({ kind: "valid" });
    expect(measured?.summary).toMatch(/stale/);
    expect(kinds(await trial("linearizable", "local"))).toMatchObject({
      linearizable: "invalid",
      elements: "invalid",
    });
  });

  it.each(promises)("finds elements that were acknowledged and lost: %s", async (promise) => {
    const run = await trial(promise, modeOf(promise), ["lost-writes"]);
    expect(kinds(run)).toMatchObject({ convergence: "invalid" });
    expect(sentences(run)).toMatch(/\d+ .*s\d+/);
  });

  it.each(promises)("finds removed elements that come back: %s", async (promise) => {
    const run = await trial(promise, modeOf(promise), ["undone-deletes"]);
    expect(run.verdict).toBe("invalid");
  });

  it("finds lists that lack an element now and then", async () => {
    for (const promise of ["linearizable", "sequential"] as const) {
      const run = await trial(promise, modeOf(promise), ["partial-lists"]);
      expect(kinds(run)).toMatchObject({ elements: "invalid" });
    }
  });
});
