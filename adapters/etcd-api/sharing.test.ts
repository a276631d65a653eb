import { createServer } from "node:net";
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { limitsOf } from "../client/ask.ts";
import type { Endpoint } from "../client/connection.ts";
import { SharedByNode } from "../client/shared.ts";
import { clock, errorOf, until } from "../conformance/cluster.ts";
import { Relay } from "../conformance/relay.ts";
import { type Connection, joinConnection } from "./connection.ts";
import { CurrentChannel } from "./current-channel.ts";
import { methods } from "./methods.ts";
import { loadProto } from "./testing/proto.ts";
import { watchPath } from "./watch/messages.ts";

/** A put that the node was asked for, by key, and over which connection it came. */
interface Asked {
  readonly key: string;
  readonly peer: string;
  answer(): void;
}

type Stream = ServerDuplexStream<unknown, unknown>;

const options = { timeoutMs: 10_000, clock };
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

/** A node that answers puts when the test says so, and keeps streams open. */
async function serve(): Promise<{ endpoint: Endpoint; asked: Asked[]; streams: Stream[] }> {
  const asked: Asked[] = [];
  const streams: Stream[] = [];
  const put = (
    call: ServerUnaryCall<{ key: Buffer }, unknown>,
    done: sendUnaryData<{ header: { revision: number } }>,
  ) => {
    const answer = () => done(null, { header: { revision: 7 } });
    asked.push({ key: `${call.request.key}`, peer: call.getPeer(), answer });
  };
  const server = new Server();
  const services = loadProto();
  server.addService(services["etcdserverpb.KV"] as ServiceDefinition, { Put: put });
  server.addService(services["etcdserverpb.Watch"] as ServiceDefinition, {
    Watch: (call: Stream) => {
      call.on("error", () => {});
      streams.push(call);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, number) =>
      error === null ? resolve(number) : reject(error),
    );
  });
  undo.push(() => server.forceShutdown());
  return { streams, endpoint: { node: nodeId("n1"), host: "127.0.0.1", port }, asked };
}

/** Connections of clients that share this many channels. */
function sharing(endpoint: Endpoint, most: number): () => Connection {
  const channels = new SharedByNode(
    most,
    (to, given) => new CurrentChannel(to, given),
    (channel) => channel.close(),
  );
  return () => {
    const connection = joinConnection(endpoint, options, channels.take(endpoint, options));
    undo.push(() => connection.close());
    return connection;
  };
}

const put = (connection: Connection, key: string, timeoutMs = options.timeoutMs) =>
  connection.call(
    methods.put,
    { key: Buffer.from(key), value: Buffer.from("v") },
    limitsOf(options, { timeoutMs }),
  );

describe("connections that share channels", () => {
  it("take them in turn", async () => {
    const { endpoint, asked } = await serve();
    const join = sharing(endpoint, 2);
    const puts = ["a", "b", "c", "d"].map((key) => put(join(), key));
    await until("all puts", async () => asked.length === 4);
    const peerOf = (key: string) => asked.find((one) => one.key === key)?.peer;
    expect(peerOf("c")).toBe(peerOf("a"));
    expect(peerOf("d")).toBe(peerOf("b"));
    expect(new Set(asked.map(({ peer }) => peer)).size).toBe(2);
    for (const { answer } of asked) answer();
    await Promise.all(puts);
  });

  it("end their own calls only, and the others get their answers over the same channel", async () => {
    const { endpoint, asked } = await serve();
    const join = sharing(endpoint, 1);
    const [one, other] = [join(), join()];
    const [lost, kept] = [errorOf(put(one, "lost")), put(other, "kept")];
    await until("both puts", async () => asked.length === 2);
    one.close();
    one.close();
    expect(await lost).toMatchObject({ code: "connection-lost", definite: false });
    asked.find(({ key }) => key === "kept")?.answer();
    await kept;
    const next = put(other, "next");
    await until("the next put", async () => asked.length === 3);
    asked[2]?.answer();
    await next;
    expect(new Set(asked.map(({ peer }) => peer)).size).toBe(1);
    expect(await errorOf(put(one, "late"))).toMatchObject({ code: "not-connected", definite: true });
  });

  it("end their own streams only, without a word", async () => {
    const { endpoint, streams } = await serve();
    const join = sharing(endpoint, 1);
    const ended: string[] = [];
    const converse = async (name: string) => {
      const connection = join();
      const events = { message: () => {}, ended: () => void ended.push(name) };
      await connection.converse(watchPath, events, limitsOf(options));
      return connection;
    };
    const one = await converse("one");
    await until("the first stream", async () => streams.length === 1);
    await converse("other");
    await until("both streams", async () => streams.length === 2);
    one.close();
    await until("the end of the first", async () => streams[0]?.cancelled === true);
    expect(streams[1]?.cancelled).toBe(false);
    streams[1]?.end();
    await until("the end of the second", async () => ended.length > 0);
    expect(ended).toEqual(["other"]);
  });

  it("lose all calls of a channel that breaks, and connect once for all that is asked next", async () => {
    const { endpoint, asked } = await serve();
    const link = new Relay(endpoint);
    await link.start();
    undo.push(() => void link.stop());
    const join = sharing(link.endpoint, 1);
    const all = [join(), join(), join()];
    const lost = all.map((connection, i) => errorOf(put(connection, `lost-${i}`)));
    await until("all puts", async () => asked.length === 3);
    link.cut();
    for (const error of await Promise.all(lost))
      expect(error).toMatchObject({ code: "connection-lost", definite: false });
    const next = all.map((connection, i) => put(connection, `next-${i}`));
    await until("the next puts", async () => asked.length === 6);
    expect(link.connections).toBe(1);
    for (const { answer } of asked) answer();
    await Promise.all(next);
  });

  it("leave a channel together on which a call of one was never answered", async () => {
    const { endpoint, asked } = await serve();
    const join = sharing(endpoint, 1);
    const [one, other] = [join(), join()];
    const slow = put(other, "slow");
    await until("the slow put", async () => asked.length === 1);
    expect(await errorOf(put(one, "silent", 200))).toMatchObject({ code: "timeout", definite: false });
    const next = put(other, "next");
    await until("the next put", async () => asked.length === 3);
    for (const { answer } of asked) answer();
    await Promise.all([slow, next]);
    const peers = asked.map(({ peer }) => peer);
    expect(peers[1]).toBe(peers[0]);
    expect(peers[2]).not.toBe(peers[0]);
  });

  it("end the wait for a channel at once when they are closed, and the others wait on", async () => {
    const silent = createServer((socket) => socket.on("error", () => {}));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    undo.push(() => silent.close());
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const join = sharing({ node: nodeId("n1"), host: "127.0.0.1", port }, 1);
    const [one, other] = [join(), join()];
    const waiting = errorOf(put(one, "a"));
    let isOver = false;
    const still = errorOf(put(other, "b", 1000)).finally(() => {
      isOver = true;
    });
    one.close();
    expect(await waiting).toMatchObject({ code: "not-connected", definite: true });
    expect(isOver).toBe(false);
    expect(await still).toMatchObject({ code: "not-connected", definite: true });
  });
});
