/**
 * Schedule of faults. Steps take turns until the main phase is over, with gaps in which the cluster recovers. A record is
 * made when a fault begins, when it is seen to take effect, and when it is healed. Every fault is healed, however the
 * schedule ends.
 */

import { type Clock, sleep } from "../../core/clock.ts";
import type { Fault } from "../../core/fault.ts";
import type { FaultChange } from "../../core/harness-event.ts";
import type { NodeId } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { ClientHost } from "../load/clients.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { Injected, Nemesis, NemesisStep, Target } from "./nemesis.ts";
import { type Endings, leastOf, type Pace, turns } from "./pace.ts";

export interface ScheduleContext extends Pace, Endings {
  readonly steps: readonly NemesisStep[];
  readonly clock: Clock;
  readonly cluster: Cluster;
  readonly clients: Pick<ClientHost, "workers">;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** How far the schedule may run past its end, for steps that have not struck yet because the cluster recovered slowly. */
  readonly overtime: Nanos;
  leader(): Promise<NodeId | undefined>;
  /** What else a nemesis is given: see `Target`. */
  readonly operator: Pick<Target, "admin" | "compacting" | "snapshotReceived">;
  /** Resolves when the cluster is ready again after a heal, or after the longest wait. */
  recovered(): Promise<void>;
  /** Follows the failover from a leader that was struck. Resolves with whether clients were served again before the heal. */
  failover(struck: StruckLeader): Promise<boolean>;
  /** `since`: a reading of the clock, given when a fault begins and ends: from then on it may have had effects, or none. */
  onFault(name: string, change: FaultChange, since?: Nanos): void;
}

/** A fault that struck the leader. */
export interface StruckLeader {
  readonly led: NodeId;
  /** All nodes that were struck, the leader among them. */
  readonly nodes: ReadonlySet<NodeId>;
  /** Aborted when the fault is about to be healed. */
  readonly healed: AbortSignal;
}

interface Struck {
  readonly nemesis: Nemesis;
  readonly id: number;
  readonly injected: Injected;
  /** Leader just before the fault. */
  readonly led: NodeId | undefined;
  isProven: boolean;
}

/** How often to look for something to strike, and for proof that it took effect. */
const pollInterval = millis(100);
/** How long a fault goes on after clients were served again: enough of them to see that it lasts. */
const settleTime = millis(300);

/** Faults of the network; all others change what a node's process does. */
const ofNetwork: ReadonlySet<Fault> = new Set<Fault>([
  "link-cut",
  "client-cut",
  "worker-cut",
  "link-delay",
  "link-hold",
  "packet-loss",
]);

/** A node whose links are struck can be killed or paused as well. */
const strikesProcesses = ({ nemesis, injected }: Struck): boolean =>
  injected.cut === undefined && [...nemesis.requires].some((fault) => !ofNetwork.has(fault));

export class FaultSchedule {
  readonly #context: ScheduleContext;
  readonly #struck: Struck[] = [];
  #lastId = 0;

  constructor(context: ScheduleContext) {
    this.#context = context;
  }

  /** Summaries of the active faults. */
  get faults(): readonly string[] {
    return this.#struck.map(({ injected }) => injected.summary);
  }

  /**
   * Runs the steps in turn until `end` on the clock, or until each has struck as often as asked. Rejects when the signal is
   * aborted or an injection fails.
   */
  async run(end: Nanos): Promise<void> {
    const {
      clock,
      steps,
      random,
      overtime,
      signal,
      endWhenServed,
      strikes = Number.POSITIVE_INFINITY,
    } = this.#context;
    const lengths = turns(random, this.#context);
    let recovery: Promise<void> = Promise.resolve();
    for (let turn = 0; steps.length > 0; turn++) {
      if (turn >= strikes * steps.length) return;
      const { gap, fault } = lengths.next().value;
      const limit = turn < steps.length ? nanos(end + overtime) : end;
      if (clock.now() + gap + leastOf(fault) > limit) break;
      // Where faults end early, what comes after them is measured, too: the gap begins when the cluster is ready again.
      if (endWhenServed === true) await recovery;
      await Promise.all([sleep(clock, gap, signal), recovery]);
      // Read once: between two readings, a real clock goes on.
      const now = clock.now();
      const until = nanos(Math.min(now + fault, limit));
      if (until - now < leastOf(fault)) break;
      await this.#strike(steps[turn % steps.length] ?? [], random.fork(`turn-${turn}`), until);
      recovery = this.#context.recovered();
      recovery.catch(() => {});
    }
    if (clock.now() < end) await sleep(clock, nanos(end - clock.now()), signal);
  }

  async #strike(step: NemesisStep, random: Random, until: Nanos): Promise<void> {
    const healed = new AbortController();
    try {
      // One after the other, so that each sees what the others struck: a kill and a pause never meet on a node.
      for (const nemesis of step) await this.#inject(nemesis, random.fork(nemesis.name), until);
      const served = this.#failover(healed.signal);
      await Promise.all(this.#struck.map((struck) => this.#prove(struck, until)));
      await this.#last(until, served);
    } finally {
      healed.abort();
      await this.#heal();
    }
  }

  /** Follows what comes after, if the leader was struck. Never rejects. */
  async #failover(healed: AbortSignal): Promise<boolean> {
    const nodes = new Set(this.#struck.flatMap(({ injected }) => injected.nodes));
    const led = this.#struck
      .map((struck) => struck.led)
      .find((node) => node !== undefined && nodes.has(node));
    if (led === undefined) return false;
    return this.#context.failover({ led, nodes, healed }).catch(() => false);
  }

  /** Waits until a fault is over. */
  async #last(until: Nanos, served: Promise<boolean>): Promise<void> {
    const { clock, signal, endWhenServed } = this.#context;
    const over = new AbortController();
    if (endWhenServed === true) {
      const settled = served.then(async (isServed) => {
        if (!isServed) return;
        await sleep(clock, settleTime, signal);
        over.abort();
      });
      settled.catch(() => {});
    }
    const left = nanos(until - clock.now());
    if (left > 0) await sleep(clock, left, AbortSignal.any([signal, over.signal])).catch(() => {});
    signal.throwIfAborted();
  }

  async #inject(nemesis: Nemesis, random: Random, until: Nanos): Promise<void> {
    const { clock, cluster, clients, leader, operator, signal } = this.#context;
    const held = new Set(this.#struck.filter(strikesProcesses).flatMap(({ injected }) => injected.nodes));
    for (let attempt = 0; clock.now() < until; attempt++) {
      signal.throwIfAborted();
      // Asked once per attempt, so that the fault strikes the leader that its record names.
      const led = await leader();
      let striking = true;
      const begun = clock.now();
      const injected = await nemesis.inject({
        ...operator,
        cluster,
        clients,
        clock,
        random: random.fork(`attempt-${attempt}`),
        // What goes on by itself afterwards is told who leads then.
        leader: async () => (striking ? led : await leader()),
        held,
      });
      striking = false;
      if (injected !== undefined) {
        const struck = { nemesis, id: ++this.#lastId, injected, led, isProven: false };
        this.#struck.push(struck);
        this.#record(struck, "begin", { since: begun });
        return;
      }
      await sleep(clock, pollInterval, signal);
    }
  }

  async #prove(struck: Struck, until: Nanos): Promise<void> {
    const { clock, signal } = this.#context;
    for (;;) {
      const proof = await struck.injected.proof();
      if (proof !== undefined) {
        this.#record(struck, "proven", { proof });
        struck.isProven = true;
        return;
      }
      // A last look just before the heal: a short fault has had little time to show.
      const left = nanos(until - clock.now());
      if (left <= 0) return;
      await sleep(clock, nanos(Math.min(left, pollInterval)), signal);
    }
  }

  /**
   * Heals every fault, the last one first, even if another one fails to heal; then rejects with the first failure. So a paused
   * leader goes on before the links are freed that were held before it was paused.
   */
  async #heal(): Promise<void> {
    // The heal of one fault may end what another one did, so all have the begin of the first.
    const began = this.#context.clock.now();
    const healed: PromiseSettledResult<void>[] = [];
    for (const { injected } of this.#struck.toReversed())
      healed.push(...(await Promise.allSettled([injected.heal()])));
    const failed = healed.find((result) => result.status === "rejected");
    for (const struck of this.#struck.splice(0)) {
      if (failed === undefined) await this.#proveLast(struck);
      this.#record(struck, "end", { since: began });
    }
    if (failed !== undefined) throw failed.reason;
  }

  /** Some effects show only when the fault is over. */
  async #proveLast(struck: Struck): Promise<void> {
    if (struck.isProven || this.#context.signal.aborted) return;
    const proof = await struck.injected.proof();
    if (proof !== undefined) this.#record(struck, "proven", { proof });
  }

  #record(
    { nemesis, id, injected, led }: Struck,
    state: FaultChange["state"],
    { proof, since }: { readonly proof?: string; readonly since?: Nanos },
  ): void {
    const { summary, nodes, cut, flapping } = injected;
    const change = {
      state,
      id,
      summary,
      nodes,
      ...(cut !== undefined && { cut }),
      ...(flapping !== undefined && { flapping }),
      ...(led !== undefined && { led }),
      ...(proof !== undefined && { proof }),
    };
    this.#context.onFault(nemesis.name, change, since);
  }
}
