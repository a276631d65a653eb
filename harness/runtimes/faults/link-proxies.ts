import type { Link, NodeId } from "../../../core/op.ts";
import { programCommand } from "../../../core/program/node-program.ts";
import type { LinkCommand, LinkProxySpec } from "../../proxy/link-protocol.ts";
import { createLinkState, type LinkState, linkProof } from "../../proxy/link-state.ts";
import { run } from "../process/shell.ts";
import type { Delays } from "./delays.ts";
import { LinkProxyProcess, type Seen } from "./link-proxy-process.ts";

/** Distance from a redirected port to the port of its proxy. */
const proxyPortOffset = 10_000;

const script = new URL("../../proxy/link-proxy.ts", import.meta.url);

export interface ProxiedNode {
  readonly id: NodeId;
  readonly address: string;
  /** Prefix of a command that runs in the node's network namespace. */
  readonly enter: readonly string[];
}

/**
 * Delays links without netem, and holds them: in each node's namespace, connections from peers to its TCP peer ports are
 * redirected to a proxy that forwards them. The proxies must start before the nodes, because existing connections are not
 * redirected. UDP is neither delayed nor held.
 */
export class LinkProxies implements Delays {
  readonly #proxies: readonly LinkProxyProcess[];

  private constructor(proxies: readonly LinkProxyProcess[]) {
    this.#proxies = proxies;
  }

  /** Resolves when every proxy listens. Rejects with CouldNotRunError. */
  static async start(
    nodes: readonly ProxiedNode[],
    peerPorts: readonly number[],
    seed: number,
  ): Promise<LinkProxies> {
    const proxies = nodes.map((node) => {
      const peers = Object.fromEntries(
        nodes.filter((peer) => peer !== node).map((peer) => [peer.address, peer.id]),
      );
      const ports = peerPorts.map((port) => ({
        listen: port + proxyPortOffset,
        target: { host: node.address, port },
      }));
      const spec: LinkProxySpec = { node: node.id, peers, ports, seed };
      return new LinkProxyProcess(node.id, [...node.enter, ...programCommand(script), JSON.stringify(spec)]);
    });
    const delays = new LinkProxies(proxies);
    try {
      await Promise.all(proxies.map((proxy) => proxy.ready()));
      await Promise.all(nodes.map((node) => redirect(node, nodes, peerPorts)));
      return delays;
    } catch (reason) {
      await delays.close();
      throw reason;
    }
  }

  async slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void> {
    await this.#sendAll({ do: "slow", links: links.map(([from, to]) => [from, to]), delayMs, jitterMs });
  }

  async hold(links: readonly Link[]): Promise<void> {
    await this.#sendAll({ do: "hold", links: links.map(([from, to]) => [from, to]) });
  }

  /** Lets go of what is held on these links, at once or spread over `spreadMs`; delays stay. */
  async mend(links: readonly Link[], spreadMs: number): Promise<void> {
    await this.#sendAll({ do: "mend", links: links.map(([from, to]) => [from, to]), spreadMs });
  }

  async heal(): Promise<void> {
    await this.#sendAll({ do: "heal" });
  }

  async proof(): Promise<string[]> {
    // A link has two proxies, one at each end, because either node may dial.
    const links = new Map<string, LinkState>();
    for (const { link, ...more } of (await this.#sendAll({ do: "proof" })).flat()) {
      const state = links.get(link.join()) ?? createLinkState(...link);
      links.set(link.join(), state);
      state.delayedWrites += more.delayedWrites;
      state.heldWrites += more.heldWrites;
      state.heldBytes += more.heldBytes;
      state.heldConnects += more.heldConnects;
    }
    return [...links.values()].map(linkProof).filter((line) => line !== undefined);
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }

  #sendAll(command: LinkCommand): Promise<Seen[]> {
    return Promise.all(this.#proxies.map((proxy) => proxy.send(command)));
  }
}

/** Redirect rules. The proxy's own connection to the node passes another hook, so it is not redirected again. */
async function redirect(
  node: ProxiedNode,
  nodes: readonly ProxiedNode[],
  peerPorts: readonly number[],
): Promise<void> {
  const peers = nodes.filter((peer) => peer !== node).map((peer) => peer.address);
  if (peers.length === 0) return;
  const rules = peerPorts.map(
    (port) => `ip saddr { ${peers.join(", ")} } tcp dport ${port} redirect to :${port + proxyPortOffset}`,
  );
  const table = [
    "table ip assay_delay {",
    "chain arriving {",
    "type nat hook prerouting priority dstnat; policy accept;",
    ...rules,
    "}",
    "}",
  ];
  await run([...node.enter, "nft", "-f", "-"], { input: `${table.join("\n")}\n` });
}
