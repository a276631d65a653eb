import type { Socket } from "node:net";
import type { Cancel, Clock } from "../../core/clock.ts";
import type { Random } from "../../core/random.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { LinkState } from "./link-state.ts";

/** Bytes held back on a slow link before the sender is made to wait, and at which it may go on. */
const heldBytesMax = 4 << 20;
const heldBytesResume = 1 << 20;

type Passage =
  | { readonly kind: "data"; readonly bytes: Buffer }
  | { readonly kind: "end" }
  | { readonly kind: "reset" };

/**
 * One direction of one connection: what `source` sends goes to `sink` in the order it was sent, later where the link is
 * slow, never where it is cut. A cut link swallows an end and a reset as it swallows bytes: the other side hears nothing,
 * as in a real partition.
 */
export class Pump {
  /** Something was swallowed: the two sides no longer agree on the stream, and the connection must not go on. */
  lost = false;

  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #link: LinkState;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #held: { readonly at: Nanos; readonly passage: Passage }[] = [];
  #heldBytes = 0;
  #lastAt = nanos(0);
  #cancelTimer: Cancel | undefined;
  #sinkIsFull = false;

  constructor(source: Socket, sink: Socket, link: LinkState, clock: Clock, random: Random) {
    this.#source = source;
    this.#sink = sink;
    this.#link = link;
    this.#clock = clock;
    this.#random = random;
    source.on("data", (bytes: Buffer) => this.#take({ kind: "data", bytes }));
    source.on("end", () => this.#take({ kind: "end" }));
    source.on("error", () => this.#take({ kind: "reset" }));
    sink.on("drain", () => {
      this.#sinkIsFull = false;
      this.#flow();
    });
  }

  /** Drops what is held back; nothing moves any more. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#held.length = 0;
  }

  #take(passage: Passage): void {
    // What follows a gap must not pass, either.
    if (this.#link.cut || this.lost) {
      this.#refuse(passage);
      return;
    }
    const slow = this.#link.delayMs > 0 || this.#link.jitterMs > 0;
    if (!slow && this.#held.length === 0) {
      this.#pass(passage);
      return;
    }
    const jitterMs = this.#random.float() * this.#link.jitterMs;
    const at = nanos(Math.max(this.#lastAt, this.#clock.now() + millis(this.#link.delayMs + jitterMs)));
    this.#lastAt = at;
    this.#held.push({ at, passage });
    if (passage.kind === "data") {
      this.#heldBytes += passage.bytes.length;
      if (slow) this.#link.delayedWrites++;
    }
    this.#flow();
    if (this.#held.length === 1) this.#schedule();
  }

  #refuse(passage: Passage): void {
    this.lost = true;
    if (passage.kind !== "data") return;
    this.#link.refusedWrites++;
    this.#link.refusedBytes += passage.bytes.length;
  }

  #pass(passage: Passage): void {
    if (this.#sink.destroyed || this.#sink.writableEnded) return;
    switch (passage.kind) {
      case "data":
        this.#sinkIsFull = !this.#sink.write(passage.bytes);
        this.#flow();
        return;
      case "end":
        this.#sink.end();
        return;
      case "reset":
        this.#sink.resetAndDestroy();
        return;
    }
  }

  #schedule(): void {
    const next = this.#held[0];
    if (next === undefined) return;
    this.#cancelTimer = this.#clock.after(nanos(next.at - this.#clock.now()), () => this.#release());
  }

  #release(): void {
    this.#cancelTimer = undefined;
    for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
      if (next.at > this.#clock.now()) break;
      this.#held.shift();
      if (next.passage.kind === "data") this.#heldBytes -= next.passage.bytes.length;
      if (this.#link.cut || this.lost) this.#refuse(next.passage);
      else this.#pass(next.passage);
    }
    this.#flow();
    this.#schedule();
  }

  /** The sender waits while the receiver does, or while too much is on its way. */
  #flow(): void {
    if (this.#sinkIsFull || this.#heldBytes > heldBytesMax) this.#source.pause();
    else if (this.#heldBytes <= heldBytesResume && this.#source.isPaused()) this.#source.resume();
  }
}
