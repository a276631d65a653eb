import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Entry, type HardState, logIndex, memberId, type Snapshot, term } from "../core/types.ts";
import { Disk } from "./disk.ts";
import { readSegment } from "./wal/segment.ts";

let directory: string;
let errors: unknown[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-disk-"));
  errors = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = () =>
  Disk.open({
    directory,
    identity: { clusterId: 7, memberId: 1 },
    log: () => {},
    onError: (error) => errors.push(error),
  });
const entry = (index: number, inTerm = 1): Entry => ({
  index: logIndex(index),
  term: term(inTerm),
  type: "command",
  data: Buffer.from(`entry ${index}`),
});
const hardState = (inTerm: number): HardState => ({
  term: term(inTerm),
  vote: memberId(2),
  commit: logIndex(0),
});
const snapshot = (index: number, inTerm: number): Snapshot => ({
  index: logIndex(index),
  term: term(inTerm),
  membership: { voters: [memberId(1)], learners: [] },
  data: Buffer.from("state"),
});
const write = (disk: Disk, writes: Parameters<Disk["write"]>[0]) =>
  new Promise<void>((resolve) => disk.write(writes, resolve));

async function frames(): Promise<number> {
  const [name] = await readdir(join(directory, "wal"));
  const path = join(directory, "wal", String(name));
  const { lastNumber } = await readSegment({ sequence: 1, path, bytes: 0, indexMax: 0 }, undefined, () => {});
  return lastNumber ?? 0;
}

describe("the disk", () => {
  it("gathers what comes while a write is under way into the next one, and keeps the order", async () => {
    const { disk } = await open();
    const before = await frames();
    const durable: number[] = [];
    for (let i = 1; i <= 100; i++) disk.write({ entries: [entry(i)] }, () => durable.push(i));
    await write(disk, { entries: [entry(101)] });
    expect(durable).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect((await frames()) - before).toBeLessThanOrEqual(2);
    await disk.close();
    const { disk: again, recovered } = await open();
    expect(recovered.entries).toHaveLength(101);
    await again.close();
  });

  it("replaces the log by a snapshot of the leader", async () => {
    const { disk } = await open();
    await write(disk, { entries: [entry(1), entry(2)], hardState: hardState(1) });
    disk.write({ entries: [], snapshot: snapshot(50, 3), hardState: hardState(3) }, () => {});
    await write(disk, { entries: [entry(51, 3)] });
    await disk.close();
    const { disk: again, snapshot: found, recovered } = await open();
    expect([found?.index, recovered.hardState, recovered.entries.map((e) => e.index)]).toEqual([
      50,
      hardState(3),
      [51],
    ]);
    await again.close();
  });

  it("knows the term of a snapshot before it has the snapshot", async () => {
    const { disk } = await open();
    await write(disk, { entries: [entry(1)], hardState: hardState(1) });
    // The snapshot cannot be written: as if the crash came just before it was.
    await rm(join(directory, "snap"), { recursive: true });
    disk.write({ entries: [], snapshot: snapshot(50, 3), hardState: hardState(3) }, () => {});
    await disk.close();
    expect(errors).toHaveLength(1);
    const { disk: again, snapshot: found, recovered } = await open();
    expect([found, recovered.hardState?.term, recovered.entries.length]).toEqual([undefined, 3, 1]);
    await again.close();
  });

  it("acknowledges nothing after a write that failed", async () => {
    const { disk } = await open();
    await rm(join(directory, "snap"), { recursive: true });
    let acknowledged = 0;
    disk.write({ entries: [], snapshot: snapshot(50, 3) }, () => acknowledged++);
    disk.write({ entries: [entry(51, 3)] }, () => acknowledged++);
    await disk.close();
    expect([acknowledged, errors.length]).toEqual([0, 1]);
  });

  it("drops the log before the older of the snapshots that it keeps", async () => {
    const { disk } = await open();
    for (let i = 1; i <= 30; i++) await write(disk, { entries: [entry(i)] });
    await disk.saveSnapshot(snapshot(10, 1));
    const full = disk.bytes;
    await disk.saveSnapshot(snapshot(20, 1));
    expect(disk.bytes).toBeGreaterThan(full);
    await disk.close();
    // Damaged, the newest is not used: the one before it and the log give the same.
    await rm(join(directory, "snap", "0000000000000014-0000000000000001.snap"));
    const { disk: again, snapshot: found, recovered } = await open();
    expect([found?.index, recovered.entries.length]).toEqual([10, 20]);
    await again.close();
  });
});
