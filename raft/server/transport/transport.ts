import type { Clock } from "../../../core/clock.ts";
import type { Random } from "../../../core/random.ts";
import type { MemberId, Message } from "../../core/types.ts";
import { Link } from "./link.ts";
import { Listener } from "./listener.ts";

/** Another member, and where this one reaches it. */
export interface PeerAddress {
  readonly id: MemberId;
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface TransportOptions {
  readonly self: MemberId;
  readonly clusterId: number;
  readonly listen: { readonly host: string; readonly port: number };
  readonly peers: readonly PeerAddress[];
  /** URLs at which clients reach this member; the others learn them. */
  readonly clientUrls: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (line: string) => void;
}

export interface TransportEvents {
  readonly onMessage: (message: Message) => void;
  readonly onUnreachable: (member: MemberId) => void;
}

/**
 * Messages between members over TCP. May lose, never repeats; keeps the order of what goes from one member to another,
 * but for snapshots, which others overtake.
 */
export class PeerTransport {
  readonly #options: TransportOptions;
  readonly #listener: Listener;
  readonly #links = new Map<MemberId, Link>();
  readonly #clientUrls: Map<number, readonly string[]>;
  #events: TransportEvents | undefined;

  private constructor(
    options: TransportOptions,
    listener: Listener,
    clientUrls: Map<number, readonly string[]>,
  ) {
    this.#options = options;
    this.#listener = listener;
    this.#clientUrls = clientUrls;
  }

  /** Takes the address. What comes in is dropped until `open`. Rejects if the address is taken. */
  static async bind(options: TransportOptions): Promise<PeerTransport> {
    const { self, clusterId, listen, peers, clock, log } = options;
    const clientUrls = new Map([[self as number, options.clientUrls]]);
    const ids = new Set<number>(peers.map((peer) => peer.id));
    const listener = await Listener.start({
      ...listen,
      clusterId,
      self,
      clock,
      log,
      isMember: (id) => ids.has(id),
      onHello: (hello) => clientUrls.set(hello.from, hello.clientUrls),
      onMessage: (message) => transport.#events?.onMessage(message),
    });
    const transport = new PeerTransport(options, listener, clientUrls);
    return transport;
  }

  /** Connects to the others and begins to hand over what they say. */
  open(events: TransportEvents): void {
    this.#events = events;
    const { self, clusterId, peers, clientUrls, clock, random, log } = this.#options;
    for (const { id, name, host, port } of peers) {
      const link = new Link({
        name,
        host,
        port,
        hello: { clusterId, from: self, to: id, clientUrls },
        clock,
        random: random.fork(name),
        onUnreachable: () => events.onUnreachable(id),
        log,
      });
      this.#links.set(id, link);
    }
  }

  /** The port that was bound. */
  get port(): number {
    return this.#listener.port;
  }

  /** Leaves with whatever else is sent in this turn. To a member without an address: lost. */
  send(message: Message): void {
    this.#links.get(message.to)?.send(message);
  }

  /** URLs that the member itself sent with its last hello; empty until then. */
  clientUrls(member: MemberId): readonly string[] {
    return this.#clientUrls.get(member) ?? [];
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    for (const link of this.#links.values()) link.stop();
    await this.#listener.stop();
  }
}
