import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Entry, type HardState, logIndex, memberId, term } from "../../core/types.ts";
import { CorruptionError } from "../corruption.ts";
import type { LogBase, WalRecord } from "./record.ts";
import { type Recovered, Wal, type WalOptions } from "./wal.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-wal-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const directory = () => mkdtemp(join(root, "log-"));
const identity = { clusterId: 7, memberId: 1 };
const lines: string[] = [];
const open = (path: string, options: Partial<WalOptions> = {}) =>
  Wal.open({ directory: path, identity, snapshot: undefined, log: (line) => lines.push(line), ...options });

/** What a member would find now. */
const recover = async (path: string, options: Partial<WalOptions> = {}) => {
  const { wal, recovered } = await open(path, options);
  await wal.close();
  return recovered;
};

const entry = (index: number, entryTerm: number, text: string): Entry => ({
  index: logIndex(index),
  term: term(entryTerm),
  type: "command",
  data: Buffer.from(text),
});
const entries = (...list: Entry[]): WalRecord => ({ type: "entries", entries: list });
const at = (index: number, baseTerm: number): LogBase => ({ index: logIndex(index), term: term(baseTerm) });
const hardState = (stateTerm: number, vote: number | undefined): HardState => ({
  term: term(stateTerm),
  vote: vote === undefined ? undefined : memberId(vote),
  commit: logIndex(0),
});
const contents = (recovered: Recovered) => ({
  hardState: recovered.hardState,
  entries: recovered.entries.map((e) => [e.index, e.term, Buffer.from(e.data).toString()]),
});

/** A batch of records as a driver writes them: an append, perhaps over a suffix that conflicts, and a hard state. */
interface Batch {
  readonly count: number;
  readonly back: number;
  readonly bytes: number;
  readonly vote: number | undefined;
}
const batchOf = fc.record({
  count: fc.integer({ min: 0, max: 4 }),
  back: fc.integer({ min: 0, max: 3 }),
  bytes: fc.integer({ min: 0, max: 60 }),
  vote: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
});

/** The batches as records, and the model of the log after each. */
function script(batches: readonly Batch[]) {
  const model: Entry[] = [];
  let state: HardState | undefined;
  return batches.map((batch, i) => {
    const first = Math.max(1, model.length + 1 - batch.back);
    const list = Array.from({ length: batch.count }, (_, k) =>
      entry(first + k, i + 1, "x".repeat(batch.bytes)),
    );
    const records: WalRecord[] = [];
    if (list.length > 0) {
      model.splice(first - 1, Number.POSITIVE_INFINITY, ...list);
      records.push(entries(...list));
    }
    if (batch.vote !== undefined) {
      state = hardState(i + 1, batch.vote);
      records.push({ type: "hard-state", hardState: state });
    }
    const after = { hardState: state, entries: [...model], incarnation: 0 };
    return { records, after: contents(after) };
  });
}

const segmentFiles = async (path: string) => (await readdir(path)).filter((n) => n.endsWith(".wal")).sort();

describe("the write-ahead log", () => {
  it("gives back what was appended, over segments, truncations and openings", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(batchOf, { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        async (batches, every) => {
          const path = await directory();
          let { wal, recovered } = await open(path, { segmentBytesMax: 300 });
          let incarnation = recovered.incarnation;
          for (const [i, step] of script(batches).entries()) {
            await wal.append(step.records);
            if (i % every !== 0) continue;
            await wal.close();
            ({ wal, recovered } = await open(path, { segmentBytesMax: 300 }));
            expect(contents(recovered)).toEqual(step.after);
            expect(recovered.incarnation).toBeGreaterThan(incarnation);
            incarnation = recovered.incarnation;
          }
          await wal.close();
        },
      ),
      { numRuns: 30 },
    );
  });

  it("recovers exactly the durable prefix from a crash at every byte of the tail", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batchOf, { minLength: 3, maxLength: 6 }), async (batches) => {
        const path = await directory();
        const { wal } = await open(path);
        const steps = script(batches);
        const ends = [wal.bytes];
        for (const step of steps) {
          await wal.append(step.records);
          ends.push(wal.bytes);
        }
        await wal.close();
        const [name] = await segmentFiles(path);
        const whole = await readFile(join(path, String(name)));
        // The last two batches: everything from where one of them may have been torn.
        for (let cut = Number(ends.at(-3)); cut <= whole.length; cut++) {
          const crashed = await directory();
          await writeFile(join(crashed, String(name)), whole.subarray(0, cut));
          const recovered = await recover(crashed);
          const durable = ends.filter((end) => end <= cut).length - 1;
          const expected = steps[durable - 1]?.after ?? { hardState: undefined, entries: [] };
          expect(contents(recovered), `cut at ${cut}`).toEqual(expected);
        }
      }),
      { numRuns: 4 },
    );
  });

  it("goes on after a repaired tail, and says that it repaired", async () => {
    const path = await directory();
    const { wal } = await open(path);
    await wal.append([entries(entry(1, 1, "kept"))]);
    await wal.append([entries(entry(2, 1, "torn"))]);
    await wal.close();
    const [name] = await segmentFiles(path);
    const file = join(path, String(name));
    await writeFile(file, (await readFile(file)).subarray(0, -3));
    lines.length = 0;
    const second = await open(path);
    expect(lines.join()).toContain(`${file}: torn at offset`);
    await second.wal.append([entries(entry(2, 2, "new"))]);
    await second.wal.close();
    expect(contents(await recover(path)).entries).toEqual([
      [1, 1, "kept"],
      [2, 2, "new"],
    ]);
  });

  it("refuses a flipped bit anywhere in what was written, and names file and offset", async () => {
    const path = await directory();
    const { wal } = await open(path);
    const starts = [0, wal.bytes];
    for (let i = 1; i <= 4; i++) {
      await wal.append([entries(entry(i, 1, `value ${i}`))]);
      starts.push(wal.bytes);
    }
    await wal.close();
    const [name] = await segmentFiles(path);
    const whole = await readFile(join(path, String(name)));
    for (let i = 0; i < whole.length; i++) {
      const damaged = await directory();
      const copy = Buffer.from(whole);
      copy[i] = Number(copy[i]) ^ (1 << (i % 8));
      await writeFile(join(damaged, String(name)), copy);
      const error = await open(damaged).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error, `flipped at ${i}`).toBeInstanceOf(CorruptionError);
      if (!(error instanceof CorruptionError)) continue;
      expect(error.file).toBe(join(damaged, String(name)));
      // The frames that `open` writes are not in `starts`: the damage is at most one frame before.
      expect(error.offset).toBeLessThanOrEqual(i);
      expect(error.offset).toBeGreaterThanOrEqual(Math.max(...starts.filter((start) => start <= i)));
    }
  });

  it("takes sectors that were never written for a torn tail, unless a whole frame follows them", async () => {
    const path = await directory();
    const { wal } = await open(path);
    await wal.append([entries(entry(1, 1, "kept"))]);
    const durable = wal.bytes;
    await wal.append([entries(entry(2, 1, "y".repeat(2000)))]);
    const torn = wal.bytes;
    await wal.append([entries(entry(3, 1, "later"))]);
    await wal.close();
    const [name] = await segmentFiles(path);
    const whole = await readFile(join(path, String(name)));
    const sector = Math.ceil((durable + 100) / 512) * 512;
    whole.fill(0, sector, sector + 512);
    const powerless = await directory();
    await writeFile(join(powerless, String(name)), whole.subarray(0, torn));
    expect(contents(await recover(powerless)).entries).toEqual([[1, 1, "kept"]]);
    const damaged = await directory();
    await writeFile(join(damaged, String(name)), whole);
    await expect(open(damaged)).rejects.toThrow(
      /offset \d+: bad checksum of frame \d+, and a whole frame follows/,
    );
  });

  it("refuses a log with a missing or shortened segment in the middle", async () => {
    const path = await directory();
    const { wal } = await open(path, { segmentBytesMax: 100 });
    for (let i = 1; i <= 9; i++) await wal.append([entries(entry(i, 1, "z".repeat(40)))]);
    await wal.close();
    const files = await segmentFiles(path);
    expect(files.length).toBeGreaterThan(3);
    const file = join(path, String(files[1]));
    const content = await readFile(file);
    await writeFile(file, content.subarray(0, -1));
    await expect(open(path)).rejects.toThrow("another segment follows");
    await rm(file);
    await expect(open(path)).rejects.toThrow("no segment between");
  });

  it("recovers from a crash while a segment was being made", async () => {
    const path = await directory();
    const { wal } = await open(path, { segmentBytesMax: 100 });
    for (let i = 1; i <= 4; i++) await wal.append([entries(entry(i, 1, "z".repeat(40)))]);
    await wal.close();
    const last = join(path, String((await segmentFiles(path)).at(-1)));
    const content = await readFile(last);
    // What the last segment held besides its header is lost with it: only the header may have been torn.
    const kept = (await recover(path)).entries.length;
    await writeFile(last, content.subarray(0, 5));
    const { wal: again, recovered } = await open(path);
    expect(recovered.entries.length).toBeLessThan(kept);
    await again.append([entries(entry(recovered.entries.length + 1, 2, "next"))]);
    await again.close();
    expect((await recover(path)).entries.at(-1)?.term).toBe(2);
  });

  it("removes the segments that a snapshot covers, and starts from what is left", async () => {
    const path = await directory();
    const { wal } = await open(path, { segmentBytesMax: 120 });
    await wal.append([{ type: "hard-state", hardState: hardState(3, 2) }]);
    for (let i = 1; i <= 20; i++) await wal.append([entries(entry(i, 3, `value ${i}`))]);
    const before = (await segmentFiles(path)).length;
    await wal.release(12);
    expect((await segmentFiles(path)).length).toBeLessThan(before);
    await wal.close();
    const recovered = await recover(path, { snapshot: at(12, 3) });
    expect(recovered.hardState).toEqual(hardState(3, 2));
    expect(recovered.entries.map((e) => e.index)).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
    await expect(open(path)).rejects.toThrow("the newest good snapshot ends at 0");
  });

  it("begins after a snapshot of the leader that replaced the log, also where the crash came before its record", async () => {
    const path = await directory();
    const { wal } = await open(path);
    await wal.append([entries(entry(1, 1, "a"), entry(2, 1, "b"))]);
    await wal.close();
    const first = await open(path, { snapshot: at(10, 4) });
    expect(first.recovered.entries).toEqual([]);
    await first.wal.append([entries(entry(11, 4, "k"))]);
    await first.wal.append([{ type: "installed", base: at(30, 5) }, entries(entry(31, 5, "l"))]);
    await first.wal.close();
    expect((await recover(path, { snapshot: at(30, 5) })).entries.map((e) => e.index)).toEqual([31]);
  });

  it("drops entries that contradict the snapshot", async () => {
    const path = await directory();
    const { wal } = await open(path);
    await wal.append([entries(entry(1, 1, "a"), entry(2, 1, "b"), entry(3, 1, "c"))]);
    await wal.close();
    const { wal: again, recovered } = await open(path, { snapshot: at(2, 2) });
    expect(recovered.entries).toEqual([]);
    await again.append([entries(entry(3, 2, "other"))]);
    await again.close();
    expect((await recover(path, { snapshot: at(2, 2) })).entries.length).toBe(1);
  });

  it("refuses the log of another member", async () => {
    const path = await directory();
    await (await open(path)).wal.close();
    await expect(open(path, { identity: { clusterId: 7, memberId: 2 } })).rejects.toThrow(
      "the log of member 1 of cluster 7, not of member 2 of cluster 7",
    );
  });

  it("takes one append at a time", async () => {
    const { wal } = await open(await directory());
    const first = wal.append([entries(entry(1, 1, "a"))]);
    await expect(wal.append([entries(entry(2, 1, "b"))])).rejects.toThrow("one append");
    await first;
    await wal.close();
  });
});
