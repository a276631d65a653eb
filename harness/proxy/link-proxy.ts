/**
 * The process of a link proxy: stands before one node's peer ports, inside the node's network namespace, and delays or holds
 * what peers and node say to each other over the connections that the peers dialled. Speaks link-protocol.ts; ends when its
 * standard input does.
 */
import { createInterface } from "node:readline";
import { unreachable } from "../../core/assert.ts";
import type { NodeId } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { realClock } from "../../core/real-clock.ts";
import { type LinkAnswer, linkCommand, linkProxySpec } from "./link-protocol.ts";
import { createLinkState, healLink, type LinkState } from "./link-state.ts";
import { PeerProxy } from "./peer-proxy.ts";

const spec = linkProxySpec.parse(JSON.parse(process.argv[2] ?? ""));
const random = createRandom(spec.seed);
const clock = realClock();
const links = new Map<string, LinkState>();
const proxies: PeerProxy[] = [];

function linkBetween(from: NodeId, to: NodeId): LinkState {
  const name = `${from} -> ${to}`;
  const link = links.get(name) ?? createLinkState(from, to);
  links.set(name, link);
  return link;
}

function perform(line: string): LinkAnswer["seen"] {
  const command = linkCommand.parse(JSON.parse(line));
  switch (command.do) {
    case "slow": {
      const { delayMs, jitterMs } = command;
      for (const [from, to] of command.links) Object.assign(linkBetween(from, to), { delayMs, jitterMs });
      return [];
    }
    case "hold":
      for (const [from, to] of command.links) linkBetween(from, to).held = true;
      return [];
    case "mend": {
      const { spreadMs } = command;
      for (const [from, to] of command.links) Object.assign(linkBetween(from, to), { held: false, spreadMs });
      for (const proxy of proxies) proxy.heal();
      return [];
    }
    case "heal":
      for (const link of links.values()) healLink(link);
      for (const proxy of proxies) proxy.heal();
      return [];
    case "proof":
      return [...links.values()].map(({ from, to, delayedWrites, heldWrites, heldBytes, heldConnects }) => ({
        link: [from, to],
        delayedWrites,
        heldWrites,
        heldBytes,
        heldConnects,
      }));
    default:
      return unreachable(command);
  }
}

const answer = (seen: LinkAnswer["seen"]): void => console.log(JSON.stringify({ seen } satisfies LinkAnswer));

for (const { listen, target } of spec.ports) {
  const proxy = await PeerProxy.listen({
    listen: { host: "0.0.0.0", port: listen },
    target,
    links: (remoteAddress) => {
      const peer = spec.peers[remoteAddress] ?? spec.node;
      return { forward: linkBetween(peer, spec.node), backward: linkBetween(spec.node, peer) };
    },
    clock,
    random: random.fork(`${listen}`),
  });
  proxies.push(proxy);
}
createInterface({ input: process.stdin })
  .on("line", (line) => answer(perform(line)))
  .on("close", () => process.exit());
answer([]);
