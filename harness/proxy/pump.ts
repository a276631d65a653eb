import type { Socket } from "node:net";
import type { Cancel, Clock } from "../../core/clock.ts";
import type { Random } from "../../core/random.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { LinkState } from "./link-state.ts";

/** Bytes waiting on a slow or held link before the sender is made to wait, and at which it may go on. */
const waitingBytesMax = 4 << 20;
const waitingBytesResume = 1 << 20;

type Passage =
  | { readonly kind: "data"; readonly bytes: Buffer }
  | { readonly kind: "end" }
  | { readonly kind: "reset" };

interface Waiting {
  at: Nanos;
  readonly passage: Passage;
}

/** What a write takes while it waits, apart from its bytes: many small ones must not take more memory than a few large ones. */
const writeOverheadBytes = 256;
const sizeOf = (passage: Passage): number =>
  passage.kind === "data" ? passage.bytes.length + writeOverheadBytes : 0;

/**
 * One direction of one connection: what `source` sends goes to `sink` in the order it was sent, later where the link is
 * slow, when the link is freed where it is held, never where it is cut. A cut link swallows an end and a reset as it swallows
 * bytes: the other side hears nothing, as in a real partition.
 */
export class Pump {
  /** Something was swallowed: the two sides no longer agree on the stream, and the connection must not go on. */
  lost = false;

  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #link: LinkState;
  readonly #clock: Clock;
  readonly #random: Random;
  /** Invariant: the first `#heldCount` are due, held and counted as such. */
  readonly #waiting: Waiting[] = [];
  #heldCount = 0;
  #waitingBytes = 0;
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

  /** Lets what waits move on, after a change of the link's faults. */
  free(): void {
    this.#cancelTimer?.();
    if (!this.#link.held) this.#spread();
    this.#release();
  }

  /** Drops what waits; nothing moves any more. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#waiting.length = 0;
    this.#heldCount = 0;
  }

  #take(passage: Passage): void {
    // What follows a gap must not pass, either.
    if (this.#link.cut || this.lost) {
      this.#refuse(passage);
      return;
    }
    const { held, delayMs } = this.#link;
    const slow = delayMs > 0 || this.#link.jitterMs > 0;
    if (!held && !slow && this.#waiting.length === 0) {
      this.#pass(passage);
      return;
    }
    const jitterMs = this.#random.float() * this.#link.jitterMs;
    const at = nanos(Math.max(this.#lastAt, this.#clock.now() + millis(delayMs + jitterMs)));
    this.#lastAt = at;
    this.#waiting.push({ at, passage });
    this.#waitingBytes += sizeOf(passage);
    if (passage.kind === "data" && slow) this.#link.delayedWrites++;
    this.#flow();
    if (this.#cancelTimer === undefined) this.#schedule();
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
    const next = this.#waiting[this.#heldCount];
    if (next === undefined) return;
    this.#cancelTimer = this.#clock.after(nanos(next.at - this.#clock.now()), () => this.#release());
  }

  #release(): void {
    this.#cancelTimer = undefined;
    if (this.#link.held && !this.#link.cut) this.#hold();
    else this.#deliver();
    this.#flow();
    this.#schedule();
  }

  /** Counts what is due, and leaves it where it is. */
  #hold(): void {
    for (const { passage } of this.#waiting.slice(this.#heldCount, this.#dueCount())) {
      this.#heldCount++;
      if (passage.kind !== "data") continue;
      this.#link.heldWrites++;
      this.#link.heldBytes += passage.bytes.length;
    }
  }

  /** Gives what was held times of its own to move on; what came later stays behind it. */
  #spread(): void {
    const { spreadMs } = this.#link;
    if (spreadMs === 0 || this.#heldCount === 0) return;
    const now = this.#clock.now();
    const step = millis(spreadMs) / this.#heldCount;
    for (const [i, waiting] of this.#waiting.entries()) {
      const due = i < this.#heldCount ? now + Math.round(step * i) : now + millis(spreadMs);
      waiting.at = nanos(Math.max(waiting.at, due));
      this.#lastAt = nanos(Math.max(this.#lastAt, waiting.at));
    }
  }

  #deliver(): void {
    this.#heldCount = 0;
    for (const { passage } of this.#waiting.splice(0, this.#dueCount())) {
      this.#waitingBytes -= sizeOf(passage);
      if (this.#link.cut || this.lost) this.#refuse(passage);
      else this.#pass(passage);
    }
  }

  #dueCount(): number {
    const now = this.#clock.now();
    const firstLater = this.#waiting.findIndex(({ at }, i) => i >= this.#heldCount && at > now);
    return firstLater < 0 ? this.#waiting.length : firstLater;
  }

  /** The sender waits while the receiver does, or while too much is on its way. */
  #flow(): void {
    if (this.#sinkIsFull || this.#waitingBytes > waitingBytesMax) this.#source.pause();
    else if (this.#waitingBytes <= waitingBytesResume && this.#source.isPaused()) this.#source.resume();
  }
}
