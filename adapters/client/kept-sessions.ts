/** Keeps the sessions of one client alive; shared by all systems. */
import type { Cancel, Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import type { Revision } from "../../core/op.ts";
import { millis, type Nanos } from "../../core/time.ts";
import type { Ask } from "./ask.ts";
import type { Session, Sessions } from "./session.ts";

/** Session of one system. Calls that need it reject with `session-expired` once it is gone. */
export interface Lease {
  readonly id: string;
  readonly ttlMs: number;
  /** Sends one keep-alive. */
  renew(ask: Ask): Promise<void>;
  create(key: string, value: string, ask: Ask | undefined): Promise<Revision | undefined>;
  remove(key: string, ask: Ask | undefined): Promise<void>;
  end(ask: Ask | undefined): Promise<void>;
  /** Releases what the session holds in this process besides the client's connection. */
  abandon?(): void;
}

/** How long a closing client waits for the end of each session. */
const farewellMs = 500;

export class KeptSessions implements Sessions {
  readonly #clock: Clock;
  readonly #begin: (ttlMs: number, ask: Ask | undefined) => Promise<Lease>;
  readonly #open = new Set<KeptSession>();
  #abandoned = false;

  constructor(clock: Clock, begin: (ttlMs: number, ask: Ask | undefined) => Promise<Lease>) {
    this.#clock = clock;
    this.#begin = begin;
  }

  async open(ttlMs: number, ask?: Ask): Promise<Session> {
    const lease = await this.#begin(ttlMs, ask);
    if (this.#abandoned) {
      lease.abandon?.();
      throw new ClientError("connection-lost", "the client was abandoned");
    }
    const session = new KeptSession(this.#clock, lease, () => this.#open.delete(session));
    this.#open.add(session);
    return session;
  }

  /** Ends all sessions. Never rejects. */
  async close(): Promise<void> {
    const ending = [...this.#open].map((session) => session.close({ timeoutMs: farewellMs }));
    await Promise.allSettled(ending);
  }

  /** Stops keeping them alive. */
  abandon(): void {
    this.#abandoned = true;
    for (const session of [...this.#open]) session.abandon();
  }
}

class KeptSession implements Session {
  readonly id: string;
  readonly ttlMs: number;
  readonly #clock: Clock;
  readonly #lease: Lease;
  readonly #over: () => void;
  readonly #lost = new AbortController();
  #stopBeats: Cancel = () => {};
  #renewed: (sentAt: Nanos) => void = () => {};
  #ended = false;

  constructor(clock: Clock, lease: Lease, over: () => void) {
    this.#clock = clock;
    this.#lease = lease;
    this.#over = over;
    this.id = lease.id;
    this.ttlMs = lease.ttlMs;
    this.#scheduleBeat();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  onRenewal(listener: (sentAt: Nanos) => void): void {
    this.#renewed = listener;
  }

  async renew(ask: Ask = {}): Promise<void> {
    const sentAt = this.#clock.now();
    await this.#whileThere(() => this.#lease.renew(ask));
    this.#renewed(sentAt);
  }

  create(key: string, value: string, ask?: Ask): Promise<Revision | undefined> {
    return this.#whileThere(() => this.#lease.create(key, value, ask));
  }

  remove(key: string, ask?: Ask): Promise<void> {
    return this.#whileThere(() => this.#lease.remove(key, ask));
  }

  async close(ask?: Ask): Promise<void> {
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
    if (this.#ended) return;
    this.#end();
    await this.#lease.end(ask);
  }

  abandon(): void {
    this.#end();
    this.#lease.abandon?.();
  }

  #end(): void {
    this.#ended = true;
    this.#stopBeats();
    this.#over();
  }

  /** Sends a keep-alive every third of the time, whether or not the previous one was answered. */
  #scheduleBeat(): void {
    const intervalMs = this.ttlMs / 3;
    this.#stopBeats = this.#clock.after(millis(intervalMs), () => {
      this.#scheduleBeat();
      // Other failures are not a loss: the system has not reported that the session is gone.
      this.renew({ timeoutMs: intervalMs }).catch(() => {});
    });
  }

  async #whileThere<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
    if (this.#ended) throw new ClientError("session-expired", `session ${this.id} was closed`);
    try {
      return await ask();
    } catch (reason) {
      if (reason instanceof ClientError && reason.code === "session-expired" && !this.#ended) {
        this.#end();
        this.#lease.abandon?.();
        this.#lost.abort(reason);
      }
      throw reason;
    }
  }
}
