import { z } from "zod";
import type { Link, NodeId } from "../../core/op.ts";
import type { Delays } from "./delays.ts";
import { run, succeeds } from "./shell.ts";

interface Slow {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly delayMs: number;
  readonly jitterMs: number;
}

export interface NetemOptions {
  /** Put before `tc` to reach the devices. */
  readonly enter: readonly string[];
  /** The device through which everything reaches a node. */
  device(node: NodeId): string;
  address(node: NodeId): string;
}

const statistics = z.array(
  z.looseObject({ kind: z.string(), handle: z.string(), packets: z.number().default(0) }),
);

/**
 * Delays by the kernel's netem, on the device that leads to each receiver: a band of its own for every sender that is
 * slow, the first band for all others.
 */
export class NetemDelays implements Delays {
  readonly #options: NetemOptions;
  readonly #slow = new Map<string, Slow>();

  constructor(options: NetemOptions) {
    this.#options = options;
  }

  /** Whether the kernel has what it takes; `enter` reaches a namespace that nothing else uses yet. */
  static async works(enter: readonly string[]): Promise<boolean> {
    const tc = [...enter, "tc"];
    const added =
      (await succeeds([...tc, ..."qdisc add dev lo root handle 1: prio bands 2".split(" ")])) &&
      (await succeeds([...tc, ..."qdisc add dev lo parent 1:2 handle 2: netem delay 1ms".split(" ")]));
    await succeeds([...tc, ..."qdisc del dev lo root".split(" ")]);
    return added;
  }

  async slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void> {
    for (const [from, to] of links) this.#slow.set(`${from} -> ${to}`, { from, to, delayMs, jitterMs });
    const receivers = new Set(links.map(([, to]) => to));
    for (const receiver of receivers) await this.#rebuild(receiver);
  }

  async heal(): Promise<void> {
    const receivers = new Set([...this.#slow.values()].map(({ to }) => to));
    this.#slow.clear();
    for (const receiver of receivers) await this.#rebuild(receiver);
  }

  async proof(): Promise<string[]> {
    const receivers = new Set([...this.#slow.values()].map(({ to }) => to));
    const seen = await Promise.all([...receivers].map((receiver) => this.#proofAt(receiver)));
    return seen.flat();
  }

  async close(): Promise<void> {}

  #sendersTo(receiver: NodeId): Slow[] {
    return [...this.#slow.values()].filter(({ to }) => to === receiver);
  }

  async #rebuild(receiver: NodeId): Promise<void> {
    const device = this.#options.device(receiver);
    const senders = this.#sendersTo(receiver);
    await succeeds([...this.#options.enter, "tc", "qdisc", "del", "dev", device, "root"]);
    if (senders.length === 0) return;
    const firstBandForAll = Array(16).fill("0").join(" ");
    const commands = [
      `qdisc add dev ${device} root handle 1: prio bands ${senders.length + 1} priomap ${firstBandForAll}`,
      ...senders.flatMap(({ from, delayMs, jitterMs }, i) => [
        `qdisc add dev ${device} parent 1:${i + 2} handle ${i + 2}: netem delay ${delayMs + jitterMs / 2}ms ${jitterMs / 2}ms`,
        `filter add dev ${device} parent 1: protocol ip prio 1 u32 match ip src ${this.#options.address(from)}/32 flowid 1:${i + 2}`,
      ]),
    ];
    await run([...this.#options.enter, "tc", "-batch", "-"], { input: `${commands.join("\n")}\n` });
  }

  async #proofAt(receiver: NodeId): Promise<string[]> {
    const device = this.#options.device(receiver);
    const text = await run([...this.#options.enter, "tc", "-s", "-j", "qdisc", "show", "dev", device]);
    const packets = new Map(
      statistics.parse(JSON.parse(text)).map((qdisc) => [qdisc.handle, qdisc.packets] as const),
    );
    return this.#sendersTo(receiver).flatMap(({ from, to }, i) => {
      const delayed = packets.get(`${i + 2}:`) ?? 0;
      return delayed > 0 ? [`${from} -> ${to} delayed ${delayed} packets`] : [];
    });
  }
}
