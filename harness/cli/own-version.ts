import type { Adapter } from "../../adapters/adapter.ts";
import type { ConnectOptions, Endpoint } from "../../adapters/client/connection.ts";
import { assertReachable } from "../runtimes/external/reach.ts";

/**
 * Asks the nodes of the user's own cluster which version they are: `3.4.23`, `3.4.23 and 3.5.16`, or `unknown` if none says.
 * Rejects with a CouldNotRunError if one is not reached.
 */
export async function versionOfNodes(
  nodes: readonly Endpoint[],
  adapter: Pick<Adapter, "version">,
  options: ConnectOptions,
): Promise<string> {
  await assertReachable(nodes, options.tls);
  const asked = nodes.map((node) => adapter.version?.(node, options));
  const versions = new Set((await Promise.all(asked)).filter((version) => version !== undefined));
  return versions.size === 0 ? "unknown" : [...versions].toSorted().join(" and ");
}
