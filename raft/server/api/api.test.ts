import { status } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toSeconds } from "../../../core/time.ts";
import { VirtualClock } from "../../../core/virtual-clock.ts";
import { ReplicaError } from "../replica.ts";
import { startApi } from "./api.ts";
import { apiErrors } from "./errors.ts";
import { Service } from "./service.ts";
import { MemoryReplica } from "./testing/memory-replica.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const key = Buffer.from("k");
const value = Buffer.from("v");
const put = (name: string, bytes = value) => ({ request_put: { key: Buffer.from(name), value: bytes } });

describe("the gRPC API", () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi();
  });
  afterEach(() => api.close());
  const kv = (method: string, request: object) => api.call("KV", method, request);

  it("answers with the cluster's id, the member's, the revision and the term", async () => {
    const header = { cluster_id: 0x5eed, member_id: 1, revision: 2, raft_term: 2 };
    expect(await kv("Put", { key, value })).toMatchObject({ header });
    expect(await kv("Range", { key })).toMatchObject({
      header,
      count: 1,
      kvs: [{ key, value, mod_revision: 2 }],
    });
  });

  it("runs nested transactions, and gives their operations the revision", async () => {
    const nested = { request_txn: { success: [put("b")] } };
    const range = { request_range: { key: Buffer.from("a"), range_end: Buffer.from("z") } };
    expect(await kv("Txn", { success: [put("a"), nested, range] })).toMatchObject({
      succeeded: true,
      responses: [
        { response_put: { header: { revision: 2, cluster_id: 0 } } },
        { response_txn: { succeeded: true, responses: [{ response_put: {} }] } },
        { response_range: { count: 2 } },
      ],
    });
  });

  it.each([
    ["a version", { target: "VERSION", version: 1 }, true],
    ["a creation", { target: "CREATE", create_revision: 2, result: "NOT_EQUAL" }, false],
    ["a change", { target: "MOD", mod_revision: 1, result: "GREATER" }, true],
    ["a value", { target: "VALUE", value: Buffer.from("w"), result: "LESS" }, true],
    ["no literal, which is 0", { target: "MOD", result: "EQUAL" }, false],
    ["the literal of another target, which is none", { target: "VERSION", mod_revision: 1 }, false],
    ["all keys of a range", { target: "VERSION", version: 1, range_end: Buffer.from([0]) }, true],
  ])("compares %s", async (_name, compare, succeeded) => {
    await kv("Put", { key, value });
    expect(await kv("Txn", { compare: [{ key, ...compare }] })).toMatchObject({ succeeded });
  });

  it("lets a transaction that only reads go through the log no more than a read does", async () => {
    const range = (serializable: boolean) => ({ request_range: { key, serializable } });
    await kv("Txn", { success: [range(true)], failure: [{ request_txn: { success: [range(true)] } }] });
    expect(api.replica.reads).toBe(0);
    await kv("Txn", { success: [range(true), range(false)] });
    await kv("Txn", { compare: [{ key, target: "VERSION" }] });
    expect(api.replica.reads).toBe(2);
    expect(api.replica.applied()).toBe(0);
  });

  it.each<[string, string, object, keyof typeof apiErrors]>([
    ["a put without a key", "Put", {}, "empty-key"],
    ["a range without a key", "Range", {}, "empty-key"],
    ["a deletion without a key", "DeleteRange", {}, "empty-key"],
    ["a value together with `ignore_value`", "Put", { key, value, ignore_value: true }, "value-provided"],
    ["`ignore_value` of a key that is not there", "Put", { key, ignore_value: true }, "key-not-found"],
    ["a lease that was never granted", "Put", { key, lease: 7 }, "lease-not-found"],
    ["`ignore_lease`", "Put", { key, ignore_lease: true }, "leases-unsupported"],
    ["a future revision", "Range", { key, revision: 9 }, "future-revision"],
    ["a compaction of the future", "Compact", { revision: 9 }, "future-revision"],
    ["a second compaction", "Compact", { revision: 0 }, "compacted"],
    ["an unknown order", "Range", { key, sort_order: 9 }, "invalid-sort"],
    ["an unknown target", "Range", { key, sort_target: 9 }, "invalid-sort"],
    ["an unknown comparison", "Txn", { compare: [{ key, result: 9 }] }, "invalid-compare"],
    ["a comparison with an unknown target", "Txn", { compare: [{ key, target: 9 }] }, "invalid-compare"],
    ["a comparison of leases", "Txn", { compare: [{ key, target: "LEASE" }] }, "leases-unsupported"],
    ["an operation that says nothing", "Txn", { success: [{}] }, "key-not-found"],
    ["two puts of one key", "Txn", { success: [put("a"), put("a")] }, "duplicate-key"],
    [
      "more than 128 operations",
      "Txn",
      { success: Array.from({ length: 129 }, (_, i) => put(`${i}`)) },
      "too-many-operations",
    ],
    ["more than 1.5 MiB", "Put", { key, value: Buffer.alloc(1.5 * 1024 * 1024) }, "request-too-large"],
    [
      "a transaction of more than 1.5 MiB",
      "Txn",
      { failure: [put("a", Buffer.alloc(800_000)), put("b", Buffer.alloc(800_000))] },
      "request-too-large",
    ],
  ])("refuses %s with etcd's error, before it reaches the log", async (_name, method, request, error) => {
    const { grpc, message } = apiErrors[error];
    await expect(kv(method, request)).rejects.toMatchObject({ code: grpc, details: message });
    expect(api.replica.store.revision).toBe(1);
  });

  it("takes a value of just 1.5 MiB", async () => {
    await kv("Put", { key, value: Buffer.alloc(1.5 * 1024 * 1024 - 1) });
    expect(await kv("Range", { key })).toMatchObject({ count: 1 });
  });

  it("refuses a message beyond gRPC's limit and goes on", async () => {
    const huge = { key, value: Buffer.alloc(3 * 1024 * 1024) };
    await expect(kv("Put", huge)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(await kv("Put", { key, value })).toMatchObject({ header: { revision: 2 } });
  });

  it("reports bytes that are not a message as an invalid argument", async () => {
    const { grpc, message } = apiErrors.malformed;
    await expect(api.callRaw("/etcdserverpb.KV/Put", Buffer.from([0xff, 0xff]))).rejects.toMatchObject({
      code: grpc,
      details: message,
    });
  });

  it.each(["no-leader", "leader-lost", "timeout", "stopping", "overloaded"] as const)(
    "reports the replica's error %s to a client, and whether it is definite",
    async (code) => {
      const failure = new ReplicaError(code, "for the log, not for the client");
      api.replica.failure = failure;
      const { grpc, message, definite } = apiErrors[code];
      expect(definite).toBe(failure.definite);
      await expect(kv("Put", { key, value })).rejects.toMatchObject({ code: grpc, details: message });
      await expect(kv("Range", { key })).rejects.toMatchObject({ code: grpc, details: message });
      expect(await kv("Range", { key, serializable: true })).toMatchObject({ count: 0 });
    },
  );

  it("calls a bug of ours internal, and goes on", async () => {
    const propose = api.replica.propose;
    api.replica.propose = () => Promise.reject(new TypeError("planted by the test"));
    await expect(kv("Put", { key, value })).rejects.toMatchObject({ code: status.INTERNAL });
    api.replica.propose = propose;
    expect(await kv("Put", { key, value })).toMatchObject({ header: { revision: 2 } });
  });

  it("says in its status and its health that nobody leads", async () => {
    const health = () => api.call("grpc.health.v1.Health", "Check", {});
    expect(await api.call("Maintenance", "Status", {})).toMatchObject({ leader: 1, errors: [] });
    expect(await health()).toEqual({ status: "SERVING" });
    api.replica.leader = false;
    api.replica.failure = new ReplicaError("no-leader", "");
    expect(await api.call("Maintenance", "Status", {})).toMatchObject({
      leader: 0,
      errors: ["etcdserver: no leader"],
    });
    expect(await health()).toEqual({ status: "NOT_SERVING" });
  });

  it("hashes the state at a revision", async () => {
    await kv("Put", { key, value });
    const hash = (revision: number) => api.call("Maintenance", "HashKV", { revision });
    expect(await hash(0)).toEqual(await hash(2));
    await expect(hash(3)).rejects.toMatchObject({ code: status.OUT_OF_RANGE });
  });
});

describe("a request that no quorum answers", () => {
  it("ends after the time that it may take, as one whose fate is unknown", async () => {
    const clock = new VirtualClock();
    const replica = new MemoryReplica();
    const service = new Service({ replica, clock, requestTimeoutMs: 5_000 });
    replica.stuck = true;
    const request = { key, value, lease: 0, prev_kv: false, ignore_value: false, ignore_lease: false };
    await expect(clock.run(() => service.put(request))).rejects.toMatchObject({
      code: "timeout",
      definite: false,
    });
    expect(toSeconds(clock.now())).toBe(5);
  });
});

describe("the planted bug range-without-quorum", () => {
  it("answers ranges of several keys without a quorum, and single keys with one", async () => {
    const replica = new MemoryReplica();
    const mutants = new Set(["range-without-quorum"] as const);
    const options = { replica, clock: new VirtualClock(), requestTimeoutMs: 5_000 };
    const single = {
      key,
      range_end: Buffer.alloc(0),
      limit: 0,
      revision: 0,
      sort_order: "NONE",
      sort_target: "KEY",
      serializable: false,
      keys_only: false,
      count_only: false,
      min_mod_revision: 0,
      max_mod_revision: 0,
      min_create_revision: 0,
      max_create_revision: 0,
    } as const;
    const several = { ...single, range_end: Buffer.from([0]) };
    const broken = new Service({ ...options, mutants });
    await broken.range(single);
    expect(replica.reads).toBe(1);
    await broken.range(several);
    expect(replica.reads).toBe(1);
    await new Service(options).range(several);
    expect(replica.reads).toBe(2);
  });
});

describe("the planted bug compacted-read-returns-current", () => {
  it("answers a range at a compacted revision with the current state", async () => {
    const api = await startTestApi({ mutants: new Set(["compacted-read-returns-current"]) });
    for (const each of ["1", "2"]) await api.call("KV", "Put", { key, value: Buffer.from(each) });
    await api.call("KV", "Compact", { revision: 3 });
    expect(await api.call("KV", "Range", { key, revision: 2 })).toMatchObject({ kvs: [{ mod_revision: 3 }] });
    await api.close();
  });
});

describe("an address that is taken", () => {
  it("rejects the start and leaves nothing listening", async () => {
    const api = await startTestApi();
    const options = {
      replica: new MemoryReplica(),
      clock: new VirtualClock(),
      requestTimeoutMs: 1000,
      watchProgressMs: 1000,
    };
    const taken = { host: "127.0.0.1", port: api.gatewayPort ?? 0 };
    const free = { host: "127.0.0.1", port: 0 };
    await expect(startApi({ ...options, listenClient: taken })).rejects.toThrow(/EADDRINUSE|bind/);
    await expect(startApi({ ...options, listenClient: free, listenGateway: taken })).rejects.toThrow(
      "EADDRINUSE",
    );
    await api.close();
  });
});
