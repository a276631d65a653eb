/**
 * Doors into the namespaces of reexec.ts: loopback addresses outside that lead to nodes inside. The harness outside listens
 * there, the one inside on sockets in a shared directory, and bytes are forwarded. For people who play with a cluster; the load
 * of a run never passes here.
 */
import { mkdtemp, rm } from "node:fs/promises";
import {
  connect,
  createServer,
  type ListenOptions,
  type NetConnectOpts,
  type Server,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Endpoint } from "../../../adapters/adapter.ts";

/** Environment variable that describes the doors to the harness inside: the directory, then the port of each. */
const doorsVariable = "ASSAY_DOORS";
const host = "127.0.0.1";

export interface Doors {
  /** Environment for the harness inside. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Opens `count` doors, outside. Until the harness inside responds, incoming connections are closed. */
export async function openDoors(count: number): Promise<Doors> {
  const directory = await mkdtemp(join(tmpdir(), "assay-doors-"));
  const relays: Relay[] = [];
  const close = async () => {
    await Promise.all(relays.map((relay) => relay.close()));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const ports: number[] = [];
    for (let i = 0; i < count; i++) {
      const relay = new Relay({ path: socketOf(directory, i) });
      relays.push(relay);
      ports.push(await relay.listen({ host, port: 0 }));
    }
    return { env: { [doorsVariable]: [directory, ...ports].join(":") }, close };
  } catch (reason) {
    await close();
    throw reason;
  }
}

/** Connects the nodes to the doors, inside. Resolves with their endpoints outside; undefined if there are no doors. */
export async function behindDoors(
  nodes: readonly Endpoint[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ endpoints: readonly Endpoint[]; close(): Promise<void> } | undefined> {
  const [directory, ...ports] = env[doorsVariable]?.split(":") ?? [];
  if (directory === undefined) return undefined;
  const relays = nodes.map(({ host, port }) => new Relay({ host, port }));
  await Promise.all(relays.map((relay, i) => relay.listen({ path: socketOf(directory, i) })));
  return {
    endpoints: nodes.map(({ node }, i) => ({ node, host, port: Number(ports[i]) })),
    close: async () => void (await Promise.all(relays.map((relay) => relay.close()))),
  };
}

const socketOf = (directory: string, i: number): string => join(directory, `${i}.sock`);

/** Forwards each incoming connection to a connection of its own. */
class Relay {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(to: NetConnectOpts) {
    const options = { ...to, allowHalfOpen: true };
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#join(near, connect(options)));
  }

  /** Resolves with the port, or 0 if it listens on a path. */
  listen(at: ListenOptions): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(at, () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(near: Socket, far: Socket): void {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.pipe(other);
      // If one side breaks, so does the other; a normal end passes through the pipe.
      socket.on("error", () => other.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
    }
  }
}
