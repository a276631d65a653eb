import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ReplicaError } from "../replica.ts";
import { apiErrors } from "./errors.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

/** `foo` and `bar`. */
const foo = "Zm9v";
const bar = "YmFy";

describe("the JSON gateway", () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi();
  });
  afterEach(() => api.close());
  const header = (revision: number) => ({
    cluster_id: "24301",
    member_id: "1",
    revision: `${revision}`,
    raft_term: "2",
  });

  it("puts, gets, deletes and compacts, with bytes in base64, 64-bit numbers as strings, and no defaults", async () => {
    const put = { key: foo, value: bar };
    expect(await api.post("/v3/kv/put", put)).toEqual({ status: 200, body: { header: header(2) } });
    const kv = { key: foo, create_revision: "2", mod_revision: "2", version: "1", value: bar };
    const range = { header: header(2), kvs: [kv], count: "1" };
    expect(await api.post("/v3/kv/range", { key: foo })).toEqual({ status: 200, body: range });
    const removal = { header: header(3), deleted: "1", prev_kvs: [kv] };
    const deleted = await api.post("/v3/kv/deleterange", { key: foo, prev_kv: true });
    expect(deleted).toEqual({ status: 200, body: removal });
    const none = await api.post("/v3/kv/range", { key: foo });
    expect(none).toEqual({ status: 200, body: { header: header(3) } });
    const compacted = await api.post("/v3/kv/compaction", { revision: "2" });
    expect(compacted).toEqual({ status: 200, body: { header: header(3) } });
  });

  it("runs transactions", async () => {
    const txn = {
      compare: [{ key: foo, target: "VERSION", version: "0" }],
      success: [{ request_put: { key: foo, value: bar } }, { request_range: { key: foo } }],
    };
    const { body } = await api.post("/v3/kv/txn", txn);
    expect(body).toEqual({
      header: header(2),
      succeeded: true,
      responses: [
        { response_put: { header: { revision: "2" } } },
        {
          response_range: {
            header: { revision: "2" },
            kvs: [{ key: foo, create_revision: "2", mod_revision: "2", version: "1", value: bar }],
            count: "1",
          },
        },
      ],
    });
    expect((await api.post("/v3/kv/txn", txn)).body).toEqual({ header: header(2) });
  });

  it("takes names in camel case, numbers as numbers, enums by number, null for nothing, and names it does not know", async () => {
    await api.post("/v3/kv/put", { key: foo, value: bar, whatever: { a: 1 } });
    await api.post("/v3/kv/put", { key: "Zm9w", value: bar });
    const { body } = await api.post("/v3/kv/range", {
      key: foo,
      rangeEnd: "AA==",
      limit: 1,
      sortOrder: 2,
      sort_target: "MOD",
      keys_only: true,
      revision: null,
    });
    expect(body).toMatchObject({ kvs: [{ key: "Zm9w" }], more: true, count: "2" });
  });

  it("serves status, members, hash, health and version", async () => {
    expect((await api.post("/v3/maintenance/status", {})).body).toEqual({
      header: header(1),
      version: "3.4.0",
      dbSize: "4096",
      dbSizeInUse: "4096",
      leader: "1",
      raftTerm: "2",
      logSyncs: "17",
    });
    expect((await api.post("/v3/cluster/member/list", "")).body).toEqual({
      header: header(1),
      members: [
        { ID: "1", name: "n1", peerURLs: ["http://127.0.0.1:2380"], clientURLs: ["http://127.0.0.1:2379"] },
      ],
    });
    const { hash } = api.replica.store.hash(0) as { hash: number };
    expect((await api.post("/v3/maintenance/hash", {})).body).toEqual({ header: header(1), hash });
    expect(await api.get("/health")).toEqual({ status: 200, body: { health: "true" } });
    expect((await api.get("/version")).body).toEqual({ etcdserver: "3.4.0", etcdcluster: "3.4.0" });
  });

  it("is unhealthy while no quorum answers", async () => {
    api.replica.failure = new ReplicaError("no-leader", "");
    expect(await api.get("/health")).toEqual({ status: 503, body: { health: "false" } });
  });

  it.each<[string, string, unknown, number, number, RegExp]>([
    ["what is no JSON", "/v3/kv/put", '{"key":"Zm9', 400, 3, /malformed request: .*JSON/],
    ["a list for an object", "/v3/kv/put", [], 400, 3, /the request must be an object/],
    ["a number for bytes", "/v3/kv/put", { key: 12 }, 400, 3, /request\.key must be bytes in base64/],
    ["no base64", "/v3/kv/put", { key: "%%%" }, 400, 3, /must be bytes in base64/],
    ["half a byte of base64", "/v3/kv/put", { key: "Zm9vY" }, 400, 3, /must be bytes in base64/],
    ["a word for a number", "/v3/kv/range", { key: foo, limit: "x" }, 400, 3, /limit must be a whole number/],
    ["half a number", "/v3/kv/range", { key: foo, limit: 0.5 }, 400, 3, /limit must be a whole number/],
    ["a number beyond 64 bits", "/v3/kv/range", { key: foo, limit: 1e30 }, 400, 3, /must be a whole number/],
    [
      "a word for a boolean",
      "/v3/kv/range",
      { key: foo, more: 1, keys_only: "true" },
      400,
      3,
      /must be true or false/,
    ],
    [
      "an unknown enum",
      "/v3/kv/range",
      { key: foo, sort_order: "DOWN" },
      400,
      3,
      /one of NONE, ASCEND, DESCEND/,
    ],
    ["an object for a list", "/v3/kv/txn", { success: {} }, 400, 3, /request\.success must be a list/],
    [
      "a word in a list of objects",
      "/v3/kv/txn",
      { success: ["x"] },
      400,
      3,
      /success\[0\] must be an object/,
    ],
    ["a request without a key", "/v3/kv/range", {}, 400, 3, /^etcdserver: key is not provided$/],
    ["a future revision", "/v3/kv/range", { key: foo, revision: 9 }, 400, 11, /future revision$/],
    ["a lease that was never granted", "/v3/kv/put", { key: foo, lease: 1 }, 404, 5, /lease not found$/],
    ["an unimplemented option", "/v3/kv/put", { key: foo, ignore_lease: true }, 501, 12, /leases/],
    ["a path that is not there", "/v3/kv/nothing", {}, 404, 5, /^Not Found$/],
    ["another method than the path's", "/health", {}, 405, 12, /^Method Not Allowed$/],
  ])("refuses %s", async (_name, path, body, status, code, message) => {
    const text = expect.stringMatching(message);
    expect(await api.post(path, body)).toEqual({ status, body: { error: text, message: text, code } });
  });

  it.each([
    ["no-leader", 503],
    ["overloaded", 429],
  ] as const)("reports the replica's error %s to a client by status %i", async (failure, status) => {
    api.replica.failure = new ReplicaError(failure, "");
    const { grpc, message } = apiErrors[failure];
    const body = { error: message, message, code: grpc };
    expect(await api.post("/v3/kv/put", { key: foo })).toEqual({ status, body });
  });

  it("refuses a value that is too large, and a body that is too large for any request, and goes on", async () => {
    const { message } = apiErrors["request-too-large"];
    for (const bytes of [1.6 * 1024 * 1024, 8 * 1024 * 1024]) {
      const value = Buffer.alloc(bytes).toString("base64");
      expect(await api.post("/v3/kv/put", { key: foo, value })).toMatchObject({
        status: 400,
        body: { message },
      });
    }
    expect((await api.post("/v3/kv/put", { key: foo })).status).toBe(200);
  });

  it("refuses nesting without end", async () => {
    const depth = 100_000;
    const open = '{"success":[{"request_txn":'.repeat(depth).slice(0, 2_000_000);
    expect((await api.post("/v3/kv/txn", open)).status).toBe(400);
    const deep = `${'{"success":[{"request_txn":'.repeat(20_000)}{}${"}]}".repeat(20_000)}`;
    expect(await api.post("/v3/kv/txn", deep)).toMatchObject({ status: 400, body: { code: 3 } });
  });

  it("survives a client that leaves in the middle of its body", async () => {
    const leaving = request({
      port: api.gatewayPort,
      path: "/v3/kv/put",
      method: "POST",
      headers: { "content-length": 100 },
    });
    leaving.on("error", () => {});
    leaving.write('{"key":');
    await new Promise((resolve) => leaving.on("socket", (socket) => socket.on("connect", resolve)));
    leaving.destroy();
    expect((await api.post("/v3/kv/put", { key: foo })).status).toBe(200);
  });
});
