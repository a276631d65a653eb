import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDefinitions, serviceDefinition } from "./definitions.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

/**
 * What a client may receive: nothing is INTERNAL, UNKNOWN or a lost connection, which would mean that something of ours
 * broke.
 */
const answers = new Set([0, 3, 5, 8, 11, 12]);

const kv = serviceDefinition(loadDefinitions(), "etcdserverpb.KV");
const paths = Object.values(kv).map(({ path }) => path);

describe("the node goes on whatever a client sends", () => {
  let api: TestApi;
  const unexpected: unknown[] = [];
  const onUnexpected = (reason: unknown) => unexpected.push(reason);
  beforeAll(async () => {
    process.on("uncaughtException", onUnexpected);
    process.on("unhandledRejection", onUnexpected);
    api = await startTestApi();
  });
  afterAll(async () => {
    await api.close();
    process.off("uncaughtException", onUnexpected);
    process.off("unhandledRejection", onUnexpected);
  });

  const works = async () => {
    const key = Buffer.from("still there");
    await api.call("KV", "Put", { key });
    expect(await api.call("KV", "Range", { key })).toMatchObject({ count: 1 });
    expect((await api.post("/v3/kv/range", { key: key.toString("base64") })).status).toBe(200);
    expect(unexpected).toEqual([]);
  };
  const codeOf = (path: string, bytes: Uint8Array): Promise<number> =>
    api.callRaw(path, Buffer.from(bytes)).then(
      () => 0,
      (error) => error.code,
    );

  it("as the message of a method", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.uint8Array({ maxLength: 60 }), async (path, bytes) => {
        expect(answers).toContain(await codeOf(path, bytes));
      }),
      { numRuns: 200 },
    );
    await works();
  });

  it("as a message that was good but for a byte", async () => {
    const key = Buffer.from("k");
    const good = kv["Txn"]?.requestSerialize({
      compare: [{ key, target: "VALUE", value: key, range_end: Buffer.from([0]) }],
      success: [
        { request_put: { key, value: key } },
        { request_txn: { failure: [{ request_range: { key } }] } },
      ],
      failure: [{ request_delete_range: { key } }],
    }) as Buffer;
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (at, byte) => {
        const broken = Buffer.from(good);
        broken[at] = byte;
        expect(answers).toContain(await codeOf("/etcdserverpb.KV/Txn", broken));
      }),
      { numRuns: 200 },
    );
    await works();
  });

  it("as a body of the gateway", async () => {
    const names = [
      "key",
      "value",
      "range_end",
      "success",
      "failure",
      "compare",
      "request_put",
      "request_txn",
      "limit",
    ];
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.constantFrom("Zm9v", "VALUE", "1"),
        fc.dictionary(fc.constantFrom(...names), tie("json")),
        fc.array(tie("json"), { maxLength: 3 }),
      ),
    }));
    const path = fc.constantFrom("/v3/kv/put", "/v3/kv/txn", "/v3/kv/range", "/v3/kv/deleterange");
    await fc.assert(
      fc.asyncProperty(path, fc.oneof(json, fc.string()), async (path, body) => {
        expect([200, 400, 404, 501]).toContain((await api.post(path, body)).status);
      }),
      { numRuns: 200 },
    );
    await works();
  });

  it("as bytes on a connection to either port", async () => {
    const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    const start = fc.constantFrom(preface, Buffer.from("POST /v3/kv/put HTTP/1.1\r\n"), Buffer.alloc(0));
    const port = fc.constantFrom("clientPort" as const, "gatewayPort" as const);
    await fc.assert(
      fc.asyncProperty(port, start, fc.uint8Array({ maxLength: 200 }), async (port, start, bytes) => {
        const socket = connect(api[port] ?? 0, "127.0.0.1");
        socket.on("error", () => {});
        socket.resume();
        await new Promise<void>((resolve) => socket.end(Buffer.concat([start, bytes]), resolve));
        // The node has read the bytes before it answers what came after them.
        await api.get("/version");
        socket.destroy();
      }),
      { numRuns: 100 },
    );
    await works();
  });
});
