import { Client, credentials } from "@grpc/grpc-js";
import type { Clock } from "../../../../core/clock.ts";
import { realClock } from "../../../../core/real-clock.ts";
import type { Mutant } from "../../../core/mutants.ts";
import { startApi } from "../api.ts";
import { loadDefinitions, serviceDefinition } from "../definitions.ts";
import { MemoryReplica } from "./memory-replica.ts";
import { TestWatch } from "./test-watch.ts";

const definitions = loadDefinitions();

/** The API on both its ports, over a replica in memory, with a client of each, for tests. */
export async function startTestApi(
  options: {
    clock?: Clock;
    replica?: MemoryReplica;
    watchProgressMs?: number;
    mutants?: ReadonlySet<Mutant>;
  } = {},
) {
  const replica = options.replica ?? new MemoryReplica();
  const anyPort = { host: "127.0.0.1", port: 0 };
  const api = await startApi({
    replica,
    listenClient: anyPort,
    listenGateway: anyPort,
    clock: options.clock ?? realClock(),
    requestTimeoutMs: 5_000,
    ...(options.mutants && { mutants: options.mutants }),
    watchProgressMs: options.watchProgressMs ?? 60_000,
  });
  const client = new Client(`127.0.0.1:${api.clientPort}`, credentials.createInsecure());
  const gateway = `http://127.0.0.1:${api.gatewayPort}`;

  /** `bytes` as the message of the method of that path, whatever they are. Rejects with grpc-js' ServiceError. */
  const callRaw = (path: string, bytes: Buffer): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const same = (each: Buffer) => each;
      client.makeUnaryRequest(path, same, same, bytes, (error, answer) =>
        error === null ? resolve(answer ?? Buffer.alloc(0)) : reject(error),
      );
    });

  return {
    replica,
    ...api,
    callRaw,
    /** Calls a method of the service `KV`, `Maintenance` or `Cluster`, or one by its full name. */
    async call(service: string, method: string, request: object): Promise<object> {
      const name = service.includes(".") ? service : `etcdserverpb.${service}`;
      const definition = serviceDefinition(definitions, name)[method];
      if (definition === undefined) throw new Error(`no method ${name}.${method}`);
      return definition.responseDeserialize(
        await callRaw(definition.path, definition.requestSerialize(request)),
      );
    },
    /** A stream of watches, with that metadata. */
    watch: (metadata?: Readonly<Record<string, string>>) => new TestWatch(client, metadata),
    /** Sends a body that is not a string as JSON. */
    async post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
      const response = await fetch(`${gateway}${path}`, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    },
    async get(path: string): Promise<{ status: number; body: unknown }> {
      const response = await fetch(`${gateway}${path}`);
      return { status: response.status, body: await response.json() };
    },
    async close(): Promise<void> {
      client.close();
      await api.close();
    },
  };
}

export type TestApi = Awaited<ReturnType<typeof startTestApi>>;
