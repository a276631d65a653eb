import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { afterEach, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";
import type { Endpoint } from "../adapter.ts";
import { observable } from "../client/observer.ts";
import { observe, observeWithSyncs } from "./observer.ts";
import { loadProto } from "./testing/proto.ts";

const services = loadProto();
const servers: Server[] = [];
const options = { clock: realClock(), timeoutMs: 2000 };

afterEach(() => {
  for (const server of servers.splice(0)) server.forceShutdown();
});

/** A member that believes that the one with the number 1 leads, and where its questions came from. */
async function member(id: number): Promise<{ endpoint: Endpoint; askers: Set<string> }> {
  const askers = new Set<string>();
  const server = new Server();
  servers.push(server);
  server.addService(services["etcdserverpb.Maintenance"] as ServiceDefinition, {
    Status(call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<object>) {
      askers.add(call.getPeer());
      answer(null, { header: { memberId: id }, leader: 1, raftTerm: 3, logSyncs: 40 + id });
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return { endpoint: { node: nodeId(`n${id}`), host: "127.0.0.1", port }, askers };
}

it("asks each member again and again over one connection", async () => {
  const members = [await member(1), await member(2)];
  const observer = observe(
    members.map(({ endpoint }) => endpoint),
    options,
  );
  for (let i = 0; i < 5; i++) expect(await observer.leader()).toBe("n1");
  await observer.close();
  expect(members.map(({ askers }) => askers.size)).toEqual([1, 1]);
  expect(await observer.leader()).toBeUndefined();
});

it("takes a new connection for a question that is asked once", async () => {
  const { endpoint, askers } = await member(1);
  const { leader } = observable(observe);
  for (let i = 0; i < 2; i++) expect(await leader([endpoint], options)).toBe("n1");
  expect(askers.size).toBe(2);
});

it("asks a member that counts its fsyncs for their number, and knows none from one that is gone", async () => {
  const members = [await member(1), await member(2)];
  const observer = observeWithSyncs(
    members.map(({ endpoint }) => endpoint),
    options,
  );
  expect(await observer.syncs?.(nodeId("n2"))).toBe(42);
  expect(await observer.leader()).toBe("n1");
  servers[1]?.forceShutdown();
  expect(await observer.syncs?.(nodeId("n2"))).toBeUndefined();
  await observer.close();
});
