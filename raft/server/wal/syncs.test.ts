import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { logIndex, term } from "../../core/types.ts";
import type { WalRecord } from "./record.ts";
import { Wal } from "./wal.ts";

const record = (index: number): WalRecord => ({
  type: "entries",
  entries: [{ index: logIndex(index), term: term(1), type: "command", data: Buffer.alloc(20) }],
});

it("counts one fdatasync for each append, and two calls more for a new segment and its name", async () => {
  const directory = await mkdtemp(join(tmpdir(), "assay-wal-"));
  const identity = { clusterId: 7, memberId: 1 };
  const open = (segmentBytesMax: number) =>
    Wal.open({ directory, identity, snapshot: undefined, segmentBytesMax, log: () => {} });
  try {
    const { wal } = await open(100);
    // The first segment, and the frame that says that the log was opened.
    expect(wal.syncs).toBe(3);
    for (let i = 1; i <= 9; i++) await wal.append([record(i)]);
    const segments = (await readdir(directory)).filter((name) => name.endsWith(".wal")).length;
    expect(segments).toBeGreaterThan(1);
    expect(wal.syncs).toBe(3 + 9 + 2 * (segments - 1));
    await wal.close();
    const again = await open(10_000);
    expect(again.wal.syncs).toBe(1);
    await again.wal.close();
  } finally {
    await rm(directory, { recursive: true });
  }
});
