/**
 * When faults strike. Steps take turns, with a gap between them in which the cluster recovers, until the main phase is
 * over; every fault is recorded when it begins, when it was seen to bite, and when it is healed. What is struck is
 * healed however the schedule ends.
 */
import { type Clock, sleep } from "../../core/clock.ts";
import { UsageError } from "../../core/errors.ts";
import type { FaultChange } from "../../core/harness-event.ts";
import type { NodeId } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { millis, type Nanos, nanos, seconds } from "../../core/time.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { Injected, Nemesis, NemesisStep } from "./nemesis.ts";

/** A length of time is drawn between the two, seconds. */
export interface Span {
  readonly min: number;
  readonly max: number;
}

export interface ScheduleOptions {
  readonly steps: readonly NemesisStep[];
  readonly faultSeconds: Span;
  readonly gapSeconds: Span;
}

export interface ScheduleContext extends ScheduleOptions {
  readonly clock: Clock;
  readonly cluster: Cluster;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** How far past its end the schedule may go for steps that have not struck yet, where the cluster was slow to recover. */
  readonly overtime: Nanos;
  leader(): Promise<NodeId | undefined>;
  /** Resolves when the cluster serves again after a heal, or when it was waited for long enough. */
  recovered(): Promise<void>;
  onFault(name: string, change: FaultChange): void;
}

interface Struck {
  readonly nemesis: Nemesis;
  readonly id: number;
  readonly injected: Injected;
  /** Who led just before. */
  readonly led: NodeId | undefined;
}

/** How often a nemesis looks again for something to strike, and for the proof that it bit. */
const pollInterval = millis(100);
/** A fault shorter than this proves nothing: the schedule ends instead. */
const shortestFault = seconds(1);

/** Rejects a main phase too short for every step to strike once, whatever the seed draws. */
export function assertScheduleFits(options: ScheduleOptions, mainSeconds: number): void {
  const { steps, faultSeconds, gapSeconds } = options;
  const needed = steps.length * (faultSeconds.max + gapSeconds.max);
  if (needed <= mainSeconds) return;
  throw new UsageError(
    `${steps.length} nemeses need ${needed} s of load to strike once each (--fault-seconds up to ${faultSeconds.max}, --gap-seconds up to ${gapSeconds.max}), but the load lasts ${mainSeconds} s: give --seconds ${Math.ceil(needed)} or shorter faults and gaps`,
  );
}

export class FaultSchedule {
  readonly #context: ScheduleContext;
  readonly #struck: Struck[] = [];
  #lastId = 0;

  constructor(context: ScheduleContext) {
    this.#context = context;
  }

  /** Summaries of the faults of the moment. */
  get faults(): readonly string[] {
    return this.#struck.map(({ injected }) => injected.summary);
  }

  /** Strikes in turn until `end`, a reading of the clock. Rejects when the signal is aborted or an injection fails. */
  async run(end: Nanos): Promise<void> {
    const { clock, steps, random, faultSeconds, gapSeconds, overtime, signal } = this.#context;
    const times = random.fork("times");
    let recovery: Promise<void> = Promise.resolve();
    for (let turn = 0; steps.length > 0; turn++) {
      const gap = draw(times, gapSeconds);
      const fault = draw(times, faultSeconds);
      const limit = turn < steps.length ? nanos(end + overtime) : end;
      if (clock.now() + gap + shortestFault > limit) break;
      await Promise.all([sleep(clock, gap, signal), recovery]);
      const until = nanos(Math.min(clock.now() + fault, limit));
      if (until - clock.now() < shortestFault) break;
      await this.#strike(steps[turn % steps.length] ?? [], random.fork(`turn-${turn}`), until);
      recovery = this.#context.recovered();
      recovery.catch(() => {});
    }
    if (clock.now() < end) await sleep(clock, nanos(end - clock.now()), signal);
  }

  async #strike(step: NemesisStep, random: Random, until: Nanos): Promise<void> {
    const { clock, signal } = this.#context;
    try {
      // Together, but each after the other knows what it holds, so that a kill and a pause do not meet on a node.
      for (const nemesis of step) await this.#inject(nemesis, random.fork(nemesis.name), until);
      await Promise.all(this.#struck.map((struck) => this.#prove(struck, until)));
      if (clock.now() < until) await sleep(clock, nanos(until - clock.now()), signal);
    } finally {
      await this.#heal();
    }
  }

  async #inject(nemesis: Nemesis, random: Random, until: Nanos): Promise<void> {
    const { clock, cluster, leader, signal } = this.#context;
    const held = new Set(this.#struck.filter((each) => !each.injected.cut).flatMap((s) => s.injected.nodes));
    for (let attempt = 0; clock.now() < until; attempt++) {
      signal.throwIfAborted();
      // Asked once for each attempt, so that the fault strikes the leader that its record names.
      const led = await leader();
      const injected = await nemesis.inject({
        cluster,
        clock,
        random: random.fork(`attempt-${attempt}`),
        leader: async () => led,
        held,
      });
      if (injected !== undefined) {
        const struck = { nemesis, id: ++this.#lastId, injected, led };
        this.#struck.push(struck);
        this.#tell(struck, "begin");
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
        this.#tell(struck, "proven", proof);
        return;
      }
      if (clock.now() + pollInterval >= until) return;
      await sleep(clock, pollInterval, signal);
    }
  }

  /** Heals all that was struck, each whether or not another one would not heal; then rejects with the first that did not. */
  async #heal(): Promise<void> {
    const healed = await Promise.allSettled(this.#struck.map(({ injected }) => injected.heal()));
    for (const struck of this.#struck.splice(0)) this.#tell(struck, "end");
    const failed = healed.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  #tell({ nemesis, id, injected, led }: Struck, state: FaultChange["state"], proof?: string): void {
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

const draw = (random: Random, { min, max }: Span): Nanos =>
  nanos(Math.round(seconds(min + random.float() * (max - min))));

/** For the table of a run: what each step is called. */
export const stepName = (step: NemesisStep): string => step.map((nemesis) => nemesis.name).join("+");
