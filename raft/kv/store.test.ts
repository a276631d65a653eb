import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "./bytes.ts";
import type { Change } from "./history.ts";
import type { KvResult, PutRequest, RangeRequest, WriteRequest } from "./request.ts";
import { isReadOnly, Store } from "./store.ts";
import { rangeRequest, writeRequest } from "./testing/arbitraries.ts";
import { encoded, reencoded } from "./testing/encoded.ts";
import { Model } from "./testing/model.ts";
import { validate } from "./validate.ts";

const text = new TextEncoder();
const put = (key: string, value = "v", options: Partial<PutRequest> = {}): PutRequest => ({
  type: "put",
  key: text.encode(key),
  value: text.encode(value),
  prevKv: false,
  ignoreValue: false,
  ...options,
});
const remove = (key: string, end?: string): WriteRequest => ({
  type: "delete-range",
  key: text.encode(key),
  ...(end !== undefined && { end: text.encode(end) }),
  prevKv: false,
});
const get = (key: string, options: Partial<RangeRequest> = {}): RangeRequest => ({
  type: "range",
  key: text.encode(key),
  limit: 0,
  revision: 0,
  sortOrder: "none",
  sortTarget: "key",
  keysOnly: false,
  countOnly: false,
  minModRevision: 0,
  maxModRevision: 0,
  minCreateRevision: 0,
  maxCreateRevision: 0,
  ...options,
});

/** Strips what the store keeps in addition to the key-value itself. */
const plain = (result: KvResult): unknown =>
  JSON.parse(
    JSON.stringify(result, (name, value) =>
      name === "sub" ? undefined : value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
    ),
  );

const changesSince = (store: Store, revision: number): readonly Change[] => {
  const changes: Change[] = [];
  store.visitSince(revision, (change) => changes.push(change) > 0);
  return changes;
};

const filled = (...requests: WriteRequest[]): Store => {
  const store = new Store();
  for (const request of requests) expect(store.execute(request)).toMatchObject({ ok: true });
  return store;
};

describe("the store", () => {
  it("agrees with a naive model on every request, at every revision", () => {
    fc.assert(
      fc.property(fc.array(writeRequest, { maxLength: 25 }), fc.array(rangeRequest), (writes, reads) => {
        const store = new Store();
        const model = new Model();
        for (const request of writes) {
          if (validate(request) !== undefined) continue;
          expect(plain(store.execute(request))).toEqual(plain(model.execute(request)));
          expect(store.revision).toBe(model.revision);
        }
        for (const read of reads) expect(plain(store.range(read))).toEqual(plain(model.range(read)));
      }),
      { numRuns: 700 },
    );
  });

  it("is the same after it was written to a snapshot and read back", () => {
    fc.assert(
      fc.property(
        fc.array(writeRequest, { maxLength: 25 }),
        fc.array(writeRequest, { maxLength: 5 }),
        fc.array(rangeRequest, { maxLength: 5 }),
        (before, after, reads) => {
          const store = new Store();
          for (const request of before) store.execute(request);
          const copy = reencoded(store);
          expect(copy.hash(0)).toEqual(store.hash(0));
          expect(changesSince(copy, copy.compactRevision)).toEqual(
            changesSince(store, store.compactRevision),
          );
          for (const request of after) {
            expect(plain(copy.execute(request))).toEqual(plain(store.execute(request)));
          }
          for (const read of reads) expect(plain(copy.range(read))).toEqual(plain(store.range(read)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("changes nothing when it refuses a request", () => {
    fc.assert(
      fc.property(fc.array(writeRequest, { maxLength: 25 }), (requests) => {
        const store = new Store();
        for (const request of requests) {
          const before = { revision: store.revision, hash: store.hash(0) };
          const result = store.execute(request);
          if (!result.ok) expect({ revision: store.revision, hash: store.hash(0) }).toEqual(before);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("refuses any bytes that are not a snapshot with a CodecError", () => {
    const good = encoded(filled(put("a"), put("b"), remove("a"), put("a")));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const broken = good.slice();
        broken[at] = byte;
        for (const bytes of [broken, good.subarray(0, at)]) {
          try {
            Store.decode(new ByteReader(bytes));
          } catch (reason) {
            expect(reason).toHaveProperty("name", "CodecError");
          }
        }
      }),
    );
    expect(() => Store.decode(new ByteReader(good.subarray(0, 9)))).toThrow(/expected .* at byte/);
  });
});

describe("a revision", () => {
  it("rises once for a transaction, whose changes count `sub` up", () => {
    const store = filled(put("a"));
    store.execute({ type: "txn", compare: [], success: [put("b"), put("c")], failure: [] });
    expect(store.revision).toBe(3);
    const changes = changesSince(store, 3);
    expect(changes).toMatchObject([
      { key: text.encode("b"), modRevision: 3, sub: 0 },
      { key: text.encode("c"), modRevision: 3, sub: 1 },
    ]);
  });

  it("does not rise for a request that changes nothing", () => {
    const store = filled(put("a"), remove("nobody"), { type: "compact", revision: 2 });
    expect(store.revision).toBe(2);
  });

  it("starts a key's version again after it was deleted", () => {
    const store = filled(put("a"), put("a"), remove("a"), put("a"));
    expect(store.range(get("a"))).toMatchObject({
      response: { kvs: [{ createRevision: 5, modRevision: 5, version: 1 }] },
    });
    expect(store.range(get("a", { revision: 3 }))).toMatchObject({
      response: { kvs: [{ createRevision: 2, modRevision: 3, version: 2 }] },
    });
    expect(store.range(get("a", { revision: 4 }))).toMatchObject({ response: { kvs: [], count: 0 } });
  });

  it("beyond the current one is refused", () => {
    expect(filled(put("a")).range(get("a", { revision: 3 }))).toMatchObject({ error: "future-revision" });
  });
});

describe("a compaction", () => {
  const compacted = () =>
    filled(put("a", "1"), put("a", "2"), put("b"), remove("b"), put("a", "3"), {
      type: "compact",
      revision: 5,
    });

  it("makes reads before it fail and leaves those at it and after", () => {
    const store = compacted();
    expect(store.range(get("a", { revision: 4 }))).toMatchObject({ error: "compacted" });
    expect(store.range(get("a", { revision: 5 }))).toMatchObject({
      response: { kvs: [{ value: text.encode("2"), version: 2 }] },
    });
    expect(store.range(get("a"))).toMatchObject({ response: { kvs: [{ value: text.encode("3") }] } });
  });

  it("forgets what only earlier reads need", () => {
    const store = filled(...Array.from({ length: 1000 }, () => put("a")), put("b"), remove("b"), {
      type: "compact",
      revision: 1003,
    });
    store.execute(put("c"));
    store.execute({ type: "compact", revision: 1004 });
    expect(encoded(store).length).toBeLessThan(40);
    expect(() => changesSince(store, 1003)).toThrow("compacted");
    expect(changesSince(store, 1004)).toMatchObject([{ key: text.encode("c") }]);
  });

  it("keeps the deletions at its own revision, from which a watch may start", () => {
    expect(changesSince(compacted(), 5)).toMatchObject([
      { key: text.encode("b"), modRevision: 5, version: 0 },
      { key: text.encode("a"), modRevision: 6 },
    ]);
  });

  it("loses them with the planted bug, and no state", () => {
    const store = filled(put("a"), put("b"), remove("b"));
    store.execute({ type: "compact", revision: 4 }, "loses-deletions");
    expect(changesSince(store, 4)).toEqual([]);
    for (const each of [store, reencoded(store)]) {
      expect(each.range(get("b"))).toMatchObject({ response: { kvs: [] } });
      expect(each.range(get("a"))).toMatchObject({ response: { count: 1 } });
    }
  });

  it("is refused at or before the last one, and beyond the current revision", () => {
    const store = compacted();
    expect(store.execute({ type: "compact", revision: 5 })).toMatchObject({ error: "compacted" });
    expect(store.execute({ type: "compact", revision: 7 })).toMatchObject({ error: "future-revision" });
    expect(store.compactRevision).toBe(5);
  });
});

describe("the hash", () => {
  it("differs for stores that differ in one value, and in history alone", () => {
    const hashes = [
      filled(put("a", "1"), put("a", "2")),
      filled(put("a", "1"), put("a", "3")),
      filled(put("a", "0"), put("a", "2")),
    ].map((store) => store.hash(0));
    expect(new Set(hashes.map((hash) => JSON.stringify(hash))).size).toBe(3);
  });

  it("of a revision is not changed by what comes after", () => {
    const store = filled(put("a"), put("b"));
    const before = store.hash(3);
    store.execute(put("a", "later"));
    expect(store.hash(3)).toEqual(before);
    expect(store.hash(4)).not.toEqual(before);
  });

  it("of a compacted or a future revision is refused", () => {
    const store = filled(put("a"), put("b"), { type: "compact", revision: 3 });
    expect(store.hash(2)).toEqual({ ok: false, error: "compacted" });
    expect(store.hash(4)).toEqual({ ok: false, error: "future-revision" });
  });
});

describe("a transaction", () => {
  it("is only read where no branch may write, however deep", () => {
    const txn = (...success: WriteRequest[]) =>
      ({ type: "txn", compare: [], success, failure: [] }) as Extract<WriteRequest, { type: "txn" }>;
    expect(isReadOnly({ ...txn(), failure: [get("a"), { ...txn(), success: [get("b")] }] })).toBe(true);
    expect(isReadOnly({ ...txn(), failure: [get("a"), txn(put("b"))] })).toBe(false);
    expect(() => new Store().read(txn(put("a")))).toThrow(/must go through the log/);
  });

  it("decides the comparisons of nested transactions before the first write", () => {
    const store = filled(put("a"));
    const nested = (key: string): WriteRequest => ({
      type: "txn",
      compare: [{ key: text.encode(key), target: "version", result: "equal", number: 0 }],
      success: [],
      failure: [],
    });
    const result = store.execute({
      type: "txn",
      compare: [],
      success: [put("b"), nested("b") as PutRequest, nested("a") as PutRequest],
      failure: [],
    });
    expect(result).toMatchObject({
      response: { responses: [{ type: "put" }, { succeeded: true }, { succeeded: false }] },
    });
  });
});
