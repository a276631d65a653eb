/**
 * A client with watches: opens, follows, closes them, and asks how far they are. What it wants next is its habit's to say; a
 * watch that broke off is handed back to it, or to whoever looks for such.
 */
import type { ClientWith } from "../../adapters/client/client.ts";
import { ClientError } from "../../core/errors.ts";
import type { Call, Outcome, Result } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import type { WatchPromise } from "../../core/watch.ts";
import type { Actor, At, Pause, WorkloadRun } from "../workload.ts";
import type { Keys } from "./keys.ts";
import type { Known } from "./known.ts";
import { OpenWatch, type Slowness, type WatchPlan } from "./open-watch.ts";
import { performWrite } from "./writers.ts";

export interface WatchersContext {
  readonly run: WorkloadRun;
  readonly keys: Keys;
  readonly known: Known;
}

/** What a client does next. */
export type Step =
  | { readonly open: WatchPlan; readonly own?: boolean }
  | { readonly close: OpenWatch }
  | { readonly progress: OpenWatch }
  | { readonly read: string }
  | Pause;

/** Decides what a client does next. */
export interface Habit {
  readonly slowness?: Slowness;
  step(client: WatchClient): Step;
  /** Takes back a watch that broke off, or was refused. */
  lost?(plan: WatchPlan): void;
}

export type Needs = "kv" | "delete" | "txn" | "watch";

export class WatchClient implements Actor<Needs, Call | Pause> {
  readonly random: Random;
  readonly open: OpenWatch[] = [];
  readonly #context: WatchersContext;
  readonly #habit: Habit;
  /** What the call that is under way is about. */
  #step: Step | undefined;

  constructor(context: WatchersContext, habit: Habit, random: Random) {
    this.#context = context;
    this.#habit = habit;
    this.random = random;
  }

  next(): Call | Pause {
    const step = this.#habit.step(this);
    this.#step = step;
    if ("pauseMs" in step) return step;
    if ("open" in step) return this.#watchCall(step.open);
    if ("close" in step) return { f: "unwatch" };
    if ("progress" in step) return { f: "progress" };
    return { f: "read", key: step.read };
  }

  observe({ f }: Call, outcome: Outcome): void {
    const step = this.#step;
    if (outcome.type === "ok") return;
    const { code } = outcome.error;
    // With its process or its connection a client loses its watches.
    if (outcome.type === "info" || code === "not-connected" || code === "session-expired")
      for (const watch of [...this.open]) this.#end(watch);
    if (f === "watch" && step !== undefined && "open" in step) this.#habit.lost?.(step.open);
  }

  async perform(client: ClientWith<Needs>, call: Call, at: At): Promise<Result> {
    const step = this.#step;
    if (step === undefined || "pauseMs" in step)
      throw new ClientError("unsupported", `nothing to do for ${call.f}`);
    if ("open" in step) return this.#open(client, step, at);
    if ("close" in step) {
      this.#forget(step.close);
      await step.close.close();
      return {};
    }
    if ("progress" in step) {
      if (!step.progress.isOver) await step.progress.subscription.progress?.(at.ask);
      return {};
    }
    return performWrite(client, call, { mode: call.mode ?? this.#context.run.readMode, ask: at.ask });
  }

  #watchCall({ kind, target, from }: WatchPlan): Call {
    const isFromPrefix = "prefix" in target;
    return {
      f: "watch",
      ...(!isFromPrefix && { key: target.key }),
      value: {
        kind,
        ...(isFromPrefix && { prefix: target.prefix }),
        ...(from !== undefined && { from }),
        ...(this.#promise(kind).previous && { previous: true }),
      },
    };
  }

  async #open(
    client: ClientWith<Needs>,
    { open: plan, own }: { readonly open: WatchPlan; readonly own?: boolean },
    at: At,
  ): Promise<Result> {
    const { kind, target, from } = plan;
    const subscription = await client.watch.open(
      {
        kind,
        target,
        ...(from !== undefined && { from }),
        ...(this.#promise(kind).previous && { previous: true }),
        ...(own === true && { own }),
      },
      at.ask,
    );
    const slowness = this.#habit.slowness;
    const watch = new OpenWatch(plan, subscription, { at, known: this.#context.known, slowness });
    this.open.push(watch);
    void watch.follow(() => this.#lost(watch));
    return subscription.revision === undefined ? {} : { revision: subscription.revision };
  }

  #promise(kind: string): WatchPromise {
    const promise = this.#context.run.watches[kind];
    if (promise === undefined) throw new ClientError("unsupported", `no kind of watch ${kind}`);
    return promise;
  }

  #end(watch: OpenWatch): void {
    if (watch.isOver) return;
    watch.isOver = true;
    this.#lost(watch);
  }

  #lost(watch: OpenWatch): void {
    this.#forget(watch);
    const { kind } = watch.plan;
    this.#habit.lost?.({ ...watch.plan, from: this.#promise(kind).from ? watch.next : undefined });
  }

  #forget(watch: OpenWatch): void {
    const at = this.open.indexOf(watch);
    if (at >= 0) this.open.splice(at, 1);
  }
}
