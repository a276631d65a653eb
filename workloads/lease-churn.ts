/**
 * Leases that come and go: a client is granted one, attaches a record, keeps it alive for a while, then revokes it or lets it
 * expire. Observers at every node read the records: none may go before its time, and none may stay.
 */
import type { Ask } from "../adapters/client/ask.ts";
import type { ClientWith } from "../adapters/client/client.ts";
import type { Session } from "../adapters/client/session.ts";
import { unsettled } from "../checker/convergence/convergence.ts";
import { endedLast, leasesAtRest } from "../checker/leases/at-rest.ts";
import { leaseCheckers } from "../checker/leases/lease-checkers.ts";
import { ClientError } from "../core/errors.ts";
import type { Call, Outcome, Result } from "../core/op.ts";
import type { Random } from "../core/random.ts";
import { type Actor, type At, optionOf, type Pause, uniqueNumbers, type Workload } from "./workload.ts";

const options = {
  "ttl-ms": {
    default: 2000,
    min: 500,
    max: 600_000,
    doc: "time of a lease, milliseconds; systems have bounds of their own",
  },
  renewals: {
    default: 3,
    min: 0,
    max: 1000,
    doc: "keep-alives of a lease by its client, in addition to the regular ones",
  },
  "expire-percent": {
    default: 20,
    min: 0,
    max: 100,
    doc: "share of leases that are left to expire; the rest is revoked",
  },
  "observers-per-node": { default: 2, min: 1, max: 100, doc: "clients at each node that read the records" },
} as const satisfies Workload["options"];

type Needs = "kv" | "session";

/** Between two looks of an observer. */
const lookMs = 20;
/** Observers look most at the records that go next: this many of those whose leases were given up. */
const mostUrgent = 8;
const urgentShare = 0.75;

/** Records that a share's observers look at until they are seen gone. */
class Looked {
  /** In order: whose lease was given up first goes first, more or less. */
  readonly #leaving = new Set<string>();
  readonly #held = new Set<string>();

  add(key: string): void {
    this.#held.add(key);
  }

  /** The lease is given up: the record should go soon. */
  leaves(key: string): void {
    if (this.#held.delete(key)) this.#leaving.add(key);
  }

  pick(random: Random): string | undefined {
    const leaving = [...this.#leaving];
    if (leaving.length > 0 && random.chance(urgentShare)) return random.pick(leaving.slice(0, mostUrgent));
    const all = [...leaving, ...this.#held];
    return all.length === 0 ? undefined : random.pick(all);
  }

  drop(key: string): void {
    this.#held.delete(key);
    this.#leaving.delete(key);
  }
}

interface Context {
  readonly looked: Looked;
  readonly name: () => string;
  readonly ttlMs: number;
  readonly renewals: number;
  readonly expirePercent: number;
}

/** One client with one lease at a time. */
class Holder implements Actor<Needs, Call> {
  readonly #context: Context;
  readonly #random: Random;
  #key = "";
  #session: Session | undefined;
  #isAttached = false;
  #renewalsLeft = 0;
  /** The lease is over, and its record is still to be looked for. */
  #isOver = false;

  constructor(context: Context, random: Random) {
    this.#context = context;
    this.#random = random;
  }

  next(): Call {
    const key = this.#key;
    if (this.#isOver) return { f: "read", key };
    if (this.#session === undefined) {
      this.#key = this.#context.name();
      return { f: "grant", key: this.#key, value: this.#context.ttlMs };
    }
    if (!this.#isAttached) return { f: "attach", key };
    if (this.#renewalsLeft > 0) return { f: "renew", key };
    return { f: this.#random.integer(0, 99) < this.#context.expirePercent ? "lapse" : "revoke", key };
  }

  observe({ f, key = "" }: Call, outcome: Outcome): void {
    if (outcome.type === "info" || (outcome.type === "fail" && f !== "read")) {
      // Whatever it was, the next lease is a new one.
      this.#session?.abandon();
      this.#context.looked.leaves(key);
      this.#forget();
      return;
    }
    if (f === "attach") {
      this.#isAttached = true;
      this.#context.looked.add(key);
    }
    if (f === "renew") this.#renewalsLeft--;
    if (f === "read") this.#forget();
    if (f === "revoke" || f === "lapse") {
      this.#isOver = true;
      this.#context.looked.leaves(key);
    }
  }

  async perform(client: ClientWith<Needs>, call: Call, at: At): Promise<Result> {
    const { f, key = "" } = call;
    if (f === "grant") return this.#grant(client, key, at);
    const session = this.#session;
    if (session === undefined && f !== "read") throw new ClientError("session-expired", "no lease");
    return step(session, call, at.ask);
  }

  async #grant(client: ClientWith<Needs>, key: string, { ask, clock, notice }: At): Promise<Result> {
    const session = await client.session.open(this.#context.ttlMs, ask);
    this.#session = session;
    this.#renewalsLeft = this.#random.integer(0, this.#context.renewals * 2);
    session.onRenewal((sentAt) => notice({ f: "renewed", key, value: (clock.now() - sentAt) / 1e6 }));
    return { value: session.ttlMs };
  }

  #forget(): void {
    this.#session = undefined;
    this.#isAttached = false;
    this.#isOver = false;
  }
}

async function step(session: Session | undefined, { f, key = "" }: Call, ask: Ask): Promise<Result> {
  switch (f) {
    case "attach": {
      const revision = await session?.create(key, "held", ask);
      return revision === undefined ? {} : { revision };
    }
    case "renew":
      await session?.renew(ask);
      return {};
    case "revoke":
      await session?.close(ask);
      return {};
    case "lapse":
      // The last keep-alive: from when it leaves, the lease has its whole time.
      await session?.renew(ask).finally(() => session.abandon());
      return {};
    default:
      throw new ClientError("unsupported", `a lease has no ${f}`);
  }
}

async function look(client: ClientWith<Needs>, key: string, mode: string, ask: Ask): Promise<Result> {
  const { value = null, revision } = await client.kv.read(key, mode, ask);
  return { value, ...(revision !== undefined && { revision }) };
}

function observer(looked: Looked, readMode: string, random: Random): Actor<Needs, Call | Pause> {
  let looks = false;
  return {
    next() {
      looks = !looks;
      const key = looks ? looked.pick(random) : undefined;
      return key === undefined ? { pauseMs: lookMs } : { f: "read", key };
    },
    observe({ key = "" }, outcome) {
      if (outcome.type === "ok" && outcome.output.value === null) looked.drop(key);
    },
    perform: (client, { key = "", mode }, { ask }) => look(client, key, mode ?? readMode, ask),
  };
}

export const leaseChurn: Workload<Needs> = {
  name: "lease-churn",
  summary: "leases that are granted, kept alive, revoked or left to expire, and reads of their records",
  requires: ["kv", "session"],
  options,
  roles(run, _random, share) {
    const number = uniqueNumbers(share);
    const context: Context = {
      looked: new Looked(),
      name: () => `${run.keyPrefix}l${number()}`,
      ttlMs: optionOf(options, run, "ttl-ms"),
      renewals: optionOf(options, run, "renewals"),
      expirePercent: optionOf(options, run, "expire-percent"),
    };
    return [
      {
        name: "clients",
        processes: "load",
        actor: ({ random }) => {
          const holder = new Holder(context, random);
          return {
            next: () => holder.next(),
            observe: (call, outcome) => holder.observe(call, outcome),
            perform: (client, call, at) =>
              call.f === "read"
                ? look(client, call.key ?? "", call.mode ?? run.readMode, at.ask)
                : holder.perform(client, call, at),
          };
        },
        final: (history) => endedLast(history).map((key) => ({ f: "read", key })),
      },
      {
        name: "observers",
        processes: { perNode: optionOf(options, run, "observers-per-node") },
        actor: ({ random }) => observer(context.looked, run.readMode, random),
      },
    ];
  },
  checkers: ({ promises, limits, session, convergenceSeconds }) =>
    leaseCheckers({
      promises,
      limits,
      ...(session !== undefined && { session }),
      boundSeconds: convergenceSeconds,
    }),
  unsettled: (history) => unsettled(history, leasesAtRest),
  needs: { grant: 10, attach: 10, revoke: 3, read: 20 },
};
