/** Deliveries of one watch on their way to its reader; shared by all systems. */
import type { ErrorCode } from "../../core/errors.ts";
import type { Delivery, Told } from "./watch.ts";

/** Deliveries that wait before a watch with a connection of its own stops reading. */
const ownMax = 64;
/** Deliveries that wait before a watch that shares its connection ends. */
const sharedMax = 10_000;

export interface DeliveriesOptions {
  /** Stops reading from the network, or goes on. Absent: the watch shares its connection. */
  readonly pause?: (paused: boolean) => void;
  /** Called once when the watch is over, unless `close` was called: frees what it holds in the client. */
  readonly whenOver: () => void;
}

export const endedBy = (code: ErrorCode): Told => ({ f: "ended", value: code });

export class Deliveries {
  readonly #options: DeliveriesOptions;
  #waiting: Delivery[] = [];
  readonly #readers: ((delivery: Delivery | undefined) => void)[] = [];
  readonly #whenTaken: (() => void)[] = [];
  #over = false;
  #paused = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Dropped once the watch is over. */
  push(delivery: Delivery): void {
    if (this.#over) return;
    this.#put(delivery);
    const { pause } = this.#options;
    if (pause === undefined) {
      if (this.#waiting.length >= sharedMax) this.end(endedBy("overloaded"));
    } else if (!this.#paused && this.#waiting.length >= ownMax) {
      this.#paused = true;
      pause(true);
    }
  }

  /** Delivers this as the last thing. */
  end(last: Told): void {
    if (this.#over) return;
    this.#put([last]);
    this.#finish();
    this.#options.whenOver();
  }

  /** Drops what waits: whoever closes a watch does not want the rest. */
  close(): void {
    this.#waiting = [];
    this.#finish();
  }

  next(): Promise<Delivery | undefined> {
    const delivery = this.#waiting.shift();
    if (this.#paused && !this.#over && this.#waiting.length === 0) {
      this.#paused = false;
      this.#options.pause?.(false);
    }
    if (this.#waiting.length === 0) this.#allTaken();
    if (delivery !== undefined || this.#over) return Promise.resolve(delivery);
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  /** Resolves when nothing waits for the reader: what asks the system again and again keeps to the reader's pace. */
  taken(): Promise<void> {
    if (this.#waiting.length === 0 || this.#over) return Promise.resolve();
    return new Promise((resolve) => this.#whenTaken.push(resolve));
  }

  #allTaken(): void {
    for (const resolve of this.#whenTaken.splice(0)) resolve();
  }

  #put(delivery: Delivery): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#waiting.push(delivery);
    else reader(delivery);
  }

  #finish(): void {
    this.#over = true;
    this.#allTaken();
    for (const reader of this.#readers.splice(0)) reader(undefined);
  }
}
