/**
 * Looks after a run while it goes on: who leads, what the nodes use, whether one died by itself; and tells how far the
 * run is.
 */
import type { Observer } from "../../adapters/client/observer.ts";
import { sleep } from "../../core/clock.ts";
import type { NodeId } from "../../core/op.ts";
import { millis, type Nanos, nanos, toSeconds } from "../../core/time.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { TrialContext } from "./context.ts";
import type { Stage } from "./progress.ts";
import { assertAlive } from "./readiness.ts";

/** Of the leader, the nodes' lives, the live line and the flush of the records. */
const tick = millis(200);
const ticksPerUsage = 5;
/** A node that does not say in this time who leads knows nothing worth waiting for. */
const leaderTimeoutMs = 500;

export class Watch {
  readonly #context: TrialContext;
  readonly #cluster: Cluster;
  readonly #observer: Observer;
  readonly #faults: () => readonly string[];
  readonly #stopped = new AbortController();
  #stage: { name: Stage; until: Nanos } = { name: "main", until: nanos(0) };
  #leader: NodeId | undefined;
  /** When the newest question was asked whose answer was taken; undefined before the first. */
  #askedAt: Nanos | undefined;
  /** Questions that are not answered yet: a slow answer holds up neither the tick nor the others. */
  readonly #asking = new Map<string, Promise<void>>();
  #loop: Promise<void> = Promise.resolve();

  constructor(context: TrialContext, cluster: Cluster, observer: Observer, faults: () => readonly string[]) {
    this.#context = context;
    this.#cluster = cluster;
    this.#observer = observer;
    this.#faults = faults;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** A new stage, that ends at `until`, a reading of the clock, at the latest. */
  stage(name: Stage, until: Nanos): void {
    this.#stage = { name, until };
  }

  /** The node that leads now, by the system's own means. */
  async leader(): Promise<NodeId | undefined> {
    const { connect } = this.#context;
    const timeoutMs = Math.min(connect.timeoutMs, leaderTimeoutMs);
    const asked = this.#context.recorder.now();
    const leader = await this.#observer.leader({ timeoutMs });
    this.#saw(leader, asked);
    return leader;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
    await Promise.all(this.#asking.values());
  }

  async #run(): Promise<void> {
    const { deps, dir, end } = this.#context;
    for (let n = 0; !this.#stopped.signal.aborted; n++) {
      await assertAlive(this.#cluster.nodes).catch(end.fail);
      this.#ask("leader", () => this.leader());
      if (n % ticksPerUsage === 0) this.#ask("usage", () => this.#sampleUsage());
      dir.flush();
      this.#tell();
      await sleep(deps.clock, tick, this.#stopped.signal).catch(() => {});
    }
  }

  /** Asks, unless the same question waits for its answer. */
  #ask(question: string, ask: () => Promise<unknown>): void {
    if (this.#asking.has(question)) return;
    const asked = ask()
      .catch(this.#context.end.fail)
      .then(() => void this.#asking.delete(question));
    this.#asking.set(question, asked);
  }

  async #sampleUsage(): Promise<void> {
    const { recorder, dir } = this.#context;
    await Promise.all(
      this.#cluster.nodes.map(async (node) => {
        // A node may go while it is asked: then there is nothing to tell of it.
        const usage = await node.usage().catch(() => undefined);
        if (usage !== undefined) dir.usage({ time: recorder.now(), node: node.id, ...usage });
      }),
    );
  }

  #saw(leader: NodeId | undefined, asked: Nanos): void {
    const before = this.#askedAt;
    // A slow answer may be older than one that came before it.
    if (before !== undefined && asked < before) return;
    // An answer that comes after the end says nothing of the run.
    if (this.#stopped.signal.aborted) return;
    this.#askedAt = asked;
    if (before !== undefined && leader === this.#leader) return;
    this.#leader = leader;
    const since = before === undefined ? {} : { since: before };
    this.#context.recorder.harness({ f: "leader", value: leader ?? null, ...since });
    this.#context.deps.onProgress({ type: "leader", ...(leader !== undefined && { node: leader }) });
  }

  #tell(): void {
    const { deps, recorder } = this.#context;
    const left = toSeconds(nanos(this.#stage.until - deps.clock.now()));
    deps.onProgress({
      type: "tick",
      stage: this.#stage.name,
      secondsLeft: Math.max(0, left),
      counts: recorder.counts,
      faults: this.#faults(),
      ...(this.#leader !== undefined && { leader: this.#leader }),
    });
  }
}
