import type { Nanos } from "../../../core/time.ts";
import type { Message } from "../../core/types.ts";

interface Waiting {
  readonly bytes: Buffer;
  readonly droppable: boolean;
  readonly since: Nanos;
}

/** Raft sends these again by itself, and a newer one is worth more than an old one. */
const droppable: ReadonlySet<Message["type"]> = new Set(["append", "heartbeat", "heartbeat-reply"]);

/** Frames on their way to one member, first in, first out. Bounded: a member that reads slowly cannot fill our memory. */
export class Outbox {
  readonly #bytesMax: number;
  #waiting: Waiting[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * Where it is full, the oldest appends and heartbeats make room, and where there are none the frame itself is dropped.
   * False: something was dropped.
   */
  push(type: Message["type"], bytes: Buffer, now: Nanos): boolean {
    const fits = this.#makeRoom(bytes.length);
    if (this.#waiting.length > 0 && this.#bytes + bytes.length > this.#bytesMax) return false;
    this.#waiting.push({ bytes, droppable: droppable.has(type), since: now });
    this.#bytes += bytes.length;
    return fits;
  }

  /** The oldest frames, as many as fit into `bytesMax`, but one at least where there is one. */
  take(bytesMax: number): Buffer[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      if (count > 0 && bytes + waiting.bytes.length > bytesMax) break;
      bytes += waiting.bytes.length;
      count++;
    }
    this.#bytes -= bytes;
    return this.#waiting.splice(0, count).map((waiting) => waiting.bytes);
  }

  /** Forgets what has waited since before `before`: by now it says nothing new. */
  expire(before: Nanos): void {
    this.#waiting = this.#waiting.filter(({ since }) => since >= before);
    this.#bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  clear(): void {
    this.#waiting = [];
    this.#bytes = 0;
  }

  #makeRoom(bytes: number): boolean {
    if (this.#bytes + bytes <= this.#bytesMax) return true;
    const kept: Waiting[] = [];
    for (const waiting of this.#waiting) {
      if (waiting.droppable && this.#bytes + bytes > this.#bytesMax) this.#bytes -= waiting.bytes.length;
      else kept.push(waiting);
    }
    this.#waiting = kept;
    return false;
  }
}
