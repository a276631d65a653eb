import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { nodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";
import { millis, seconds } from "../../core/time.ts";
import type { Endpoint } from "../adapter.ts";
import { type Ask, limitsOf } from "../client/ask.ts";
import { openConnection } from "./connection.ts";
import { methods } from "./methods.ts";
import { loadProto } from "./testing/proto.ts";

type Handler = (
  call: ServerUnaryCall<unknown, unknown>,
  answer: sendUnaryData<{ header: { revision: number } }>,
) => void;

const clock = realClock();
const request = { key: Buffer.from("k"), value: Buffer.from("v") };
const services = loadProto();
const undo: (() => void)[] = [];

afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

/** A node that answers every put as `handler` does. */
async function serve(handler: Handler, port = 0): Promise<{ server: Server; endpoint: Endpoint }> {
  const server = new Server();
  server.addService(services["etcdserverpb.KV"] as ServiceDefinition, { Put: handler });
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, number) =>
      error === null ? resolve(number) : reject(error),
    );
  });
  undo.push(() => server.forceShutdown());
  return { server, endpoint: { node: nodeId("n1"), host: "127.0.0.1", port: bound } };
}

/** A connection that puts "k". */
function connection(endpoint: Endpoint, timeoutMs = 2000) {
  const options = { timeoutMs, clock };
  const opened = openConnection(endpoint, options);
  undo.push(() => opened.close());
  return {
    put: (ask?: Ask) => opened.call(methods.put, request, limitsOf(options, ask)),
    close: () => opened.close(),
  };
}

const silent: Handler = () => {};
const ok: Handler = (_, answer) => answer(null, { header: { revision: 7 } });

describe("openConnection", () => {
  it("answers with what the node said", async () => {
    const { endpoint } = await serve(ok);
    expect(await connection(endpoint).put()).toMatchObject({
      header: { revision: "7" },
    });
  });

  it("reports that a request to nobody definitely never left, and names the address", async () => {
    const { server, endpoint } = await serve(ok);
    server.forceShutdown();
    const refused = connection(endpoint).put();
    await expect(refused).rejects.toMatchObject({ code: "not-connected", definite: true });
    await expect(refused).rejects.toThrow(`127.0.0.1:${endpoint.port}`);
    await expect(refused).rejects.toThrow("ECONNREFUSED");
  });

  it("gives up at the deadline without knowing whether the request took effect", async () => {
    const { endpoint } = await serve(silent);
    const before = clock.now();
    await expect(connection(endpoint, 200).put()).rejects.toMatchObject({
      code: "timeout",
      definite: false,
    });
    expect(clock.now() - before).toBeGreaterThan(millis(150));
  });

  it("does not know the fate of a request whose node dies", async () => {
    const { server, endpoint } = await serve(() => server.forceShutdown());
    await expect(connection(endpoint).put()).rejects.toMatchObject({
      code: "connection-lost",
      definite: false,
    });
  });

  it("asks once, even where the node says that it is unavailable", async () => {
    let asked = 0;
    const { endpoint } = await serve((_, answer) => {
      asked++;
      answer({ code: status.UNAVAILABLE, details: "etcdserver: request timed out" });
    });
    await expect(connection(endpoint).put()).rejects.toMatchObject({ code: "timeout" });
    expect(asked).toBe(1);
  });

  it("rejects what is pending when it is closed, and what is asked after that", async () => {
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { endpoint } = await serve(() => arrived());
    const opened = connection(endpoint);
    const pending = opened.put();
    const lost = expect(pending).rejects.toMatchObject({ code: "connection-lost", definite: false });
    await arrival;
    opened.close();
    await lost;
    await expect(opened.put()).rejects.toMatchObject({ code: "not-connected" });
  });

  // A busy machine may be slower than that: one of three times it has to be in time.
  it("finds a node again within a second of its return", async () => {
    const first = await serve(ok);
    const opened = connection(first.endpoint);
    await opened.put();
    first.server.forceShutdown();
    await expect(opened.put()).rejects.toThrow();
    await serve(ok, first.endpoint.port);
    const back = clock.now();
    for (;;) {
      const answer = await opened.put().catch(() => undefined);
      if (answer !== undefined) break;
      expect(clock.now() - back).toBeLessThan(seconds(1));
      await sleep(clock, millis(20));
    }
  });

  it("leaves a connection on which a call was never answered", async () => {
    let asked = 0;
    const peers = new Set<string>();
    const { endpoint } = await serve((call, answer) => {
      peers.add(call.getPeer());
      if (asked++ > 0) ok(call, answer);
    });
    const opened = connection(endpoint);
    await expect(opened.put({ timeoutMs: 200 })).rejects.toMatchObject({ code: "timeout" });
    await opened.put();
    expect(peers.size).toBe(2);
  });
});
