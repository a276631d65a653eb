/** Cuts a follower off until the others have forgotten what it misses: it then has to take over a snapshot of another node. */
import { sleep } from "../../core/clock.ts";
import { millis } from "../../core/time.ts";
import type { ClusterNode } from "../runtimes/runtime.ts";
import { between } from "./links.ts";
import type { Injected, Nemesis, Target } from "./nemesis.ts";

/**
 * Lets the others write enough, under a preset that makes enough a little; and longer than systems keep a silent connection
 * (etcd: 5 s), in whose buffers everything would wait for the heal.
 */
const cutFor = millis(6000);
const pollInterval = millis(100);
const logLines = 2000;

export const snapshotFollower: Nemesis = {
  name: "snapshot-follower",
  summary: "cuts a follower off until it needs a snapshot, then lets it back (with --preset tight)",
  requires: new Set(["link-cut", "snapshot"]),
  leastNodes: 3,
  async inject(target) {
    const leader = await target.leader();
    const { snapshotReceived } = target;
    const free = target.cluster.nodes.filter(
      (node) => node.id !== leader && !target.held.has(node.id) && node.state() === "running",
    );
    if (leader === undefined || free.length === 0 || snapshotReceived === undefined) return undefined;
    const node = target.random.pick(free);
    const catchUp = new CatchUp(target, node, snapshotReceived);
    await catchUp.begin();
    return {
      summary: `cut ${node.id} off until it needs a snapshot`,
      nodes: [node.id],
      proof: () => catchUp.proof(),
      heal: () => catchUp.end(),
    } satisfies Injected;
  },
};

class CatchUp {
  readonly #target: Target;
  readonly #node: ClusterNode;
  readonly #received: RegExp;
  readonly #over = new AbortController();
  /** What its log said last before the cut. */
  #before: string | undefined;
  #going: Promise<void> = Promise.resolve();
  #failure: { readonly reason: unknown } | undefined;

  constructor(target: Target, node: ClusterNode, received: RegExp) {
    this.#target = target;
    this.#node = node;
    this.#received = received;
  }

  async begin(): Promise<void> {
    const { cluster } = this.#target;
    this.#before = await this.#lastLine();
    const ids = cluster.nodes.map(({ id }) => id);
    await cluster.network.cut(between(ids, [this.#node.id]));
    this.#going = this.#letBack().catch((reason: unknown) => {
      if (!this.#over.signal.aborted) this.#failure = { reason };
    });
  }

  /** What its own log says; undefined if it got no snapshot yet. */
  async proof(): Promise<string | undefined> {
    const last = await this.#lastLine();
    return last === this.#before || last === undefined ? undefined : `${this.#node.id}: ${last.trim()}`;
  }

  async end(): Promise<void> {
    this.#over.abort();
    await this.#going;
    await this.#target.cluster.network.heal();
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  async #letBack(): Promise<void> {
    const { clock, cluster } = this.#target;
    const { signal } = this.#over;
    await sleep(clock, cutFor, signal);
    await cluster.network.heal();
    while ((await this.proof()) === undefined) await sleep(clock, pollInterval, signal);
  }

  async #lastLine(): Promise<string | undefined> {
    const log = await this.#node.logTail(logLines);
    return log.split("\n").findLast((line) => this.#received.test(line));
  }
}
