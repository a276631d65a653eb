/**
 * Schedule of faults. Steps take turns until the main phase is over, with gaps in which the cluster recovers. A record is
 * made when a fault begins, when it is seen to take effect, and when it is healed. Every fault is healed, however the
 * schedule ends.
 */

import { type Clock, sleep } from "../../core/clock.ts";
import type { FaultChange } from "../../core/harness-event.ts";
import type { NodeId } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { ClientHost } from "../load/clients.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { Injected, Nemesis, NemesisStep, Target } from "./nemesis.ts";
import { leastOf, type Pace, turns } from "./pace.ts";

export interface ScheduleContext extends Pace {
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
  onFault(name: string, change: FaultChange): void;
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

  /** Runs the steps in turn until `end` on the clock. Rejects when the signal is aborted or an injection fails. */
  async run(end: Nanos): Promise<void> {
    const { clock, steps, random, overtime, signal } = this.#context;
    const lengths = turns(random, this.#context);
    let recovery: Promise<void> = Promise.resolve();
    for (let turn = 0; steps.length > 0; turn++) {
      const { gap, fault } = lengths.next().value;
      const limit = turn < steps.length ? nanos(end + overtime) : end;
      if (clock.now() + gap + leastOf(fault) > limit) break;
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
    const { clock, signal } = this.#context;
    try {
      // One after the other, so that each sees what the others struck: a kill and a pause never meet on a node.
      for (const nemesis of step) await this.#inject(nemesis, random.fork(nemesis.name), until);
      await Promise.all(this.#struck.map((struck) => this.#prove(struck, until)));
      if (clock.now() < until) await sleep(clock, nanos(until - clock.now()), signal);
    } finally {
      await this.#heal();
    }
  }

  async #inject(nemesis: Nemesis, random: Random, until: Nanos): Promise<void> {
    const { clock, cluster, clients, leader, operator, signal } = this.#context;
    const held = new Set(this.#struck.filter((each) => !each.injected.cut).flatMap((s) => s.injected.nodes));
    for (let attempt = 0; clock.now() < until; attempt++) {
      signal.throwIfAborted();
      // Asked once per attempt, so that the fault strikes the leader that its record names.
      const led = await leader();
      let striking = true;
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
        this.#record(struck, "begin");
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
        this.#record(struck, "proven", proof);
        struck.isProven = true;
        return;
      }
      // A last look just before the heal: a short fault has had little time to show.
      const left = nanos(until - clock.now());
      if (left <= 0) return;
      await sleep(clock, nanos(Math.min(left, pollInterval)), signal);
    }
  }

  /** Heals every fault, even if another one fails to heal; then rejects with the first failure. */
  async #heal(): Promise<void> {
    const healed = await Promise.allSettled(this.#struck.map(({ injected }) => injected.heal()));
    const failed = healed.find((result) => result.status === "rejected");
    for (const struck of this.#struck.splice(0)) {
      if (failed === undefined) await this.#proveLast(struck);
      this.#record(struck, "end");
    }
    if (failed !== undefined) throw failed.reason;
  }

  /** Some effects show only when the fault is over. */
  async #proveLast(struck: Struck): Promise<void> {
    if (struck.isProven || this.#context.signal.aborted) return;
    const proof = await struck.injected.proof();
    if (proof !== undefined) this.#record(struck, "proven", proof);
  }

  #record({ nemesis, id, injected, led }: Struck, state: FaultChange["state"], proof?: string): void {
    const { summary, nodes, cut } = injected;
    this.#context.onFault(nemesis.name, {
      state,
      id,
      summary,
      nodes,
      ...(cut !== undefined && { cut }),
      ...(led !== undefined && { led }),
      ...(proof !== undefined && { proof }),
    });
  }
}
