/** One watch of a client: records what it receives, and knows where it would go on. */
import type { Delivery, Subscription, Told } from "../../adapters/client/watch.ts";
import { sleep } from "../../core/clock.ts";
import type { Revision } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { millis } from "../../core/time.ts";
import type { At, Notice } from "../workload.ts";
import type { Known, WatchTarget } from "./known.ts";
import { decode, decodeState } from "./values.ts";

export interface WatchPlan {
  readonly kind: string;
  readonly target: WatchTarget;
  /** The first revision; undefined: from now on. */
  readonly from: Revision | undefined;
  /** Whether it is meant to be short, next to one that stays. */
  readonly isVisit?: boolean;
}

/** How a slow watcher reads: now and then it does not, for a while. */
export interface Slowness {
  readonly random: Random;
  /** The chance of a pause after a delivery. */
  readonly chance: number;
  readonly pauseMs: { readonly min: number; readonly max: number };
}

export class OpenWatch {
  readonly plan: WatchPlan;
  readonly subscription: Subscription;
  /** The first revision that it has not received; undefined while nothing says which that is. */
  next: Revision | undefined;
  isOver = false;
  hasReceived = false;
  readonly #at: At;
  readonly #known: Known;
  readonly #slowness: Slowness | undefined;

  constructor(
    plan: WatchPlan,
    subscription: Subscription,
    context: { readonly at: At; readonly known: Known; readonly slowness: Slowness | undefined },
  ) {
    this.plan = plan;
    this.subscription = subscription;
    this.#at = context.at;
    this.#known = context.known;
    this.#slowness = context.slowness;
    this.next = plan.from ?? (subscription.revision === undefined ? undefined : subscription.revision + 1);
  }

  /** Records deliveries until the watch is over, and calls `whenOver` then. Never rejects. */
  async follow(whenOver: () => void): Promise<void> {
    for (;;) {
      const delivery = await this.subscription.next();
      if (this.isOver) return;
      if (delivery === undefined) break;
      this.#record(delivery);
      if (delivery.some(({ f }) => f === "canceled" || f === "ended")) break;
      await this.#rest();
      if (this.isOver) return;
    }
    this.isOver = true;
    whenOver();
  }

  /** The watcher ends it. */
  async close(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    this.#at.notice({ f: "closed" });
    await this.subscription.close();
  }

  #record(delivery: Delivery): void {
    this.hasReceived = true;
    delivery.forEach((told, i) => {
      this.#learn(told);
      const { value, previous, ...rest } = told;
      const notice: Notice = {
        ...rest,
        ...(value !== undefined && { value: told.f === "state" ? decodeState(value) : decode(value) }),
        ...(previous !== undefined && { previous: decode(previous) }),
        ...(i < delivery.length - 1 && { more: true }),
      };
      this.#at.notice(notice);
    });
  }

  #learn({ f, key, revision }: Told): void {
    if (revision === undefined || f === "state") return;
    if (f === "canceled") {
      this.#known.compactedTo(revision);
      this.next = Math.max(this.next ?? revision, revision);
      return;
    }
    if (f === "delete" && key !== undefined) this.#known.deleted(key, revision);
    else this.#known.reached(revision);
    this.next = Math.max(this.next ?? 0, revision + 1);
  }

  async #rest(): Promise<void> {
    const slowness = this.#slowness;
    if (slowness === undefined || !slowness.random.chance(slowness.chance)) return;
    const { min, max } = slowness.pauseMs;
    this.#at.notice({ f: "paused" });
    await sleep(this.#at.clock, millis(slowness.random.integer(min, max)), this.#at.ask.signal).catch(
      () => {},
    );
    if (!this.isOver) this.#at.notice({ f: "resumed" });
  }
}
