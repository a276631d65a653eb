import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { logIndex, memberId, type Snapshot, term } from "../../core/types.ts";
import { SnapshotStore } from "./snapshot-store.ts";

let directory: string;
let lines: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-snapshot-"));
  lines = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const identity = { clusterId: 7, memberId: 1 };
const open = (as = identity) =>
  SnapshotStore.open({ directory, identity: as, log: (line) => lines.push(line) });
const snapshot = (index: number, text = `state at ${index}`): Snapshot => ({
  index: logIndex(index),
  term: term(3),
  membership: { voters: [memberId(1), memberId(2)], learners: [memberId(9)] },
  data: Buffer.from(text),
});
const plain = (value: Snapshot | undefined) =>
  value && { ...value, data: Buffer.from(value.data).toString() };
const files = async () => (await readdir(directory)).sort();

describe("the snapshot store", () => {
  it("gives back the newest snapshot whole", async () => {
    const { store, snapshot: none } = await open();
    expect(none).toBeUndefined();
    await store.save(snapshot(10));
    await store.save(snapshot(25));
    expect(plain((await open()).snapshot)).toEqual(plain(snapshot(25)));
  });

  it("keeps two, and counts what they hold on disk", async () => {
    const { store } = await open();
    await store.save(snapshot(10));
    expect(store.oldestIndex).toBe(0);
    for (const index of [20, 30]) await store.save(snapshot(index));
    expect(await files()).toHaveLength(2);
    expect(store.oldestIndex).toBe(20);
    const sizes = await Promise.all(
      (await files()).map(async (n) => (await readFile(join(directory, n))).length),
    );
    expect(store.bytes).toBe(sizes.reduce((a, b) => a + b));
    expect((await open()).store.bytes).toBe(store.bytes);
  });

  it("uses the one before where any bit of the newest was flipped, and says so", async () => {
    const { store } = await open();
    await store.save(snapshot(10));
    await store.save(snapshot(20));
    const newest = join(directory, String((await files()).at(-1)));
    const whole = await readFile(newest);
    for (let i = 0; i < whole.length; i++) {
      const copy = Buffer.from(whole);
      copy[i] = Number(copy[i]) ^ (1 << (i % 8));
      await writeFile(newest, copy);
      lines = [];
      expect((await open()).snapshot?.index, `flipped at ${i}`).toBe(10);
      expect(lines.join()).toContain(`${newest}: not used`);
    }
    await writeFile(newest, whole.subarray(0, 3));
    expect((await open()).snapshot?.index).toBe(10);
  });

  it("ignores and removes what a crash before the rename left", async () => {
    const { store } = await open();
    await store.save(snapshot(10));
    const [name] = await files();
    await writeFile(join(directory, `${String(name).replace("a-", "b-")}.tmp`), "half");
    expect((await open()).snapshot?.index).toBe(10);
    expect(await files()).toEqual([name]);
  });

  it("does not use the snapshot of another member", async () => {
    const { store } = await open();
    await store.save(snapshot(10));
    expect((await open({ clusterId: 7, memberId: 2 })).snapshot).toBeUndefined();
    expect(lines.join()).toContain("it belongs to member 1 of cluster 7");
  });
});
