import type { Address } from "../../adapters/deployment.ts";
import { assert } from "../../core/assert.ts";
import type { Clock } from "../../core/clock.ts";
import type { Link, NodeId } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { createLinkState, healLink, type LinkState, linkProof } from "./link-state.ts";
import { PeerProxy } from "./peer-proxy.ts";

/**
 * A proxy on every directed peer link of a cluster. A link (a, b) stands for the bytes that `a` sends to `b`, over
 * connections that either of the two dialled.
 */
export class ProxyMesh {
  readonly #links = new Map<string, LinkState>();
  readonly #proxies: PeerProxy[] = [];
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(nodes: readonly NodeId[], clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    for (const from of nodes)
      for (const to of nodes) if (from !== to) this.#links.set(name([from, to]), createLinkState(from, to));
  }

  /** Opens the proxy through which `from` reaches a port of `to`, on `port` (0: any free one); resolves with where it listens. */
  async open(from: NodeId, to: NodeId, target: Address, port = 0): Promise<Address> {
    const links = { forward: this.#link([from, to]), backward: this.#link([to, from]) };
    const proxy = await PeerProxy.listen({
      listen: { host: "127.0.0.1", port },
      target,
      links: () => links,
      clock: this.#clock,
      random: this.#random.fork(`${from}-${to}-${target.port}`),
    });
    this.#proxies.push(proxy);
    return proxy.address;
  }

  cut(links: readonly Link[]): void {
    for (const link of links) this.#link(link).cut = true;
  }

  slow(links: readonly Link[], delayMs: number, jitterMs: number): void {
    for (const link of links) Object.assign(this.#link(link), { delayMs, jitterMs });
  }

  /** What was seen of the links stays, and so do their delays. */
  mend(links: readonly Link[]): void {
    for (const link of links) this.#link(link).cut = false;
    for (const proxy of this.#proxies) proxy.heal();
  }

  heal(): void {
    for (const link of this.#links.values()) healLink(link);
    for (const proxy of this.#proxies) proxy.heal();
  }

  proof(): string | undefined {
    const seen = [...this.#links.values()].map(linkProof).filter((line) => line !== undefined);
    return seen.length > 0 ? seen.join("; ") : undefined;
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }

  #link(link: Link): LinkState {
    const state = this.#links.get(name(link));
    assert(state !== undefined, `no link ${name(link)}`);
    return state;
  }
}

const name = ([from, to]: Link): string => `${from} -> ${to}`;
