/**
 * Nodes die and come back one by one, and the leader dies in between. Followers are killed first and fall behind; then,
 * round by round, the leader is killed and the node that has been dead the longest is started. After a few rounds the
 * cluster is led by a node that was behind itself, and which has to bring up others that are: whatever was only half
 * replicated, or replicated wrongly, is handed on. A kill of several nodes that return together never makes that.
 */
import { sleep } from "../../core/clock.ts";
import { millis } from "../../core/time.ts";
import type { ClusterNode } from "../runtimes/runtime.ts";
import { minoritySize } from "./links.ts";
import type { Injected, Nemesis, Target } from "./nemesis.ts";
import { names } from "./victims.ts";

/** How long the nodes that are left write on before the next one dies: long enough for the dead to fall behind. */
const writing = millis(700);
const pollInterval = millis(100);

export const restartStaggered: Nemesis = {
  name: "restart-staggered",
  summary: "kills followers, then leader after leader, and starts the longest dead one each time",
  requires: new Set(["kill", "restart"]),
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
      summary: `restart staggered: ${names(first).join(" ")} first, then whoever leads`,
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
  /** Killed and not started again, the longest dead first. */
  readonly #dead: ClusterNode[] = [];
  readonly #seen: string[] = [];
  #failure: { readonly reason: unknown } | undefined;
  #going: Promise<void> = Promise.resolve();

  constructor(target: Target) {
    this.#target = target;
  }

  /** The processes that are gone so far. */
  get proof(): string {
    return this.#seen.join("; ");
  }

  /** Kills the first victims, and goes on by itself. Where one cannot be killed, all are started again. */
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

  /** Starts who is still dead, in the order in which they died. Rejects where a round had failed. */
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

  /** Who leads, as soon as somebody does whom this fault may strike. */
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
    this.#seen.push(await node.kill());
  }

  async #startLongestDead(): Promise<void> {
    const node = this.#dead.shift();
    if (node?.state() === "killed") await node.start();
  }
}
