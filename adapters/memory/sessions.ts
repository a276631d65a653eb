/** The sessions of the in-memory system, as its leader counts them: on the clock, from their last sign of life. */
import type { Cancel, Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import type { Revision } from "../../core/op.ts";
import { millis } from "../../core/time.ts";

interface Entry {
  readonly ttlMs: number;
  /** Keys that it created, and the revisions at which it did. */
  readonly keys: Map<string, Revision>;
  stop: Cancel;
}

export type OwnedKeys = ReadonlyMap<string, Revision>;

export class MemorySessions {
  readonly #clock: Clock;
  /** Takes the keys of a session that expired; false if nobody leads who could. */
  readonly #expire: (keys: OwnedKeys) => boolean;
  readonly #open = new Map<string, Entry>();
  #count = 0;

  constructor(clock: Clock, expire: (keys: OwnedKeys) => boolean) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** `waitMs`: how long the system waits for a sign of life. */
  open(waitMs: number): string {
    const id = `s${++this.#count}`;
    this.#open.set(id, { ttlMs: waitMs, keys: new Map(), stop: () => {} });
    this.renew(id);
    return id;
  }

  has(id: string): boolean {
    return this.#open.has(id);
  }

  /** A sign of life; of a session that is gone it is none. */
  renew(id: string): void {
    const entry = this.#open.get(id);
    if (entry === undefined) return;
    entry.stop();
    entry.stop = this.#clock.after(millis(entry.ttlMs), () => {
      // Nobody counts without a leader: the next one waits again.
      if (this.#expire(entry.keys)) this.#open.delete(id);
      else this.renew(id);
    });
  }

  own(id: string, key: string, revision: Revision): void {
    this.#open.get(id)?.keys.set(key, revision);
  }

  /** Revision at which the session created the key that it has; undefined if it has no such key. */
  createdAt(id: string, key: string): Revision | undefined {
    return this.#open.get(id)?.keys.get(key);
  }

  /** Ends the session, which owns its keys no longer. */
  end(id: string): OwnedKeys {
    const entry = this.#open.get(id);
    entry?.stop();
    this.#open.delete(id);
    return entry?.keys ?? new Map();
  }
}

export const sessionGone = (id: string): ClientError =>
  new ClientError("session-expired", `the session ${id} is gone`);
