/**
 * Cuts a follower off until the others have forgotten what it misses: it then has to take over a snapshot of another node.
 * Where they keep more than it misses (etcd 3.4: 5,000 entries; ZooKeeper: 500), they are restarted meanwhile.
 */
import { sleep } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import type { Link, NodeId } from "../../core/op.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { Cluster, ClusterNode } from "../runtimes/runtime.ts";
import type { Injected, Nemesis, Target } from "./nemesis.ts";
import { between } from "./network/links.ts";
import { asOperator } from "./operator.ts";

/** Lets the others write enough, under a preset that makes enough a little. Doubled while it was not enough. */
const firstCut = millis(1500);
/** Within this time after the heal a follower takes over a snapshot, or what it misses was still there to be sent. */
const patience = millis(2000);
/** The others have to come up and elect a leader first. */
const patienceAfterRestart = millis(10_000);
const pollInterval = millis(100);
const logLines = 2000;

export const snapshotFollower: Nemesis = {
  name: "snapshot-follower",
  summary: "cuts a follower off until it needs a snapshot, then lets it back (with --preset tight)",
  requires: new Set(["link-cut", "kill", "restart", "snapshot"]),
  leastNodes: 3,
  async inject(target) {
    const { cluster, held, random, snapshotReceived } = target;
    const leader = await target.leader();
    const free = cluster.nodes.filter((node) => !held.has(node.id) && node.state() === "running");
    if (leader === undefined || snapshotReceived === undefined) return undefined;
    const leads = (await passOn(target, leader, free)) ?? leader;
    const followers = free.filter(({ id }) => id !== leads);
    if (followers.length === 0) return undefined;
    const node = random.pick(followers);
    const catchUp = new CatchUp(target, node, snapshotReceived);
    await catchUp.begin();
    return {
      get summary() {
        return catchUp.summary;
      },
      get nodes() {
        return catchUp.nodes;
      },
      proof: () => catchUp.proof(),
      heal: () => catchUp.end(),
    } satisfies Injected;
  },
};

/**
 * Lets the next node lead, where an operator can move the leader. A leader that sent a snapshot may keep its log for a while
 * (etcd: 30 s), so that the next follower that is cut off would need none. Undefined if the leader did not move.
 */
async function passOn(
  target: Target,
  leader: NodeId,
  free: readonly ClusterNode[],
): Promise<NodeId | undefined> {
  const ids = free.map(({ id }) => id);
  const to = ids[(ids.indexOf(leader) + 1) % ids.length];
  if (to === undefined || to === leader || target.held.has(leader)) return undefined;
  return asOperator(target, leader, async (admin) => {
    const member = (await admin.members()).find(({ name, voter }) => voter && name === to);
    if (admin.moveLeader === undefined || member === undefined) return undefined;
    return await admin.moveLeader(member).then(
      () => to,
      (reason: unknown) => {
        if (reason instanceof ClientError && reason.code === "unsupported") return undefined;
        throw reason;
      },
    );
  });
}

/** Clusters in which a cut was not enough once: the others keep more than a follower misses. */
const hoarders = new WeakSet<Cluster>();

class CatchUp {
  readonly #target: Target;
  readonly #node: ClusterNode;
  readonly #received: RegExp;
  readonly #over = new AbortController();
  readonly #links: readonly Link[];
  /** Nodes that were restarted so that they forget. */
  readonly #restarted = new Set<NodeId>();
  /** What its log said last before the cut. */
  #before: string | undefined;
  #going: Promise<void> = Promise.resolve();
  #failure: { readonly reason: unknown } | undefined;

  constructor(target: Target, node: ClusterNode, received: RegExp) {
    this.#target = target;
    this.#node = node;
    this.#received = received;
    this.#links = between(
      target.cluster.nodes.map(({ id }) => id),
      [node.id],
    );
  }

  get summary(): string {
    const restarts =
      this.#restarted.size === 0 ? "" : `, restarting ${[...this.#restarted].toSorted().join(" ")}`;
    return `cut ${this.#node.id} off until it needs a snapshot${restarts}`;
  }

  /** All nodes that were struck so far. */
  get nodes(): readonly NodeId[] {
    return [this.#node.id, ...[...this.#restarted].toSorted()];
  }

  async begin(): Promise<void> {
    this.#before = await this.#lastLine();
    await this.#cutOff();
    this.#going = this.#letBack().catch((reason: unknown) => {
      this.#failure = { reason };
    });
  }

  /** What its own log says; undefined if it got no snapshot yet. */
  async proof(): Promise<string | undefined> {
    const last = await this.#lastLine();
    return last === this.#before || last === undefined ? undefined : `${this.#node.id}: ${last.trim()}`;
  }

  /** A follower that is still cut off is let back now, and has its time to take over a snapshot. */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#going;
    await this.#target.cluster.network.mend(this.#links);
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  /** Otherwise all that it misses would wait in the buffers of its connections, and arrive when the cut heals. */
  async #cutOff(): Promise<void> {
    const { network } = this.#target.cluster;
    await network.cut(this.#links);
    await network.breakConnections(this.#links);
  }

  async #letBack(): Promise<void> {
    const { clock, cluster } = this.#target;
    const { signal } = this.#over;
    for (let lasting = firstCut; ; lasting = nanos(lasting * 2)) {
      await sleep(clock, lasting, signal).catch(() => {});
      const restarts = hoarders.has(cluster);
      if (restarts) await this.#restartOthers();
      // Its own links only: a fault that strikes together with this one goes on.
      await cluster.network.mend(this.#links);
      if (await this.#catchesUp(restarts ? patienceAfterRestart : patience)) return;
      hoarders.add(cluster);
      if (signal.aborted) return;
      await this.#cutOff();
    }
  }

  /** After a restart they have only what follows their last snapshot, however much they like to keep. */
  async #restartOthers(): Promise<void> {
    const { cluster, held } = this.#target;
    const others = cluster.nodes.filter(
      (node) => node !== this.#node && !held.has(node.id) && node.state() === "running",
    );
    for (const { id } of others) this.#restarted.add(id);
    await Promise.all(others.map((node) => node.kill()));
    await Promise.all(others.map((node) => node.start()));
  }

  /** Whether it takes over a snapshot in this time. */
  async #catchesUp(limit: Nanos): Promise<boolean> {
    const { clock } = this.#target;
    const deadline = clock.now() + limit;
    while ((await this.proof()) === undefined) {
      if (clock.now() >= deadline) return false;
      await sleep(clock, pollInterval);
    }
    return true;
  }

  async #lastLine(): Promise<string | undefined> {
    const log = await this.#node.logTail(logLines);
    return log.split("\n").findLast((line) => this.#received.test(line));
  }
}
