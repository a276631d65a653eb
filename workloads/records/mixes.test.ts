/** What the workloads on records ask, and how it goes over the wire. */
import { describe, expect, it } from "vitest";
import type { Call, Json, Outcome } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { cas } from "../cas.ts";
import { get } from "../get.ts";
import { list } from "../list.ts";
import { mixed, ycsbWorkloads } from "../mixed.ts";
import { put } from "../put.ts";
import { loadOf, testRun } from "../testing/run.ts";
import { txn } from "../txn.ts";
import { type Share, type Workload, wholeLoad } from "../workload.ts";

const all: Readonly<Record<string, Workload>> = { put, get, mixed, ...ycsbWorkloads, cas, txn, list };
const mix = (letter: string): Workload => {
  const found = all[`ycsb-${letter}`];
  if (found === undefined) throw new Error(`no mix ${letter}`);
  return found;
};

const ok = (value: Json): Outcome => ({ type: "ok", output: { value } });
const mismatch: Outcome = { type: "fail", error: { code: "mismatch", definite: true, message: "" } };

interface Play {
  readonly count?: number;
  readonly options?: Record<string, number>;
  readonly share?: Share;
}

/** The calls before the load, then those of the load, answered as a store would, one after the other. */
function play(workload: Workload, { count = 4000, options = {}, share = wholeLoad }: Play = {}) {
  const run = testRun({ options: { keys: 200, ...options } });
  const [role] = workload.roles(run, createRandom(1), wholeLoad);
  const before = role?.preload?.() ?? [];
  const state = new Map<string, Json>();
  for (const call of before) answer(state, call);
  const { actors } = loadOf(workload, run, { share });
  const calls: Call[] = [];
  for (let i = 0; i < count; i++) {
    const actor = actors[i % actors.length];
    const call = actor?.next();
    if (actor === undefined || call === undefined) throw new Error("no call");
    calls.push(call);
    actor.observe?.(call, answer(state, call));
  }
  return { before, calls };
}

function answer(state: Map<string, Json>, { f, key = "", value = null }: Call): Outcome {
  if (f === "read") return ok(state.get(key) ?? null);
  if (f === "list") return ok({});
  if (f === "cas") {
    const [from, to] = value as readonly [Json, Json];
    if (state.get(key) !== from) return mismatch;
    state.set(key, to);
    return ok(value);
  }
  if (f === "txn")
    for (const [name, number] of Object.entries(value as Record<string, Json>)) state.set(name, number);
  else state.set(key, value);
  return ok(value);
}

const shareOf = (calls: readonly Call[], f: string) =>
  calls.filter((call) => call.f === f).length / calls.length;
const written = (calls: readonly Call[]): Json[] =>
  calls.flatMap(({ f, value }) => {
    if (f === "write") return [value ?? null];
    if (f === "cas") return [(value as readonly Json[])[1] ?? null];
    return f === "txn" ? Object.values(value as Record<string, Json>) : [];
  });

describe.each(Object.entries(all))("the workload %s", (_, workload) => {
  it("asks the same for the same seed", () => {
    expect(play(workload, { count: 300 })).toEqual(play(workload, { count: 300 }));
  });

  it("writes no number twice: not before the load, not in another share", () => {
    const shares = [0, 1].map((index) => play(workload, { share: { index, of: 2, generation: 0 } }).calls);
    const { before } = play(workload, { count: 1 });
    const numbers = written([...before, ...shares.flat()]);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe("the mixes of YCSB", () => {
  it.each([
    ["a", { read: 0.5, write: 0.5 }],
    ["b", { read: 0.95, write: 0.05 }],
    ["c", { read: 1 }],
    ["d", { read: 0.95, write: 0.05 }],
    ["e", { list: 0.95, write: 0.05 }],
    // A read-modify-write is a read and a compare-and-set.
    ["f", { read: 2 / 3, cas: 1 / 3 }],
  ])("have their shares: %s", (letter, shares) => {
    const { calls } = play(mix(letter));
    for (const [f, share] of Object.entries(shares)) expect(shareOf(calls, f)).toBeCloseTo(share, 1);
    expect(
      Object.keys(shares)
        .map((f) => shareOf(calls, f))
        .reduce((a, b) => a + b),
    ).toBeCloseTo(1, 10);
  });

  it("read the newest records most in D, and insert each once", () => {
    const { before, calls } = play(mix("d"));
    const known = new Set(before.map(({ key }) => key));
    const inserted = calls.filter(({ f }) => f === "write").map(({ key }) => key);
    expect(inserted.some((key) => known.has(key))).toBe(false);
    expect(new Set(inserted).size).toBe(inserted.length);
    let newest = 0;
    let ahead = 0;
    let reads = 0;
    const place = new Map(before.map(({ key }, i) => [key, i]));
    for (const { f, key } of calls) {
      if (f === "write") place.set(key, place.size);
      if (f !== "read") continue;
      reads++;
      const age = place.size - 1 - (place.get(key) ?? Number.NaN);
      if (age === 0) newest++;
      if (age < 10) ahead++;
    }
    // 1 / zeta(200 to 400) = 0.16 of the ranks are 0, and half are below 10.
    expect(newest / reads).toBeGreaterThan(0.13);
    expect(newest / reads).toBeLessThan(0.2);
    expect(ahead / reads).toBeCloseTo(0.46, 1);
  });

  it("modify in F what they just read, and nothing else in between", () => {
    const { actors } = loadOf(mix("f"), testRun({ options: { keys: 20 } }));
    const [actor] = actors;
    let last: Call = { f: "" };
    let modified = 0;
    for (let i = 0; i < 500; i++) {
      const call = actor?.next() ?? { f: "" };
      if (call.f === "cas") {
        expect([last.f, last.key]).toEqual(["read", call.key]);
        expect((call.value as readonly Json[])[0]).toBe(i - 1);
        modified++;
      }
      actor?.observe?.(call, ok(i));
      last = call;
    }
    expect(modified).toBeGreaterThan(100);
  });

  it("ask for few records most of the time, unless the choice is uniform", () => {
    const hottest = (options: Record<string, number>) => {
      const counts = new Map<string, number>();
      for (const { key = "" } of play(mix("c"), { options }).calls)
        counts.set(key, (counts.get(key) ?? 0) + 1);
      return Math.max(...counts.values()) / 4000;
    };
    expect(hottest({})).toBeGreaterThan(0.03);
    expect(hottest({ skew: 0 })).toBeLessThan(0.015);
  });

  it("take the shares of `mixed` from its options", () => {
    const options = { "read-percent": 20, "insert-percent": 10, "scan-percent": 30, "modify-percent": 0 };
    const { calls } = play(mixed, { options });
    for (const [f, share] of Object.entries({ read: 0.2, list: 0.3, write: 0.5 }))
      expect(shareOf(calls, f)).toBeCloseTo(share, 1);
  });
});

describe("shares of `mixed` above 100%", () => {
  it("are refused with what they are, the defaults included", () => {
    expect(mixed.refusal?.({ "read-percent": 50, "insert-percent": 50 })).toBeUndefined();
    expect(mixed.refusal?.({ "insert-percent": 60 })).toBe(
      "read-percent=50, insert-percent=60, scan-percent=0, modify-percent=0 are 110%: expected at most 100%, of which updates have the rest",
    );
  });
});

describe("the other workloads on records", () => {
  it("compare with what was seen last, and read again what others changed", () => {
    const { calls } = play(cas, { options: { keys: 10 } });
    expect(shareOf(calls, "read")).toBeLessThan(0.01);
    const { actors } = loadOf(cas, testRun({ options: { keys: 1 } }));
    const [actor] = actors;
    const ask = (outcome: Outcome) => {
      const call = actor?.next() ?? { f: "" };
      actor?.observe?.(call, outcome);
      return call.f;
    };
    expect([ask(ok(1)), ask(mismatch), ask(ok(5)), ask(ok([5, 6])), ask(mismatch)]).toEqual([
      "read",
      "cas",
      "read",
      "cas",
      "cas",
    ]);
  });

  it("write different records of one group in a transaction", () => {
    const txns = play(txn, { options: { "txn-size": 4, keys: 25 } }).calls.filter(({ f }) => f === "txn");
    for (const { key = "", value } of txns) {
      const names = Object.keys(value as object);
      // The last group has five records.
      expect(names).toHaveLength(4);
      expect(names.every((name) => name.startsWith(key) && name.length === key.length + 1)).toBe(true);
    }
    expect(new Set(txns.map(({ key }) => key)).size).toBe(3);
  });

  it("write and read as often as the options say", () => {
    expect(shareOf(play(get, { options: { "write-percent": 20 } }).calls, "write")).toBeCloseTo(0.2, 1);
    expect(shareOf(play(get).calls, "read")).toBe(1);
    expect(shareOf(play(put).calls, "write")).toBe(1);
    expect(play(put).before).toEqual([]);
  });
});

describe("performing a call on records", () => {
  const asked: (readonly [string, ...unknown[]])[] = [];
  let held = "";
  const client = {
    kv: {
      read: async (...args: unknown[]) => {
        asked.push(["read", ...args]);
        return { value: held, revision: 7, modRevision: 6 };
      },
      write: async (key: string, value: string) => {
        asked.push(["write", key, value]);
        held = value;
        return 8;
      },
      cas: async (...args: unknown[]) => {
        asked.push(["cas", ...args]);
        return undefined;
      },
    },
    prefix: {
      list: async (prefix: string) => {
        asked.push(["list", prefix]);
        return new Map([["k00000000001-----", { value: held }]]);
      },
    },
    txn: {
      commit: async (changes: readonly unknown[]) => {
        asked.push(["txn", ...changes]);
        return 9;
      },
    },
    close: async () => {},
    abandon: () => {},
  };
  const at = { clock: new VirtualClock(), ask: { timeoutMs: 700 }, notice: () => {} };
  const options = { "value-size": 1024, "key-size": 200 };
  const perform = (call: Call) => loadOf(txn, testRun({ options })).actors[0]?.perform(client, call, at);
  const sizes = (call: readonly unknown[] | undefined) =>
    (call ?? []).flatMap((part) => (typeof part === "string" && part.length > 20 ? [part.length] : []));

  it("pads keys and values to their sizes, and records them in their short form", async () => {
    expect(await perform({ f: "write", key: "k000000000017", value: 41 })).toEqual({
      value: 41,
      revision: 8,
    });
    expect(sizes(asked.at(-1))).toEqual([200, 1024]);
    expect(await perform({ f: "read", key: "k000000000017" })).toEqual({
      value: 41,
      revision: 7,
      modRevision: 6,
    });
    expect(sizes(asked.at(-1))).toEqual([200]);
    expect(asked.at(-1)?.slice(2)).toEqual(["linearizable", at.ask]);
    expect(await perform({ f: "cas", key: "k000000000017", value: [41, 42] })).toEqual({ value: [41, 42] });
    expect(sizes(asked.at(-1))).toEqual([200, 1024, 1024]);
    expect(await perform({ f: "list", key: "k00000000001" })).toEqual({ value: { k00000000001: 41 } });
    expect(asked.at(-1)).toEqual(["list", "k00000000001"]);
    const value = { k000000000011: 5, k000000000012: 6 };
    expect(await perform({ f: "txn", key: "k00000000001", value })).toEqual({ value, revision: 9 });
    const changes = (asked.at(-1) ?? []).slice(1) as readonly { key: string; value: string }[];
    expect(changes.map((change) => [change.key.length, change.value.length])).toEqual([
      [200, 1024],
      [200, 1024],
    ]);
  });

  it("describes a value that was not written, for the checkers to refuse", async () => {
    await perform({ f: "write", key: "k000000000017", value: 41 });
    held = held.slice(0, -1);
    expect(await perform({ f: "read", key: "k000000000017" })).toMatchObject({
      value: "41 with wrong contents from byte 1024, 1023 bytes instead of 1024",
    });
  });
});
