import { join } from "node:path";
import type { Address, Deployment, NodeView, PeerView } from "../../../adapters/deployment.ts";
import { assert } from "../../../core/assert.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { Fault } from "../../../core/fault.ts";
import type { NodeId } from "../../../core/op.ts";
import { createRandom, type Random } from "../../../core/random.ts";
import { nodeIds, nodeView } from "../node-view.ts";
import type { Cluster, Network, Runtime, RuntimeContext, Topology } from "../runtime.ts";
import { ChildNode } from "./child-node.ts";
import { removeDeadRuns } from "./leftovers.ts";
import { Mesh } from "./mesh.ts";
import { claimPort, releasePort } from "./ports.ts";
import { Supervisor } from "./supervisor.ts";

const host = "127.0.0.1";

const faults: ReadonlySet<Fault> = new Set<Fault>([
  "link-cut",
  "link-delay",
  "link-hold",
  "kill",
  "pause",
  "restart",
]);

/**
 * Nodes as child processes on 127.0.0.1, each reaching its peers through proxies of ours. Needs no privileges and runs
 * wherever Node does, macOS included.
 */
export const loopback: Runtime = {
  name: "loopback",
  summary: "child processes on 127.0.0.1, a proxy on every peer link; no privileges",
  faults,

  async missing(deployment) {
    const udp = Object.entries(deployment.ports).find(([, port]) => port.for === "peer" && port.udp);
    if (udp !== undefined)
      return `its nodes also use UDP (port ${udp[0]}), which the proxies of loopback do not support: use --runtime netns or testcontainers`;
    if (deployment.commonAddresses)
      return "its members must reach each other at the same addresses, but the proxies of loopback differ for each node: use --runtime netns or testcontainers";
    const installed = await deployment.installed();
    return installed.length === 0 ? `not installed: ${deployment.installHint}` : undefined;
  },

  async start(deployment, topology, context) {
    const supervisor = new Supervisor(topology.runId);
    supervisor.ownDirectory(topology.dataDir);
    const random = createRandom(process.pid).fork(topology.runId);
    const ids = nodeIds(topology.size);
    try {
      const seed = random.fork("jitter").integer(0, 2 ** 31);
      const mesh = await Mesh.start(supervisor, { nodes: ids, seed }, topology.dataDir);
      const ports = new Ports(random.fork("ports"), supervisor);
      const listen = await listenAddresses(ids, deployment, ports);
      const proxies = new Proxies(mesh, ports);
      const nodes: ChildNode[] = [];
      for (const [i, id] of ids.entries()) {
        const places = {
          dataDir: join(topology.dataDir, id),
          listen: listen.get(id) ?? {},
          peers: await peerViews(id, ids, deployment, listen, proxies),
        };
        const view = nodeView(id, i + 1, topology, places);
        nodes.push(childNode(view, deployment, topology, context, supervisor));
      }
      await Promise.all([...nodes.map((node) => node.start()), proxies.opened()]);
      return { nodes, network: networkOf(mesh), stop: () => supervisor.close() } satisfies Cluster;
    } catch (reason) {
      await supervisor.close();
      throw reason;
    }
  },

  clean: async () => removeDeadRuns(),
};

type Listen = ReadonlyMap<NodeId, Readonly<Record<string, Address>>>;

/** Ports of the run. */
class Ports {
  readonly #random: Random;
  readonly #supervisor: Supervisor;

  constructor(random: Random, supervisor: Supervisor) {
    this.#random = random;
    this.#supervisor = supervisor;
  }

  async claim(): Promise<Address> {
    const port = await claimPort(this.#random);
    this.#supervisor.atClose(async () => releasePort(port));
    return { host, port };
  }
}

/** Proxies whose addresses are known before they listen: nodes start while the process of the proxies does, and dial again. */
class Proxies {
  readonly #mesh: Mesh;
  readonly #ports: Ports;
  readonly #opening: Promise<Address>[] = [];

  constructor(mesh: Mesh, ports: Ports) {
    this.#mesh = mesh;
    this.#ports = ports;
  }

  /** Resolves with the address at which `from` will reach the port of `to`. */
  async open(from: NodeId, to: NodeId, target: Address): Promise<Address> {
    const address = await this.#ports.claim();
    const opening = this.#mesh.open(from, to, target, address.port);
    // Reported by `opened`.
    opening.catch(() => {});
    this.#opening.push(opening);
    return address;
  }

  /** Resolves when all listen. */
  async opened(): Promise<void> {
    await Promise.all(this.#opening);
  }
}

async function listenAddresses(
  ids: readonly NodeId[],
  deployment: Deployment,
  ports: Ports,
): Promise<Listen> {
  const listen = new Map<NodeId, Record<string, Address>>();
  for (const id of ids) {
    const addresses: Record<string, Address> = {};
    for (const name of Object.keys(deployment.ports)) addresses[name] = await ports.claim();
    listen.set(id, addresses);
  }
  return listen;
}

/** Peer ports are reached through a proxy of the link's own, the others directly. */
async function peerViews(
  id: NodeId,
  ids: readonly NodeId[],
  deployment: Deployment,
  listen: Listen,
  proxies: Proxies,
): Promise<PeerView[]> {
  const peers: PeerView[] = [];
  for (const [i, peer] of ids.entries()) {
    if (peer === id) continue;
    const addresses: Record<string, Address> = {};
    for (const [name, address] of Object.entries(listen.get(peer) ?? {}))
      addresses[name] =
        deployment.ports[name]?.for === "peer" ? await proxies.open(id, peer, address) : address;
    peers.push({ id: peer, index: i + 1, addresses });
  }
  return peers;
}

function childNode(
  node: NodeView,
  deployment: Deployment,
  topology: Topology,
  context: RuntimeContext,
  supervisor: Supervisor,
): ChildNode {
  const address = node.listen[deployment.clientPort];
  assert(address !== undefined, `${topology.system} has no port ${deployment.clientPort}`);
  return new ChildNode({
    id: node.id,
    endpoint: { node: node.id, ...address },
    addresses: node.listen,
    launch: deployment.launch(node),
    dataDir: node.dataDir,
    logFile: join(topology.logDir, `${node.id}.log`),
    supervisor,
    clock: context.clock,
  });
}

function networkOf(mesh: Mesh): Network {
  return {
    cut: (links) => mesh.cut(links),
    hold: (links) => mesh.hold(links),
    mend: (links, spreadMs) => mesh.mend(links, spreadMs),
    // The proxies do it whenever a cut heals.
    breakConnections: async () => {},
    slow: (links, delayMs, jitterMs) => mesh.slow(links, delayMs, jitterMs),
    cutClients: () => cannot("cut clients off"),
    lose: () => cannot("lose packets"),
    heal: () => mesh.heal(),
    proof: () => mesh.proof(),
  };
}

const cannot = (what: string): Promise<never> =>
  Promise.reject(new CouldNotRunError(`loopback cannot ${what}: use --runtime netns or testcontainers`));
