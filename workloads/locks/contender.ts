/** A client that contends for locks: it acquires one, holds it for a while, releases it, and rests. Now and then it stops instead. */
import type { ClientWith } from "../../adapters/client/client.ts";
import type { Session } from "../../adapters/client/session.ts";
import { ClientError } from "../../core/errors.ts";
import type { Call, Outcome, Result } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import type { Actor, At, Pause } from "../workload.ts";
import { acquire } from "./acquire.ts";

export interface Contest {
  readonly locks: readonly string[];
  /** A name that nobody else has. */
  readonly name: () => string;
  readonly kind: string;
  readonly ttlMs: number;
  readonly holdMs: number;
  readonly waitMs: number;
  readonly crashPercent: number;
}

type Needs = "session" | "watch";

/** After a failure, milliseconds. */
const failedMs = 50;

/** After these the client's connection is closed, and its sessions with it. */
const losesSession = (outcome: Outcome): boolean =>
  outcome.type === "fail" &&
  (outcome.error.code === "not-connected" || outcome.error.code === "session-expired");

/** A release that was refused leaves the lock with its session, which must not be kept alive then. */
const keepsLock = (f: string, outcome: Outcome): boolean =>
  f === "release" && outcome.type === "fail" && outcome.error.code !== "not-found";

export class Contender implements Actor<Needs, Call | Pause> {
  readonly #contest: Contest;
  readonly #random: Random;
  #session: Session | undefined;
  /** The lock that it has. */
  #held: string | undefined;
  #pauseMs = 0;

  constructor(contest: Contest, random: Random) {
    this.#contest = contest;
    this.#random = random;
    // Not all at the same moment.
    this.#pauseMs = random.integer(0, contest.holdMs);
  }

  next(): Call | Pause {
    if (this.#pauseMs > 0) {
      const pauseMs = this.#pauseMs;
      this.#pauseMs = 0;
      return { pauseMs };
    }
    const { name, ttlMs, locks, crashPercent } = this.#contest;
    if (this.#session === undefined) return { f: "open", key: name(), value: ttlMs };
    if (this.#held === undefined) return { f: "acquire", key: this.#random.pick(locks), value: name() };
    return { f: this.#random.integer(0, 99) < crashPercent ? "crash" : "release", key: this.#held };
  }

  observe({ f, key }: Call, outcome: Outcome): void {
    const { type } = outcome;
    if (f === "acquire" && type === "ok") this.#held = key;
    if (f === "release" || f === "crash") this.#held = undefined;
    if (type === "info" || f === "crash" || losesSession(outcome) || keepsLock(f, outcome)) {
      this.#session?.abandon();
      this.#session = undefined;
      this.#held = undefined;
    }
    this.#pauseMs = type === "ok" ? (f === "open" ? 0 : this.#contest.holdMs) : failedMs;
  }

  deadlineMs({ f }: Call): number {
    return f === "acquire" ? this.#contest.waitMs : 1000;
  }

  async perform(client: ClientWith<Needs>, call: Call, at: At): Promise<Result> {
    const { f, key = "", value } = call;
    if (f === "open") return this.#open(client, key, at);
    const session = this.#session;
    if (session === undefined) throw new ClientError("session-expired", "no session");
    switch (f) {
      case "acquire": {
        const { kind, waitMs } = this.#contest;
        const revision = await acquire(
          client,
          session,
          { lock: key, holder: String(value), waitMs, kind },
          at,
        );
        return revision === undefined ? {} : { revision };
      }
      case "release":
        await session.remove(key, at.ask);
        return {};
      default:
        // The last keep-alive: from when it leaves, the session has its whole time.
        await session.renew(at.ask).finally(() => session.abandon());
        return {};
    }
  }

  async #open(client: ClientWith<Needs>, key: string, { ask, clock, notice }: At): Promise<Result> {
    const session = await client.session.open(this.#contest.ttlMs, ask);
    this.#session = session;
    session.onRenewal((sentAt) => notice({ f: "renewed", key, value: (clock.now() - sentAt) / 1e6 }));
    return { value: session.ttlMs };
  }
}
