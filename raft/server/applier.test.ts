import { beforeEach, describe, expect, it } from "vitest";
import { type Entry, logIndex, memberId, type Snapshot, term } from "../core/types.ts";
import { encodeCommand } from "../kv/command.ts";
import { Applier } from "./applier.ts";

const put = (sequence: number, value: string) =>
  encodeCommand({
    proposer: 1,
    incarnation: 1,
    sequence,
    settled: 0,
    request: {
      type: "put",
      key: Buffer.from("k"),
      value: Buffer.from(value),
      prevKv: false,
      ignoreValue: false,
    },
  });
const entry = (index: number, data: Uint8Array, type: Entry["type"] = "command"): Entry => ({
  index: logIndex(index),
  term: term(1),
  type,
  data,
});
const puts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, put(from + i, `v${from + i}`)));
const membership = { voters: [memberId(1)], learners: [] };

let log: string[];
let answered: number[];
let restored: number;
const create = (snapshot?: Snapshot) =>
  new Applier({
    snapshot,
    machine: {},
    onApplied: (applied) => answered.push(applied.sequence),
    onRestored: () => restored++,
    log: (line) => log.push(line),
  });
beforeEach(() => {
  log = [];
  answered = [];
  restored = 0;
});
const taken = (applier: Applier): Snapshot => {
  const parts = applier.snapshot(() => membership);
  for (;;) {
    const part = parts.next();
    if (part.done === true) return part.value;
  }
};
const runAll = (applier: Applier, durable: number) => {
  while (applier.run(logIndex(durable)));
};

describe("the applier", () => {
  it("applies in order, as far as the log is durable", () => {
    const applier = create();
    applier.add(undefined, puts(1, 3));
    runAll(applier, 2);
    expect([applier.index, answered]).toEqual([2, [1, 2]]);
    applier.add(undefined, puts(4, 4));
    runAll(applier, 4);
    expect([applier.index, answered]).toEqual([4, [1, 2, 3, 4]]);
  });

  it("lets others have their turn while it applies very many", () => {
    const applier = create();
    applier.add(undefined, puts(1, 1_200));
    expect(applier.run(logIndex(1_200))).toBe(true);
    expect(applier.index).toBeLessThan(1_200);
    runAll(applier, 1_200);
    expect(applier.index).toBe(1_200);
  });

  it("skips entries without a command, and says so where one should have been", () => {
    const applier = create();
    applier.add(undefined, [
      entry(1, new Uint8Array(), "empty"),
      entry(2, Buffer.from("rubbish")),
      ...puts(3, 3),
    ]);
    runAll(applier, 3);
    expect([applier.index, answered]).toEqual([3, [3]]);
    expect(log.join()).toContain("entry 2 is not a command");
  });

  it("begins from a snapshot, and takes another in the place of its state", () => {
    const first = create();
    first.add(undefined, puts(1, 5));
    runAll(first, 5);
    const snapshot = taken(first);
    expect(snapshot).toMatchObject({ index: 5, term: 1, membership });
    const begun = create(snapshot);
    expect([begun.index, begun.machine.store.revision]).toEqual([5, first.machine.store.revision]);
    const behind = create();
    const before = behind.machine.store;
    behind.add(undefined, puts(1, 1));
    behind.add(snapshot, puts(6, 6));
    runAll(behind, 1);
    expect(restored).toBe(0);
    runAll(behind, 6);
    expect(restored).toBe(1);
    expect(behind.index).toBe(6);
    expect(behind.machine.store).not.toBe(before);
    expect(behind.machine.result(1, 1, 4)).toBeDefined();
  });

  it("gives a snapshot of where it was when that began, though it goes on meanwhile", () => {
    const applier = create();
    applier.add(undefined, puts(1, 9));
    runAll(applier, 5);
    const expected = taken(applier);
    const parts = applier.snapshot(() => membership);
    runAll(applier, 9);
    expect(parts.next()).toEqual({ done: true, value: expected });
    expect(applier.isSnapshotDue(4)).toBe(true);
  });

  it("wants a snapshot after a number of entries, but rewrites a large state only when the log has grown too", () => {
    const applier = create();
    applier.add(undefined, puts(1, 20));
    runAll(applier, 9);
    expect(applier.isSnapshotDue(10)).toBe(false);
    runAll(applier, 10);
    expect(applier.isSnapshotDue(10)).toBe(true);
    taken(applier);
    expect(applier.isSnapshotDue(10)).toBe(false);
    runAll(applier, 11);
    // One entry is enough of entries, but it is less than half of what would be written for it.
    expect(applier.isSnapshotDue(1)).toBe(false);
    runAll(applier, 20);
    expect(applier.isSnapshotDue(1)).toBe(true);
  });
});
