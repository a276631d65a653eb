/** Watches a run in progress: leader, resource usage, nodes that exited. Also reports the progress. */
import type { Observer } from "../../adapters/client/observer.ts";
import { sleep } from "../../core/clock.ts";
import type { NodeId } from "../../core/op.ts";
import { millis, type Nanos, nanos, toSeconds } from "../../core/time.ts";
import type { StruckLeader } from "../nemesis/schedule.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { TrialContext } from "./context.ts";
import { followFailover } from "./failover.ts";
import type { Stage } from "./progress.ts";
import { assertAlive } from "./readiness.ts";
import { Recent } from "./recent.ts";

/** Interval between polls of the leader and the nodes, updates of the live line, and flushes of the records. */
const tick = millis(200);
const ticksPerUsage = 5;
/** A node that does not name the leader within this time is not worth waiting for. */
const leaderTimeoutMs = 500;

export class Watch {
  readonly #context: TrialContext;
  readonly #cluster: Cluster;
  readonly #observer: Observer;
  readonly #faults: () => readonly string[];
  readonly #stopped = new AbortController();
  readonly #recent = new Recent();
  #stage: { name: Stage; until: Nanos } = { name: "main", until: nanos(0) };
  #leader: NodeId | undefined;
  /** When the newest accepted poll of the leader was sent; undefined before the first. */
  #askedAt: Nanos | undefined;
  /** Pending polls: a slow one delays neither the tick nor the others. */
  readonly #pending = new Map<string, Promise<void>>();
  #loop: Promise<void> = Promise.resolve();
  /** Whom to ask for the leader while a fault lasts that struck it; undefined: all. */
  #unstruck: readonly NodeId[] | undefined;

  constructor(context: TrialContext, cluster: Cluster, observer: Observer, faults: () => readonly string[]) {
    this.#context = context;
    this.#cluster = cluster;
    this.#observer = observer;
    this.#faults = faults;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Enters a stage that ends at `until` on the clock, at the latest. */
  stage(name: Stage, until: Nanos): void {
    this.#stage = { name, until };
  }

  /** Current leader according to the system itself; while a failover is followed, according to the nodes that were not struck. */
  async leader(): Promise<NodeId | undefined> {
    const { connect } = this.#context;
    const timeoutMs = Math.min(connect.timeoutMs, leaderTimeoutMs);
    const asked = this.#context.recorder.now();
    const among = this.#unstruck;
    const leader = await this.#observer.leader({ timeoutMs, ...(among !== undefined && { among }) });
    this.#saw(leader, asked);
    return leader;
  }

  /**
   * Follows a failover, to about 10 ms, until another node leads and all that were not struck serve, or the heal. Resolves with
   * which of the two it was.
   */
  async failover({ led, nodes: struck, healed }: StruckLeader): Promise<boolean> {
    const all = this.#cluster.nodes.map(({ id }) => id);
    const others = all.filter((id) => !struck.has(id));
    const nodes = others.length > 0 ? others : all;
    const ended = AbortSignal.any([healed, this.#stopped.signal]);
    this.#unstruck = nodes;
    healed.addEventListener("abort", () => {
      this.#unstruck = undefined;
    });
    const followed = followFailover({
      clock: this.#context.deps.clock,
      observer: this.#observer,
      nodes,
      led,
      saw: (leader, asked) => this.#saw(leader, this.#context.recorder.since(asked)),
      healed: ended,
    });
    this.#pending.set(
      "failover",
      followed.then(() => void this.#pending.delete("failover")),
    );
    return followed;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
    await Promise.all(this.#pending.values());
  }

  async #run(): Promise<void> {
    const { deps, dir, end } = this.#context;
    for (let n = 0; !this.#stopped.signal.aborted; n++) {
      await assertAlive(this.#cluster.nodes).catch(end.fail);
      this.#poll("leader", () => this.leader());
      if (n % ticksPerUsage === 0) this.#poll("usage", () => this.#sampleUsage());
      dir.flush();
      this.#report();
      await sleep(deps.clock, tick, this.#stopped.signal).catch(() => {});
    }
  }

  /** Starts a poll, unless the same one is still pending. */
  #poll(name: string, poll: () => Promise<unknown>): void {
    if (this.#pending.has(name)) return;
    const pending = poll()
      .catch(this.#context.end.fail)
      .then(() => void this.#pending.delete(name));
    this.#pending.set(name, pending);
  }

  async #sampleUsage(): Promise<void> {
    const { recorder, dir } = this.#context;
    await Promise.all(
      this.#cluster.nodes.map(async (node) => {
        // A node may exit while it is measured: then there is nothing to record.
        const usage = await node.usage().catch(() => undefined);
        if (usage === undefined) return;
        const syncs = await this.#observer.syncs?.(node.id, { timeoutMs: leaderTimeoutMs });
        dir.usage({ time: recorder.now(), node: node.id, ...usage, ...(syncs !== undefined && { syncs }) });
      }),
    );
  }

  #saw(leader: NodeId | undefined, asked: Nanos): void {
    const before = this.#askedAt;
    // A slow answer may be older than the previous one.
    if (before !== undefined && asked < before) return;
    // An answer after the end says nothing about the run.
    if (this.#stopped.signal.aborted) return;
    this.#askedAt = asked;
    if (before !== undefined && leader === this.#leader) return;
    this.#leader = leader;
    const since = before === undefined ? {} : { since: before };
    this.#context.recorder.harness({ f: "leader", value: leader ?? null, ...since });
    this.#context.deps.onProgress({ type: "leader", ...(leader !== undefined && { node: leader }) });
  }

  #report(): void {
    const { deps, recorder } = this.#context;
    const left = toSeconds(nanos(this.#stage.until - deps.clock.now()));
    const { counts } = recorder;
    const isLoaded = this.#stage.name === "main" || this.#stage.name === "quiet";
    const speed = isLoaded
      ? this.#recent.note({ at: recorder.now(), ok: counts.ok, latency: recorder.latency })
      : undefined;
    deps.onProgress({
      type: "tick",
      stage: this.#stage.name,
      secondsLeft: Math.max(0, left),
      counts,
      ...(speed !== undefined && { speed }),
      faults: this.#faults(),
      ...(this.#leader !== undefined && { leader: this.#leader }),
    });
  }
}
