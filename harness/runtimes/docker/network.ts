import { assert } from "../../../core/assert.ts";
import type { Link, NodeId } from "../../../core/op.ts";
import { endConnections, peersOn } from "../faults/connections.ts";
import type { Delays } from "../faults/delays.ts";
import { FaultRules, type Path } from "../faults/nft-rules.ts";
import type { Network } from "../runtime.ts";
import type { Pod } from "./pod.ts";

/** Network faults between pods, applied in the pod that receives the packets or, for packets to clients, in the pod that sends them. */
export class PodNetwork implements Network {
  readonly #pods: ReadonlyMap<NodeId, Pod>;
  readonly #rules: ReadonlyMap<NodeId, FaultRules>;
  readonly #clientAddress: string;
  readonly #delays: Delays | undefined;

  /** `clientAddress` is the source of clients' packets: the address of the Docker host on the network. */
  constructor(pods: readonly Pod[], clientAddress: string, delays: Delays | undefined) {
    this.#pods = new Map(pods.map((pod) => [pod.node, pod]));
    this.#rules = new Map(pods.map((pod) => [pod.node, new FaultRules(pod.exec, "inet")]));
    this.#clientAddress = clientAddress;
    this.#delays = delays;
  }

  async install(): Promise<void> {
    await this.#everywhere((rules) => rules.install());
  }

  async cut(links: readonly Link[]): Promise<void> {
    await this.#everywhere((rules, node) => rules.cut(this.#pathsTo(node, links)));
  }

  async breakConnections(links: readonly Link[]): Promise<void> {
    await Promise.all(
      [...this.#pods.values()].map((pod) =>
        endConnections(
          pod.exec,
          peersOn(links, pod.node).map((peer) => this.#pod(peer).address),
        ),
      ),
    );
  }

  async cutClients(nodes: readonly NodeId[]): Promise<void> {
    const clients = this.#clientAddress;
    await this.#everywhere((rules, node) => {
      const { address } = this.#pod(node);
      return nodes.includes(node)
        ? rules.cut([
            { name: `clients -> ${node}`, from: clients, to: address },
            { name: `${node} -> clients`, from: address, to: clients },
          ])
        : Promise.resolve();
    });
  }

  async slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void> {
    assert(this.#delays !== undefined, "link-delay is not among the faults of the run");
    await this.#delays.slow(links, delayMs, jitterMs);
  }

  async lose(links: readonly Link[], percent: number): Promise<void> {
    await this.#everywhere((rules, node) => rules.lose(this.#pathsTo(node, links), percent));
  }

  async mend(links: readonly Link[]): Promise<void> {
    await this.#everywhere((rules, node) => rules.mend(this.#pathsTo(node, links)));
  }

  async heal(): Promise<void> {
    await Promise.all([this.#everywhere((rules) => rules.heal()), this.#delays?.heal()]);
  }

  async proof(): Promise<string | undefined> {
    const seen = await Promise.all([
      ...[...this.#rules.values()].map((rules) => rules.proof()),
      this.#delays?.proof(),
    ]);
    const all = seen.flatMap((lines) => lines ?? []);
    return all.length > 0 ? all.join("; ") : undefined;
  }

  async #everywhere(change: (rules: FaultRules, node: NodeId) => Promise<void>): Promise<void> {
    await Promise.all([...this.#rules].map(([node, rules]) => change(rules, node)));
  }

  #pathsTo(node: NodeId, links: readonly Link[]): Path[] {
    return links
      .filter(([, to]) => to === node)
      .map(([from, to]) => ({
        name: `${from} -> ${to}`,
        from: this.#pod(from).address,
        to: this.#pod(to).address,
      }));
  }

  #pod(node: NodeId): Pod {
    const pod = this.#pods.get(node);
    assert(pod !== undefined, `no node ${node}`);
    return pod;
  }
}
