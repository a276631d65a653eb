import { describe, expect, it } from "vitest";
import type { ClientWith } from "../adapters/client/client.ts";
import type { KeyValue } from "../adapters/client/kv.ts";
import { ClientError } from "../core/errors.ts";
import { type Call, type Json, nodeId, type Outcome } from "../core/op.ts";
import { createRandom } from "../core/random.ts";
import { VirtualClock } from "../core/virtual-clock.ts";
import { register } from "./register.ts";
import { historyOf, loadOf, testRun } from "./testing/run.ts";
import { type WorkloadRun, wholeLoad } from "./workload.ts";

const clients = (options: Record<string, number> = {}, parts: Partial<WorkloadRun> = {}) => {
  const { actors, last } = loadOf(register, testRun({ options, ...parts }));
  const [actor] = actors;
  if (actor === undefined) throw new Error("no actor");
  return { actor, actors, last };
};

const ok = (value: Json): Outcome => ({ type: "ok", output: { value } });
const timeout: Outcome = { type: "info", error: { code: "timeout", definite: false, message: "" } };

/** What a register would answer, one operation after the other. */
function play(count: number, options: Record<string, number> = {}) {
  const role = register.roles(testRun({ options }), createRandom(5), wholeLoad)[0];
  if (role?.processes !== "load") throw new Error("no load");
  const random = createRandom(5).fork("process");
  const actor = role.actor({ node: nodeId("n1"), slot: 0, random });
  const state = new Map<string, Json>();
  const calls: { call: Call; outcome: Outcome }[] = [];
  for (let i = 0; i < count; i++) {
    const call = actor.next();
    const outcome = answer(state, call);
    actor.observe?.(call, outcome);
    calls.push({ call, outcome });
  }
  return { calls, last: () => role.final?.(historyOf(calls.map(({ call }) => call))) ?? [] };
}

function answer(state: Map<string, Json>, { f, key = "", value }: Call): Outcome {
  if (f === "read") return ok(state.get(key) ?? null);
  if (f === "delete") return ok(state.delete(key));
  const [from, to] = f === "cas" ? (value as readonly Json[]) : [state.get(key), value];
  if (f === "cas" && state.get(key) !== from)
    return { type: "fail", error: { code: "mismatch", definite: true, message: "" } };
  state.set(key, to ?? null);
  return ok(value ?? null);
}

/** The first calls of seed 5, as they were before the workload knew deletes. */
const goldenCalls =
  '[["read","r3",null],["read","r2",null],["write","r2",1],["cas","r2",[1,2]],["read","r3",null],["read","r5",null],["write","r3",3],["read","r4",null],["write","r5",4],["read","r3",null],["write","r1",5],["cas","r3",[3,6]]]';

describe("the register workload", () => {
  it("asks for reads, writes and compare-and-sets in the shares that were asked for", () => {
    const { calls } = play(10_000);
    const share = (f: string) => calls.filter(({ call }) => call.f === f).length / calls.length;
    expect(share("read")).toBeCloseTo(0.5, 1);
    expect(share("write")).toBeCloseTo(0.25, 1);
    expect(share("cas")).toBeCloseTo(0.25, 1);
  });

  it("never writes a value twice, whatever the key", () => {
    const written = play(5000).calls.flatMap(({ call: { f, value } }) =>
      f === "write" ? [value] : f === "cas" ? [(value as readonly Json[])[1]] : [],
    );
    expect(new Set(written).size).toBe(written.length);
    expect(written.every(Number.isInteger)).toBe(true);
  });

  it("compares with what was last seen, so that most succeed where nobody interferes", () => {
    const cas = play(5000).calls.filter(({ call }) => call.f === "cas");
    expect(cas.filter(({ outcome }) => outcome.type === "ok").length / cas.length).toBeGreaterThan(0.95);
  });

  it("uses a number of keys at a time, each for a number of operations, and then new ones", () => {
    const { calls, last } = play(2000, { keys: 4, "operations-per-key": 100 });
    const perKey = new Map<string, number>();
    for (const { call } of calls) perKey.set(call.key ?? "", (perKey.get(call.key ?? "") ?? 0) + 1);
    expect(Math.max(...perKey.values())).toBe(100);
    expect(perKey.size).toBeGreaterThanOrEqual(20);
    expect(perKey.size).toBeLessThanOrEqual(24);
    expect(new Set(last().map(({ key }) => key))).toEqual(new Set([...perKey.keys()]));
  });

  it("retires a key that has too many operations of unknown outcome", () => {
    const { actor } = clients({ keys: 1, "unknown-per-key": 3 });
    const keys: (string | undefined)[] = [];
    for (let i = 0; i < 9; i++) {
      const call = actor.next();
      actor.observe?.(call, timeout);
      keys.push(call.key);
    }
    expect(keys).toEqual(["r1", "r1", "r1", "r2", "r2", "r2", "r3", "r3", "r3"]);
  });

  it("does not wear a key out with operations that were refused and tried nothing", () => {
    const { actor } = clients({ keys: 1, "operations-per-key": 3 });
    const keys = new Set<string | undefined>();
    const refused: Outcome = {
      type: "fail",
      error: { code: "not-connected", definite: true, message: "" },
    };
    for (let i = 0; i < 50; i++) {
      const call = actor.next();
      actor.observe?.(call, refused);
      keys.add(call.key);
    }
    expect(keys).toEqual(new Set(["r1"]));
  });

  it("lets no more processes ask about a key at the same time than were allowed", () => {
    const { actors } = clients({ keys: 2, "concurrency-per-key": 3 });
    const next = (i: number) => actors[i % actors.length]?.next().key ?? "";
    const pending = Array.from({ length: 6 }, (_, i) => next(i));
    expect(pending.filter((key) => key === "r1")).toHaveLength(3);
    expect(pending.filter((key) => key === "r2")).toHaveLength(3);
    expect(["r1", "r2"]).toContain(next(6));
  });

  it("reads every key in the end, and marks its keys as the run's own", () => {
    const { actor, last } = clients({ keys: 2 }, { keyPrefix: "x7-" });
    const calls = Array.from({ length: 20 }, () => actor.next());
    const key = (n: number) => ({ f: "read", key: `x7-r${n}` });
    expect(last(calls)).toHaveLength(2);
    expect(last(calls)).toEqual(expect.arrayContaining([key(1), key(2)]));
  });

  it("shares its keys with other shares of the run, but writes no value that they write", () => {
    const seen = [
      { index: 0, of: 2, generation: 0 },
      { index: 1, of: 2, generation: 0 },
      { index: 1, of: 2, generation: 1 },
    ].map((share) => {
      const [actor] = loadOf(register, testRun({ options: { keys: 1, "operations-per-key": 100 } }), {
        share,
      }).actors;
      const calls = Array.from({ length: 200 }, () => actor?.next() ?? { f: "" });
      const values = calls.flatMap(({ f, value }) => (f === "write" ? [value] : []));
      return { keys: new Set(calls.map(({ key }) => key)), values };
    });
    expect(seen.map(({ keys }) => [...keys])).toEqual(
      Array.from({ length: 3 }, () => ["r1", "r2", "r3", "r4"]),
    );
    const values = seen.flatMap((one) => one.values);
    expect(values.length).toBeGreaterThan(50);
    expect(new Set(values).size).toBe(values.length);
  });

  it("asks for deletes in the share that was asked for, and compares with nothing that it deleted", () => {
    const { calls } = play(10_000, { "delete-percent": 10 });
    const deletes = calls.filter(({ call }) => call.f === "delete");
    expect(deletes.length / calls.length).toBeCloseTo(0.1, 1);
    expect(deletes.every(({ call }) => call.value === undefined)).toBe(true);
    const cas = calls.filter(({ call }) => call.f === "cas");
    expect(cas.filter(({ outcome }) => outcome.type === "ok").length / cas.length).toBeGreaterThan(0.9);
  });

  it("asks what it asked before there were deletes, where none are asked for", () => {
    const firsts = play(12).calls.map(({ call: { f, key, value } }) => [f, key, value]);
    expect(JSON.stringify(firsts)).toBe(goldenCalls);
    expect(play(500, { "delete-percent": 0 }).calls).toEqual(play(500).calls);
  });

  it("says the same to the same seed", () => {
    expect(play(500).calls).toEqual(play(500).calls);
  });
});

describe("performing a register call", () => {
  const asked: unknown[][] = [];
  const working: KeyValue = {
    read: async (...args) => {
      asked.push(["read", ...args]);
      return { value: "41", revision: 7, modRevision: 6 };
    },
    write: async (...args) => {
      asked.push(["write", ...args]);
      return 8;
    },
    cas: async (...args) => {
      asked.push(["cas", ...args]);
      return undefined;
    },
  };
  const clientOf = (kv: Partial<KeyValue>): ClientWith<"kv" | "delete"> => ({
    kv: { ...working, ...kv },
    delete: async (...args) => {
      asked.push(["delete", ...args]);
      return { existed: true, revision: 9 };
    },
    close: async () => {},
    abandon: () => {},
  });
  const ask = { timeoutMs: 700 };
  const at = { clock: new VirtualClock(), ask, notice: () => {} };
  const perform = (call: Call, kv: Partial<KeyValue> = {}) => clients().actor.perform(clientOf(kv), call, at);

  it("sends numbers as their digits within the call's limits, reads in the run's mode, and reports the revisions", async () => {
    expect(await perform({ f: "read", key: "r1" })).toEqual({
      value: 41,
      revision: 7,
      modRevision: 6,
    });
    expect(await perform({ f: "write", key: "r1", value: 42 })).toEqual({ value: 42, revision: 8 });
    expect(await perform({ f: "cas", key: "r1", value: [42, 43] })).toEqual({ value: [42, 43] });
    expect(await perform({ f: "delete", key: "r1" })).toEqual({ value: true, revision: 9 });
    expect(asked).toEqual([
      ["read", "r1", "linearizable", ask],
      ["write", "r1", "42", ask],
      ["cas", "r1", "42", "43", ask],
      ["delete", "r1", ask],
    ]);
  });

  it("reads in the mode that the call names instead of the run's", async () => {
    asked.length = 0;
    await perform({ f: "read", key: "r1", mode: "serializable" });
    expect(asked).toEqual([["read", "r1", "serializable", ask]]);
  });

  it("reads an absent key as null", async () => {
    const empty = { read: async () => ({ revision: 3 }) };
    expect(await perform({ f: "read", key: "r1" }, empty)).toEqual({ value: null, revision: 3 });
  });

  it("keeps a value that nobody wrote as it came, for the checker to refuse", async () => {
    const odd = { read: async () => ({ value: "4x" }) };
    expect(await perform({ f: "read", key: "r1" }, odd)).toEqual({ value: "4x" });
  });

  it("says so where a delete found nothing", async () => {
    const client = { ...clientOf({}), delete: async () => ({ existed: false }) };
    expect(await clients().actor.perform(client, { f: "delete", key: "r1" }, at)).toEqual({
      value: false,
    });
  });

  it("passes errors on", async () => {
    const broken = { write: () => Promise.reject(new ClientError("timeout", "late")) };
    await expect(perform({ f: "write", key: "r1", value: 1 }, broken)).rejects.toMatchObject({
      code: "timeout",
    });
  });
});
