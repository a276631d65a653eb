import { connect, createServer, type Server, type Socket } from "node:net";
import type { Address } from "../../adapters/deployment.ts";
import type { Clock } from "../../core/clock.ts";
import { CouldNotRunError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { LinkState } from "./link-state.ts";
import { Pump } from "./pump.ts";

/** A connection through the proxy: settled (both sides up), unanswered (its handshake met a cut link) or waiting (it met a held one). */
interface Passing {
  /** A fault broke it, and neither of its links is cut any more. */
  over(): boolean;
  /** Lets what a held link kept move on where it is not held any more. */
  free?(): void;
  reset(): void;
}

/** The two directions between a node that dials and the one that is dialled. */
export interface LinkPair {
  /** Direction from the node that dials to the node that is dialled. */
  readonly forward: LinkState;
  readonly backward: LinkState;
}

export interface PeerProxyOptions {
  /** Address that the proxy listens on; port 0 is any free one. */
  readonly listen: Address;
  /** The port of the node that is dialled. */
  readonly target: Address;
  /** Links of the node whose connection came from this address. */
  links(remoteAddress: string): LinkPair;
  readonly clock: Clock;
  /** Random numbers for jitter. */
  readonly random: Random;
}

/**
 * Where nodes reach one peer's port. Bytes of the node that dialled are subject to the forward link, answers to the
 * backward link. A new connection needs both: where either is cut it is taken and never answered, as a lost SYN would
 * be, and the peer does not see it; where either is held, the peer sees it when both are free.
 */
export class PeerProxy {
  readonly #options: PeerProxyOptions;
  readonly #server: Server;
  readonly #passing = new Set<Passing>();

  private constructor(options: PeerProxyOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) =>
      this.#accept(client),
    );
  }

  /** Rejects with CouldNotRunError. */
  static async listen(options: PeerProxyOptions): Promise<PeerProxy> {
    const proxy = new PeerProxy(options);
    const { host, port } = options.listen;
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once("error", (cause) =>
        reject(new CouldNotRunError(`no proxy on ${host}:${port}: ${cause.message}`, { cause })),
      );
      proxy.#server.listen(port, host, resolve);
    });
    return proxy;
  }

  get address(): Address {
    const bound = this.#server.address();
    if (bound === null || typeof bound === "string") throw new CouldNotRunError("the proxy does not listen");
    return { host: bound.address, port: bound.port };
  }

  /**
   * To be called when links were mended. Resets the connections that a fault broke whose links carry bytes again, so that
   * their owners dial again at once; the others go on, with what was held.
   */
  heal(): void {
    for (const connection of [...this.#passing]) {
      if (connection.over()) connection.reset();
      else connection.free?.();
    }
  }

  async close(): Promise<void> {
    for (const connection of this.#passing) connection.reset();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    const links = this.#options.links(client.remoteAddress ?? "");
    if (cutLink(links) !== undefined) this.#leaveUnanswered(client, links);
    else if (heldLink(links) !== undefined) this.#letWait(client, links);
    else this.#join(client, links);
  }

  #leaveUnanswered(client: Socket, links: LinkPair): void {
    const cut = cutLink(links);
    if (cut !== undefined) cut.refusedConnects++;
    const passing: Passing = { over: () => cutLink(links) === undefined, reset: () => reset(client) };
    this.#passing.add(passing);
    client.on("error", () => {});
    client.on("end", () => client.end());
    client.on("close", () => this.#passing.delete(passing));
    client.resume();
  }

  /** The client stays paused: whatever it says meanwhile waits in the kernel. */
  #letWait(client: Socket, links: LinkPair): void {
    const held = heldLink(links);
    if (held !== undefined) held.heldConnects++;
    const onError = () => {};
    const passing: Passing = {
      over: () => false,
      free: () => {
        if (heldLink(links) !== undefined) return;
        this.#passing.delete(passing);
        client.off("error", onError);
        this.#join(client, links);
      },
      reset: () => reset(client),
    };
    this.#passing.add(passing);
    client.on("error", onError);
    client.on("close", () => this.#passing.delete(passing));
  }

  #join(client: Socket, links: LinkPair): void {
    const { forward, backward } = links;
    const { target, clock, random } = this.#options;
    const peer = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const there = new Pump(client, peer, forward, clock, random);
    const back = new Pump(peer, client, backward, clock, random);
    const passing: Passing = {
      over: () => (there.lost || back.lost) && cutLink(links) === undefined,
      free: () => {
        there.free();
        back.free();
      },
      reset: () => {
        there.stop();
        back.stop();
        reset(client);
        reset(peer);
      },
    };
    this.#passing.add(passing);
    // A closed side stays known while the other lives: a fault may have kept the news from it until the heal.
    const onClose = () => {
      if (client.destroyed && peer.destroyed) this.#passing.delete(passing);
    };
    client.on("close", onClose);
    peer.on("close", onClose);
    peer.once("connect", () => client.resume());
  }
}

const cutLink = ({ forward, backward }: LinkPair): LinkState | undefined =>
  [forward, backward].find((link) => link.cut);

const heldLink = ({ forward, backward }: LinkPair): LinkState | undefined =>
  [forward, backward].find((link) => link.held);

function reset(socket: Socket): void {
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
