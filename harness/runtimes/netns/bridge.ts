import { CouldNotRunError } from "../../../core/errors.ts";
import type { NodeId } from "../../../core/op.ts";
import { type Exec, run } from "../process/shell.ts";

/** Place of a node on the bridge. */
export interface NodeSpace {
  readonly namespace: string;
  readonly address: string;
}

/** Number of clusters that one harness can run at once: a subnet each, in 198.18.0.0/15, which is reserved for network tests. */
const slotsMax = 100;
/** The last byte of the first load worker's address. */
const firstWorker = 101;

/**
 * Settings of each namespace: connections that were cut off retry at least once a second and do not give up for two minutes,
 * so that the effect of a fault ends with the fault. Kernels without the first setting are left as they are.
 */
const quickRetries = `
{ echo 1000 > /proc/sys/net/ipv4/tcp_rto_max_ms; } 2>/dev/null || true
{ echo 120 > /proc/sys/net/ipv4/tcp_retries2; } 2>/dev/null || true`;

/** One network namespace for each node, joined by a bridge in its own namespace, which carries all traffic between nodes and harness. */
export class NamespaceBridge {
  /** Namespace of the bridge and of all rules. */
  readonly namespace: string;
  /** Source address of the harness's own clients. */
  readonly clientAddress: string;
  /** Source addresses of its load workers. */
  readonly workerAddresses: readonly string[];
  readonly spaces: ReadonlyMap<NodeId, NodeSpace>;
  readonly #clientDevice: string;

  private constructor(slot: number, nodes: readonly NodeId[], workers: number) {
    const subnet = `198.18.${100 + slot}`;
    this.namespace = bridgeName(slot);
    this.#clientDevice = `a${slot}-client`;
    this.clientAddress = `${subnet}.254`;
    this.workerAddresses = Array.from({ length: workers }, (_, i) => `${subnet}.${firstWorker + i}`);
    this.spaces = new Map(
      nodes.map((node, i) => [node, { namespace: `a${slot}-${node}`, address: `${subnet}.${11 + i}` }]),
    );
  }

  /** Creates everything. Rejects with CouldNotRunError and leaves nothing behind. */
  static async create(nodes: readonly NodeId[], workers = 0): Promise<NamespaceBridge> {
    const bridge = new NamespaceBridge(await freeSlot(), nodes, workers);
    try {
      await run(["sh", "-e"], { input: bridge.#script() });
      return bridge;
    } catch (reason) {
      await bridge.destroy();
      throw reason;
    }
  }

  /** Prefix of a command that runs in a namespace, in the same process. */
  static enter(namespace: string): string[] {
    return ["ip", "netns", "exec", namespace];
  }

  /** Runs commands in the bridge's namespace. */
  readonly exec: Exec = (argv) => run([...NamespaceBridge.enter(this.namespace), ...argv]);

  /** Device on the bridge through which all traffic reaches the node. */
  port(node: NodeId): string {
    return node;
  }

  async destroy(): Promise<void> {
    const names = [this.namespace, ...[...this.spaces.values()].map((space) => space.namespace)];
    const script = [
      `ip link del ${this.#clientDevice}`,
      ...names.map((name) => `ip netns del ${name}`),
      "true",
    ];
    await run(["sh"], { input: script.join("\n") });
  }

  #script(): string {
    const bridge = this.namespace;
    const client = this.#clientDevice;
    return [
      quickRetries,
      `ip -n ${bridge} link set lo up`,
      `ip -n ${bridge} link add br0 type bridge forward_delay 0 stp_state 0`,
      `ip -n ${bridge} link set br0 up`,
      `ip link add ${client} type veth peer name client netns ${bridge}`,
      `ip -n ${bridge} link set client master br0 up`,
      ...[this.clientAddress, ...this.workerAddresses].map(
        (address) => `ip addr add ${address}/24 dev ${client}`,
      ),
      `ip link set ${client} up`,
      ...[...this.spaces].flatMap(([node, { namespace, address }]) => [
        `ip netns add ${namespace}`,
        `ip -n ${namespace} link set lo up`,
        `ip -n ${namespace} link add eth0 type veth peer name ${this.port(node)} netns ${bridge}`,
        `ip -n ${bridge} link set ${this.port(node)} master br0 up`,
        `ip -n ${namespace} addr add ${address}/24 dev eth0`,
        `ip -n ${namespace} link set eth0 up`,
        `ip netns exec ${namespace} sh -c '${quickRetries}'`,
      ]),
    ].join("\n");
  }
}

const bridgeName = (slot: number): string => `a${slot}-bridge`;

/** Claims a slot by creating the bridge's namespace. */
async function freeSlot(): Promise<number> {
  let last: unknown;
  for (let slot = 0; slot < slotsMax; slot++) {
    try {
      await run(["ip", "netns", "add", bridgeName(slot)]);
      return slot;
    } catch (reason) {
      last = reason;
      const exists = reason instanceof CouldNotRunError && reason.message.includes("File exists");
      if (!exists) break;
    }
  }
  throw last;
}
