import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { assert } from "../../core/assert.ts";
import type { Endpoint } from "../adapter.ts";

/**
 * Stands between a client and a node. While it holds replies the node gets the requests and the client hears nothing of
 * them: what breaks then has an unknown outcome.
 */
export class Relay {
  readonly #target: Endpoint;
  /** Source addresses of the connections so far. */
  readonly sources = new Set<string | undefined>();
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #server: Server | undefined;
  #port = 0;
  #holding = false;
  /** Replies that wait, where they are delayed. */
  #delayed: (() => void)[] | undefined;

  constructor(target: Endpoint) {
    this.#target = target;
  }

  /** Address of the node through the relay; the same after `stop` and `start`. */
  get endpoint(): Endpoint {
    assert(this.#port !== 0, "the relay is not started");
    return { node: this.#target.node, host: "127.0.0.1", port: this.#port };
  }

  /** Number of connections through it. */
  get connections(): number {
    return this.#pairs.size;
  }

  start(): Promise<void> {
    const server = createServer((client) => {
      this.sources.add(client.remoteAddress);
      this.#accept(client);
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", () => {
        const address = server.address();
        if (typeof address === "object" && address !== null) this.#port = address.port;
        resolve();
      });
    });
  }

  /** Breaks every connection and refuses new ones. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server?.close(() => resolve()) ?? resolve());
    this.cut();
    await closed;
  }

  /** Drops the node's replies from now on. */
  hold(): void {
    this.#holding = true;
  }

  /** Forwards replies again, on new connections: those that lost some are broken. */
  release(): void {
    this.#holding = false;
    this.cut();
  }

  /** Holds the node's replies until `deliver`. */
  delay(): void {
    this.#delayed = [];
  }

  /** Number of pieces of replies that wait. */
  get waiting(): number {
    return this.#delayed?.length ?? 0;
  }

  /** Sends the client what waits, and forwards again. */
  deliver(): void {
    const waiting = this.#delayed ?? [];
    this.#delayed = undefined;
    for (const send of waiting) send();
  }

  /** Breaks every connection. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  #accept(client: Socket): void {
    const node = dial(this.#target.port, this.#target.host);
    const pair = [client, node] as const;
    this.#pairs.add(pair);
    client.on("data", (bytes) => {
      node.write(bytes);
    });
    node.on("data", (bytes) => {
      if (this.#delayed !== undefined) this.#delayed.push(() => client.write(bytes));
      else if (!this.#holding) client.write(bytes);
    });
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#pairs.delete(pair);
        client.destroy();
        node.destroy();
      });
    }
  }
}
