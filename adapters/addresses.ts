import { assert } from "../core/assert.ts";
import type { Address, NodeView } from "./deployment.ts";

/** `127.0.0.1:2379`, with brackets around an IPv6 host. */
export const hostPort = ({ host, port }: Address): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

/** Address that the runtime assigned to the port `name`, one of `Deployment.ports`. */
export function addressOf(addresses: Readonly<Record<string, Address>>, name: string): Address {
  const address = addresses[name];
  assert(address !== undefined, `the runtime assigned no address to port ${name}`);
  return address;
}

/** All nodes in order, with the address at which `node` reaches port `name` of each; its own as the others reach it. */
export function members(
  node: NodeView,
  name: string,
): readonly { readonly id: string; readonly index: number; readonly address: Address }[] {
  const self = { id: node.id, index: node.index, address: addressOf(node.announced ?? node.listen, name) };
  const others = node.peers.map(({ id, index, addresses }) => ({
    id,
    index,
    address: addressOf(addresses, name),
  }));
  return [self, ...others].sort((a, b) => a.index - b.index);
}
