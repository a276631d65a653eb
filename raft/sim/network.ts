import type { Random } from "../../core/random.ts";
import type { MemberId, Message } from "../core/types.ts";
import type { EventQueue } from "./event-queue.ts";
import type { SimOptions } from "./options.ts";

/** Loses, repeats, delays and reorders messages, and drops what crosses a cut. */
export class SimNetwork {
  readonly #options: SimOptions;
  readonly #events: EventQueue;
  readonly #random: Random;
  readonly #deliver: (message: Message) => void;
  /** Directed links that are cut, as `from>to`. */
  readonly #cut = new Set<string>();
  /** True once nothing is lost, repeated, cut or slow any more. */
  #healed = false;

  constructor(options: SimOptions, events: EventQueue, random: Random, deliver: (message: Message) => void) {
    this.#options = options;
    this.#events = events;
    this.#random = random;
    this.#deliver = deliver;
  }

  /** False: the link is cut, which a transport would notice. */
  send(message: Message): boolean {
    const { lossProbability, duplicateProbability } = this.#options;
    if (this.#isCut(message)) return false;
    if (this.#healed || !this.#random.chance(lossProbability)) this.#post(message);
    if (!this.#healed && this.#random.chance(duplicateProbability)) this.#post(message);
    return true;
  }

  cut(from: MemberId, to: MemberId): void {
    this.#cut.add(`${from}>${to}`);
  }

  heal(): void {
    this.#cut.clear();
  }

  mend(): void {
    this.heal();
    this.#healed = true;
  }

  #post(message: Message): void {
    const { delayMs, slowProbability } = this.#options;
    const [min, max] = this.#healed ? [delayMs[0], Math.min(delayMs[1], 10)] : delayMs;
    const slow = !this.#healed && this.#random.chance(slowProbability) ? 10 : 1;
    this.#events.after(slow * this.#random.integer(min, max), () => {
      if (!this.#isCut(message)) this.#deliver(message);
    });
  }

  #isCut({ from, to }: Message): boolean {
    return this.#cut.has(`${from}>${to}`);
  }
}
