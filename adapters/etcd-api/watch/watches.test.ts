import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { MethodDefinition, ServiceDefinition } from "@grpc/proto-loader";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeId } from "../../../core/op.ts";
import { realClock } from "../../../core/real-clock.ts";
import { until } from "../../conformance/cluster.ts";
import { collect } from "../../conformance/collect.ts";
import { connect } from "../client.ts";
import { FrameReader } from "../framing.ts";
import { loadProto } from "../testing/proto.ts";

const clock = realClock();
const service = loadProto({ longs: String, enums: String, bytes: Buffer })[
  "etcdserverpb.Watch"
] as ServiceDefinition;
const method = service["Watch"] as MethodDefinition<object, object>;

/** A request in etcd's words. */
type Request = { createRequest?: object; cancelRequest?: { watchId: string }; progressRequest?: object };

let server: Http2Server;
let streams: ServerHttp2Stream[];
let requests: Request[];
let client: Awaited<ReturnType<typeof connect>>;

/** A node that says what the tests say, byte for byte. */
beforeEach(async () => {
  // Its own: the last client's farewell may still be on its way.
  const [mine, heard]: [ServerHttp2Stream[], Request[]] = [[], []];
  [streams, requests] = [mine, heard];
  server = createServer();
  server.on("session", (session) => session.on("error", () => {}));
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    const frames = new FrameReader();
    stream.on("data", (chunk: Buffer) => {
      for (const message of frames.read(chunk)) heard.push(decoded(message));
    });
    mine.push(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  client = await connect({ node: nodeId("n1"), host: "127.0.0.1", port }, { timeoutMs: 5000, clock });
});
afterEach(async () => {
  await client.close();
  server.close();
});

const decoded = (message: Buffer) => method.requestDeserialize(message) as Request;

/** Answers as etcd's messages, one frame each, in one piece. */
function say(stream: ServerHttp2Stream | undefined, ...answers: readonly object[]): void {
  const frames = answers.map((answer) => {
    const message = method.responseSerialize({ header: { revision: "7" }, ...answer });
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    return Buffer.concat([head, message]);
  });
  stream?.write(Buffer.concat(frames));
}

const created = (watchId: number) => ({ watchId, created: true });
const put = (key: string, revision: number, more: object = {}) => ({
  type: "PUT",
  kv: {
    key: Buffer.from(key),
    value: Buffer.from("v"),
    createRevision: "1",
    modRevision: `${revision}`,
    ...more,
  },
});

/** Opens watches of one stream, which get the numbers from 0. */
async function open(count: number, own = false) {
  const opening = Array.from({ length: count }, (_, i) =>
    client.watch.open({ kind: "stream", target: { key: `k${i}` }, own }),
  );
  await until("the requests", async () => requests.length === count);
  for (let i = 0; i < count; i++) say(streams.at(-1), created(i));
  return Promise.all(opening);
}

describe("watches on a stream", () => {
  it("share it, and each is told what has its number, however that was delivered", async () => {
    const heard = (await open(2)).map(collect);
    say(
      streams[0],
      { watchId: 0, events: [put("k0", 8), put("k0", 9)] },
      { watchId: 1, events: [put("k1", 9)] },
      // A server that is wrong: the same revision again, in another answer.
      { watchId: 0, events: [put("k0", 9)] },
      { watchId: 5, events: [put("k5", 9)] },
    );
    await until("all", async () => heard[0]?.deliveries.length === 2);
    expect(streams).toHaveLength(1);
    const revisions = heard.map(({ deliveries }) =>
      deliveries.map((delivery) => delivery.map(({ revision }) => revision)),
    );
    expect(revisions).toEqual([[[8, 9], [9]], [[9]]]);
  });

  it("put an answer in parts together, between which others may come", async () => {
    const heard = (await open(2)).map(collect);
    say(
      streams[0],
      { watchId: 0, fragment: true, events: [put("k0", 8)] },
      { watchId: 1, events: [put("k1", 9)] },
      { watchId: 0, fragment: true, events: [put("k0", 9)] },
      { watchId: 0, events: [put("k0", 10)] },
    );
    await until("all", async () => heard.every(({ deliveries }) => deliveries.length === 1));
    expect(heard[0]?.deliveries[0]?.map(({ revision }) => revision)).toEqual([8, 9, 10]);
  });

  it("tell creations from other puts, and what was there before from nothing", async () => {
    const opening = client.watch.open({ kind: "stream", target: { prefix: "k" }, previous: true, from: 5 });
    await until("the request", async () => requests.length === 1);
    expect(requests[0]?.createRequest).toMatchObject({ startRevision: "5", prevKv: true, fragment: true });
    const before = { key: Buffer.from("k"), value: Buffer.from("old"), modRevision: "3" };
    // In one piece with the confirmation.
    say(streams[0], created(0), {
      watchId: 0,
      events: [
        put("k", 8, { createRevision: "8" }),
        { ...put("k", 9), prevKv: before },
        { type: "DELETE", kv: { key: Buffer.from("k"), modRevision: "10" }, prevKv: before },
      ],
    });
    const watch = await opening;
    expect(watch.revision).toBe(7);
    expect(await watch.next()).toEqual([
      { f: "create", key: "k", value: "v", previous: null, revision: 8 },
      { f: "put", key: "k", value: "v", previous: "old", revision: 9 },
      { f: "delete", key: "k", previous: "old", revision: 10 },
    ]);
  });

  it("hear of progress all at once, or one at a time, and of the end with its reason", async () => {
    const watches = await open(2);
    const heard = watches.map(collect);
    await watches[0]?.progress?.();
    await until("the request", async () => requests.some((request) => request.progressRequest));
    say(streams[0], { watchId: -1, header: { revision: "11" } }, { watchId: 1, header: { revision: "12" } });
    say(streams[0], { watchId: 0, canceled: true, cancelReason: "because" });
    say(streams[0], { watchId: 1, canceled: true, compactRevision: "9" });
    await until("the end", async () => heard.every(({ isOver }) => isOver()));
    expect(heard.map(({ progress }) => progress)).toEqual([[11], [11, 12]]);
    expect(heard.map(({ deliveries }) => deliveries)).toEqual([
      [[{ f: "canceled", value: "because" }]],
      [[{ f: "canceled", revision: 9 }]],
    ]);
  });

  it("hear of no progress that was requested before they were confirmed", async () => {
    const opened = await open(1);
    await opened[0]?.progress?.();
    const opening = client.watch.open({ kind: "stream", target: { key: "later" } });
    await until("the requests", async () => requests.length === 3);
    // The confirmation overtakes the answer to what was asked first.
    say(streams[0], created(1), { watchId: -1, header: { revision: "11" } });
    const second = await opening;
    const heard = [...opened, second].map(collect);
    await second.progress?.();
    await until("the next request", async () => requests.length === 4);
    say(streams[0], { watchId: -1, header: { revision: "12" } });
    await until("the answer", async () => heard[1]?.progress.length === 1);
    expect(heard.map(({ progress }) => progress)).toEqual([[11, 12], [12]]);
  });

  it("that nobody wants any more are canceled, also one that was confirmed too late", async () => {
    const [first] = await open(1);
    const late = client.watch.open({ kind: "stream", target: { key: "late" } }, { timeoutMs: 50 });
    await expect(late).rejects.toMatchObject({ code: "timeout", definite: false });
    say(streams[0], created(1));
    await first?.close();
    const canceled = () => requests.map(({ cancelRequest }) => cancelRequest?.watchId);
    await until("both", async () => canceled().filter((id) => id !== undefined).length === 2);
    expect(canceled()).toEqual(expect.arrayContaining(["0", "1"]));
    // The stream that did not answer in time is not used for others.
    const next = client.watch.open({ kind: "stream", target: { key: "next" } });
    await until("another stream", async () => streams.length === 2);
    await until("its request", async () => requests.filter((one) => one.createRequest).length === 3);
    say(streams[1], created(0));
    await next;
  });

  it("that the server refuses are rejected, and end with the stream and its status", async () => {
    const opening = client.watch.open({ kind: "stream", target: { key: "k" } });
    await until("the request", async () => requests.length === 1);
    say(streams[0], { watchId: -1, created: true, canceled: true, cancelReason: "no" });
    await expect(opening).rejects.toMatchObject({ code: "rejected", definite: true });
    const again = client.watch.open({ kind: "stream", target: { key: "k" } });
    await until("another request", async () => requests.length === 2);
    say(streams.at(-1), created(0));
    const heard = collect(await again);
    const stream = streams.at(-1);
    stream?.on("wantTrailers", () =>
      stream.sendTrailers({ "grpc-status": "14", "grpc-message": "etcdserver: no leader" }),
    );
    stream?.end();
    await until("the end", async () => heard.isOver());
    expect(heard.deliveries).toEqual([[{ f: "ended", value: "no-leader" }]]);
  });

  it("make the server wait for a slow reader, on a connection of their own", async () => {
    const [watch] = await open(1, true);
    const value = Buffer.alloc(50_000, "x");
    const answers = 400;
    for (let i = 1; i <= answers; i++) say(streams[0], { watchId: 0, events: [put("k0", i, { value })] });
    const stream = streams[0];
    // Most of it cannot leave.
    await until("some to leave", async () => (stream?.writableLength ?? 0) < answers * value.length);
    expect(stream?.writableLength).toBeGreaterThan(5 << 20);
    for (let i = 1; i <= answers; i++) expect((await watch?.next())?.[0]?.revision).toBe(i);
    expect(stream?.writableLength).toBe(0);
  });
});
