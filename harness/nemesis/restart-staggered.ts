/**
 * Kills nodes and restarts them one by one, with leaders dying in between. Followers are killed first and fall behind;
 * then, round by round, the leader is killed and the node that has been dead the longest is started. After a few rounds
 * the leader is a node that was behind itself and has to catch up others: whatever was replicated incompletely or wrongly
 * spreads. Killing several nodes that return together never creates this situation.
 */
import { sleep } from "../../core/clock.ts";
import { millis } from "../../core/time.ts";
import type { ClusterNode } from "../runtimes/runtime.ts";
import type { Injected, Nemesis, Target } from "./nemesis.ts";
import { minoritySize } from "./network/links.ts";
import { names } from "./victims.ts";

/** Pause before the next kill: long enough for the dead nodes to fall behind. */
const writing = millis(700);
const pollInterval = millis(100);

export const restartStaggered: Nemesis = {
  name: "restart-staggered",
  summary:
    "kills followers, then leader after leader, each time restarting the node that was dead the longest",
  requires: new Set(["kill", "restart"]),
  leastNodes: 3,
  async inject(target) {
    const leader = await target.leader();
    if (leader === undefined) return undefined;
    const ids = names(target.cluster.nodes);
    const followers = mayDie(target).filter(({ id }) => id !== leader);
    const first = target.random.shuffle(followers).slice(0, minoritySize(ids));
    if (first.length === 0) return undefined;
    const rounds = new Rounds(target);
    await rounds.begin(first);
    return {
      summary: `restart staggered: ${names(first).join(" ")}, then leaders`,
      nodes: ids.filter((id) => !target.held.has(id)),
      proof: async () => rounds.proof,
      heal: () => rounds.end(),
    } satisfies Injected;
  },
};

const mayDie = ({ cluster, held }: Target): ClusterNode[] =>
  cluster.nodes.filter((node) => !held.has(node.id) && node.state() === "running");

class Rounds {
  readonly #target: Target;
  readonly #over = new AbortController();
  /** Nodes killed and not yet restarted, the longest dead first. */
  readonly #dead: ClusterNode[] = [];
  readonly #proofs: string[] = [];
  #failure: { readonly reason: unknown } | undefined;
  #going: Promise<void> = Promise.resolve();

  constructor(target: Target) {
    this.#target = target;
  }

  /** Evidence of all kills so far. */
  get proof(): string {
    return this.#proofs.join("; ");
  }

  /** Kills the first victims and continues in the background. If one cannot be killed, all are started again. */
  async begin(victims: readonly ClusterNode[]): Promise<void> {
    const killed = await Promise.allSettled(victims.map((node) => this.#kill(node)));
    const failed = killed.find((result) => result.status === "rejected");
    if (failed !== undefined) {
      await this.end();
      throw failed.reason;
    }
    this.#going = this.#go().catch((reason: unknown) => {
      if (!this.#over.signal.aborted) this.#failure = { reason };
    });
  }

  /** Starts the nodes that are still dead, in the order in which they died. Rejects if a round failed. */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#going;
    while (this.#dead.length > 0) await this.#startLongestDead();
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  async #go(): Promise<void> {
    const { clock } = this.#target;
    const { signal } = this.#over;
    for (;;) {
      await sleep(clock, writing, signal);
      await this.#kill(await this.#leader());
      signal.throwIfAborted();
      await this.#startLongestDead();
    }
  }

  /** Waits for a leader that this fault may strike. */
  async #leader(): Promise<ClusterNode> {
    const { clock, leader } = this.#target;
    for (;;) {
      const id = await leader();
      this.#over.signal.throwIfAborted();
      const node = mayDie(this.#target).find((each) => each.id === id);
      if (node !== undefined) return node;
      await sleep(clock, pollInterval, this.#over.signal);
    }
  }

  async #kill(node: ClusterNode): Promise<void> {
    this.#dead.push(node);
    this.#proofs.push(await node.kill());
  }

  async #startLongestDead(): Promise<void> {
    const node = this.#dead.shift();
    if (node?.state() === "killed") await node.start();
  }
}
