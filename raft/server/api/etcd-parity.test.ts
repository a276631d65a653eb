import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireOrSkip } from "../../../core/testing/require-or-skip.ts";
import type { KeyRange, KvRequest, RangeRequest, WriteRequest } from "../../kv/request.ts";
import { rangeRequest, writeRequest } from "../../kv/testing/arbitraries.ts";
import { missingProgram } from "../testing/programs.ts";
import { type RealEtcd, startEtcd } from "../testing/real-etcd.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

describe.skipIf(requireOrSkip(missingProgram("etcd", "etcd-server")))("a real etcd", () => {
  let ours: TestApi;
  let etcd: RealEtcd;

  beforeAll(async () => {
    ours = await startTestApi();
    etcd = await startEtcd();
  });

  afterAll(async () => {
    await etcd.stop();
    await ours.close();
  });

  // PARITY_SEED=2, 3, … sends other requests.
  it("answers every request as this server does: status, body and error", async () => {
    const request = fc.oneof(writeRequest, writeRequest, rangeRequest);
    for (const each of fc.sample(request, { numRuns: 400, seed: Number(process.env["PARITY_SEED"] ?? 1) })) {
      const { path, body } = toJson(nearby(each, ours.replica.store.revision));
      const theirs = await fetch(etcd.url + path, { method: "POST", body: JSON.stringify(body) });
      const expected = { status: theirs.status, body: plain((await theirs.json()) as object) };
      const actual = await ours.post(path, body);
      expect(
        { status: actual.status, body: plain(actual.body as object) },
        JSON.stringify({ path, body }),
      ).toEqual(expected);
    }
  });
});

/**
 * Strips what differs between the two servers, and the headers inside a transaction: etcd reports there how far the
 * transaction had come, this server which revision it made.
 */
function plain({ header, ...body }: { header?: { revision?: string } }): unknown {
  const text = JSON.stringify(body, (name, value) => (name === "header" ? undefined : value));
  return { revision: header?.revision, ...JSON.parse(text) };
}

/** The arbitrary's revisions, which are small, moved to where the store is now. Negative ones mean different things. */
function nearby<T extends KvRequest | WriteRequest>(request: T, current: number): T {
  const names = new Set([
    "revision",
    "minModRevision",
    "maxModRevision",
    "minCreateRevision",
    "maxCreateRevision",
  ]);
  const move = (value: unknown, name = ""): unknown => {
    if (names.has(name)) return value === 0 ? 0 : Math.max(1, (value as number) + Math.max(0, current - 10));
    if (Array.isArray(value)) return value.map((each) => move(each));
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, move(each, name)]));
  };
  return move(request) as T;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const lastKey = Uint8Array.of(255, 255, 255);
const keys = ({ key, end }: KeyRange) => ({ key: base64(key), ...(end && { range_end: base64(end) }) });

/**
 * etcd 3.4 does not notice that a transaction puts a key in a range without an end that it deletes too, where this
 * server refuses it as it does for any other range: an end that no key reaches means the same and is noticed.
 */
const withEnd = (request: KvRequest): KvRequest =>
  request.type === "delete-range" && request.end?.length === 1 && request.end[0] === 0
    ? { ...request, end: lastKey }
    : request;

function toJson(request: KvRequest | WriteRequest): { path: string; body: object } {
  switch (request.type) {
    case "put": {
      const { key, value, prevKv: prev_kv, ignoreValue: ignore_value } = request;
      return { path: "/v3/kv/put", body: { key: base64(key), value: base64(value), prev_kv, ignore_value } };
    }
    case "delete-range":
      return { path: "/v3/kv/deleterange", body: { ...keys(request), prev_kv: request.prevKv } };
    case "compact":
      // etcd lets revision 0 be compacted, once: nothing can be read before or after.
      return { path: "/v3/kv/compaction", body: { revision: Math.max(1, request.revision) } };
    case "range":
      return { path: "/v3/kv/range", body: rangeToJson(request) };
    case "txn": {
      const branch = (requests: readonly KvRequest[]) =>
        requests.map((each) => ({ [`request_${each.type.replace("-", "_")}`]: toJson(withEnd(each)).body }));
      const compare = request.compare.map(({ target, result, number, value, ...range }) => ({
        ...keys(range),
        target: target.toUpperCase(),
        result: result.toUpperCase().replace("-", "_"),
        ...(target === "value" && { value: base64(value ?? new Uint8Array(0)) }),
        ...(target === "version" && { version: number }),
        ...(target === "create" && { create_revision: number }),
        ...(target === "mod" && { mod_revision: number }),
      }));
      const { success, failure } = request;
      return { path: "/v3/kv/txn", body: { compare, success: branch(success), failure: branch(failure) } };
    }
  }
}

const rangeToJson = (request: RangeRequest): object => ({
  ...keys(request),
  limit: request.limit,
  revision: request.revision,
  sort_order: request.sortOrder.toUpperCase(),
  sort_target: request.sortTarget.toUpperCase(),
  keys_only: request.keysOnly,
  count_only: request.countOnly,
  min_mod_revision: request.minModRevision,
  max_mod_revision: request.maxModRevision,
  min_create_revision: request.minCreateRevision,
  max_create_revision: request.maxCreateRevision,
});
