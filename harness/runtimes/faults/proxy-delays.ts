import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { Link, NodeId } from "../../../core/op.ts";
import { programCommand } from "../../../core/program/node-program.ts";
import { count } from "../../../core/wording.ts";
import {
  type DelayAnswer,
  type DelayCommand,
  type DelayProxySpec,
  delayAnswer,
} from "../../proxy/delay-protocol.ts";
import { run } from "../process/shell.ts";
import type { Delays } from "./delays.ts";

/** Distance from a redirected port to the port of its proxy. */
const proxyPortOffset = 10_000;

const script = new URL("../../proxy/delay-proxy.ts", import.meta.url);

type Delayed = DelayAnswer["delayed"];

export interface ProxiedNode {
  readonly id: NodeId;
  readonly address: string;
  /** Prefix of a command that runs in the node's network namespace. */
  readonly enter: readonly string[];
}

/**
 * Delays links without netem: in each node's namespace, connections from peers to its TCP peer ports are redirected to a proxy
 * that forwards them. The proxies must start before the nodes, because existing connections are not redirected. UDP is not
 * delayed.
 */
export class ProxyDelays implements Delays {
  readonly #proxies: readonly DelayProxyProcess[];

  private constructor(proxies: readonly DelayProxyProcess[]) {
    this.#proxies = proxies;
  }

  /** Resolves when every proxy listens. Rejects with CouldNotRunError. */
  static async start(
    nodes: readonly ProxiedNode[],
    peerPorts: readonly number[],
    seed: number,
  ): Promise<ProxyDelays> {
    const proxies = nodes.map((node) => {
      const peers = Object.fromEntries(
        nodes.filter((peer) => peer !== node).map((peer) => [peer.address, peer.id]),
      );
      const ports = peerPorts.map((port) => ({
        listen: port + proxyPortOffset,
        target: { host: node.address, port },
      }));
      return new DelayProxyProcess(node, { node: node.id, peers, ports, seed });
    });
    const delays = new ProxyDelays(proxies);
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

  async heal(): Promise<void> {
    await this.#sendAll({ do: "heal" });
  }

  async proof(): Promise<string[]> {
    // A link has two proxies, one at each end, because either node may dial.
    const writes = new Map<string, number>();
    for (const { link, writes: more } of (await this.#sendAll({ do: "proof" })).flat()) {
      const name = link.join(" -> ");
      writes.set(name, (writes.get(name) ?? 0) + more);
    }
    return [...writes].filter(([, n]) => n > 0).map(([name, n]) => `${name} delayed ${count(n, "write")}`);
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }

  #sendAll(command: DelayCommand): Promise<Delayed[]> {
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

class DelayProxyProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting: { resolve(delayed: Delayed): void; reject(reason: Error): void }[] = [];
  readonly #ready: Promise<Delayed>;

  constructor(node: ProxiedNode, spec: DelayProxySpec) {
    const [command = "", ...args] = [...node.enter, ...programCommand(script), JSON.stringify(spec)];
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#ready = this.#nextAnswer();
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on("line", (line) =>
        this.#waiting.shift()?.resolve(delayAnswer.parse(JSON.parse(line)).delayed),
      );
    this.#child.stdin?.on("error", () => {});
    this.#ended = new Promise((resolve) => {
      const end = (cause?: Error) => {
        const error = new CouldNotRunError(`the delay proxy of ${node.id} exited`, { cause });
        for (const { reject } of this.#waiting.splice(0)) reject(error);
        resolve();
      };
      this.#child.once("error", end);
      this.#child.once("exit", () => end());
    });
  }

  async ready(): Promise<void> {
    await this.#ready;
  }

  send(command: DelayCommand): Promise<Delayed> {
    const answered = this.#nextAnswer();
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    return answered;
  }

  async close(): Promise<void> {
    this.#ready.catch(() => {});
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  #nextAnswer(): Promise<Delayed> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}
