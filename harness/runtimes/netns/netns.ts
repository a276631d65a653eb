import { join } from "node:path";
import type { Address, Deployment, PeerView } from "../../../adapters/deployment.ts";
import { assert } from "../../../core/assert.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { Fault } from "../../../core/fault.ts";
import type { Link, NodeId } from "../../../core/op.ts";
import { endConnections, peersOn } from "../faults/connections.ts";
import { LinkProxies } from "../faults/link-proxies.ts";
import { LinkShaping } from "../faults/link-shaping.ts";
import { NetemDelays } from "../faults/netem-delays.ts";
import { FaultRules, type Path } from "../faults/nft-rules.ts";
import { nodeIds, nodeView } from "../node-view.ts";
import { ChildNode } from "../process/child-node.ts";
import { removeDeadRuns } from "../process/leftovers.ts";
import { run } from "../process/shell.ts";
import { Supervisor } from "../process/supervisor.ts";
import type { ClientSource, Cluster, Network, Runtime, RuntimeContext, Topology } from "../runtime.ts";
import { NamespaceBridge, type NodeSpace } from "./bridge.ts";
import { insideNamespaces, namespacesMissing } from "./reexec.ts";

const faults: ReadonlySet<Fault> = new Set<Fault>([
  "link-cut",
  "client-cut",
  "worker-cut",
  "link-delay",
  "link-hold",
  "packet-loss",
  "kill",
  "pause",
  "restart",
]);

/**
 * Nodes as child processes, each in its own network namespace with the system's usual ports, joined by a bridge that cuts,
 * drops and delays; proxies hold. Runs inside the namespaces of reexec.ts, as root or as an ordinary user.
 */
export const netns: Runtime = {
  name: "netns",
  summary: "child processes, one Linux network namespace each; root or rootless",
  faults,

  async missing(deployment) {
    const lacking = await namespacesMissing();
    if (lacking !== undefined) return lacking;
    const installed = await deployment.installed();
    return installed.length === 0 ? `not installed: ${deployment.installHint}` : undefined;
  },

  async start(deployment, topology, context) {
    if (!insideNamespaces())
      throw new CouldNotRunError(
        "netns must run inside its own namespaces: start it with reexecInNamespaces",
      );
    const supervisor = new Supervisor(topology.runId);
    supervisor.ownDirectory(topology.dataDir);
    try {
      const bridge = await NamespaceBridge.create(nodeIds(topology.size), topology.workers);
      supervisor.atClose(() => bridge.destroy());
      const rules = new FaultRules(bridge.exec, "bridge");
      await rules.install();
      const shaping = await shapingOn(bridge, deployment, topology);
      supervisor.atClose(() => shaping.close());
      const nodes = startable(bridge, deployment, topology, context, supervisor);
      await Promise.all(nodes.map((node) => node.start()));
      return {
        nodes,
        workerAddresses: bridge.workerAddresses,
        network: networkOf(bridge, rules, shaping),
        stop: () => supervisor.close(),
      } satisfies Cluster;
    } catch (reason) {
      await supervisor.close();
      throw reason;
    }
  },

  clean: async () => removeDeadRuns(),
};

function shapingOn(
  bridge: NamespaceBridge,
  deployment: Deployment,
  topology: Topology,
): Promise<LinkShaping> {
  return LinkShaping.prepare(topology.faults, {
    async netem() {
      if (!(await NetemDelays.works(bridge.exec))) return undefined;
      return new NetemDelays(([from, to]) => ({
        exec: bridge.exec,
        device: bridge.port(to),
        match: `src ${spaceOf(bridge, from).address}/32`,
      }));
    },
    proxies() {
      const nodes = [...bridge.spaces].map(([id, { namespace, address }]) => ({
        id,
        address,
        enter: NamespaceBridge.enter(namespace),
      }));
      const peerPorts = Object.values(deployment.ports)
        .filter((port) => port.for === "peer")
        .map((port) => port.number);
      return LinkProxies.start(nodes, peerPorts, topology.size);
    },
  });
}

function startable(
  bridge: NamespaceBridge,
  deployment: Deployment,
  topology: Topology,
  context: RuntimeContext,
  supervisor: Supervisor,
): ChildNode[] {
  const ids = nodeIds(topology.size);
  const addresses = (node: NodeId): Record<string, Address> =>
    Object.fromEntries(
      Object.entries(deployment.ports).map(([name, port]) => [
        name,
        { host: spaceOf(bridge, node).address, port: port.number },
      ]),
    );
  return ids.map((id, i) => {
    const peers: PeerView[] = ids
      .map((peer, k) => ({ id: peer, index: k + 1, addresses: addresses(peer) }))
      .filter((peer) => peer.id !== id);
    const dataDir = join(topology.dataDir, id);
    const client = addresses(id)[deployment.clientPort];
    assert(client !== undefined, `${topology.system} has no port ${deployment.clientPort}`);
    return new ChildNode({
      id,
      endpoint: { node: id, ...client },
      addresses: addresses(id),
      launch: deployment.launch(nodeView(id, i + 1, topology, { dataDir, listen: addresses(id), peers })),
      enter: NamespaceBridge.enter(spaceOf(bridge, id).namespace),
      dataDir,
      logFile: join(topology.logDir, `${id}.log`),
      supervisor,
      clock: context.clock,
    });
  });
}

function networkOf(bridge: NamespaceBridge, rules: FaultRules, shaping: LinkShaping): Network {
  const path = ([from, to]: Link): Path => ({
    name: `${from} -> ${to}`,
    from: spaceOf(bridge, from).address,
    to: spaceOf(bridge, to).address,
  });
  const clientPaths = (node: NodeId, { name, address: source }: ClientSource): Path[] => {
    const { address } = spaceOf(bridge, node);
    return [
      { name: `${name} -> ${node}`, from: source, to: address },
      { name: `${node} -> ${name}`, from: address, to: source },
    ];
  };
  const everyClient = [bridge.clientAddress, ...bridge.workerAddresses].map(
    (address): ClientSource => ({ name: "clients", address }),
  );
  return {
    cut: (links) => rules.cut(links.map(path)),
    hold: (links) => shaping.hold(links),
    async mend(links, spreadMs) {
      await Promise.all([rules.mend(links.map(path)), shaping.mend(links, spreadMs)]);
    },
    async breakConnections(links) {
      await Promise.all(
        [...bridge.spaces].map(([node, { namespace }]) =>
          endConnections(
            (argv) => run([...NamespaceBridge.enter(namespace), ...argv]),
            peersOn(links, node).map((peer) => spaceOf(bridge, peer).address),
          ),
        ),
      );
    },
    cutClients: (nodes, worker) =>
      rules.cut(
        nodes.flatMap((node) =>
          (worker === undefined ? everyClient : [worker]).flatMap((one) => clientPaths(node, one)),
        ),
      ),
    lose: (links, percent) => rules.lose(links.map(path), percent),
    slow: (links, delayMs, jitterMs) => shaping.slow(links, delayMs, jitterMs),
    async heal() {
      await rules.heal();
      await shaping.heal();
    },
    async proof() {
      const seen = [...(await rules.proof()), ...(await shaping.proof())];
      return seen.length > 0 ? seen.join("; ") : undefined;
    },
  };
}

function spaceOf(bridge: NamespaceBridge, node: NodeId): NodeSpace {
  const space = bridge.spaces.get(node);
  assert(space !== undefined, `no node ${node}`);
  return space;
}
