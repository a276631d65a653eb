/**
 * Locks that pass from hand to hand: contenders at every node acquire, hold and release them, and now and then one stops while it
 * holds one. No two may certainly hold a lock at once, and each holder's token is higher than the one before.
 */
import { lockCheckers } from "../checker/locks/lock-checkers.ts";
import { Contender, type Contest } from "./locks/contender.ts";
import { fullestWatch } from "./watch/fullest.ts";
import { optionOf, uniqueNumbers, type Workload } from "./workload.ts";

const options = {
  locks: { default: 3, min: 1, max: 1000, doc: "locks that the clients contend for" },
  "contenders-per-node": { default: 4, min: 1, max: 200, doc: "clients at each node that contend for them" },
  "hold-ms": {
    default: 20,
    min: 1,
    max: 60_000,
    doc: "time for which a lock is held, and a client rests, milliseconds",
  },
  "wait-ms": {
    default: 10_000,
    min: 1000,
    max: 600_000,
    doc: "how long a client waits for a lock, milliseconds",
  },
  "ttl-ms": {
    default: 2000,
    min: 500,
    max: 600_000,
    doc: "time of a session, milliseconds; systems have bounds of their own",
  },
  "crash-percent": {
    default: 2,
    min: 0,
    max: 100,
    doc: "share of grants whose holder stops, so that the lock waits for the end of its session",
  },
} as const satisfies Workload["options"];

export const lockHandover: Workload<"kv" | "session" | "watch"> = {
  name: "lock-handover",
  summary: "clients that contend for locks and hand them over, and reads of who has them",
  requires: ["kv", "session", "watch"],
  options,
  roles(run, _random, share) {
    const number = uniqueNumbers(share);
    const [kind = ""] = fullestWatch(run.watches) ?? [];
    const contest: Contest = {
      locks: Array.from(
        { length: optionOf(options, run, "locks") },
        (_, i) => `${run.keyPrefix}lock${i + 1}`,
      ),
      name: () => `h${number()}`,
      kind,
      ttlMs: optionOf(options, run, "ttl-ms"),
      holdMs: optionOf(options, run, "hold-ms"),
      waitMs: optionOf(options, run, "wait-ms"),
      crashPercent: optionOf(options, run, "crash-percent"),
    };
    return [
      {
        name: "readers",
        processes: "load",
        actor: ({ random }) => ({
          next: () => ({ f: "read", key: random.pick(contest.locks) }),
          async perform({ kv }, { key = "", mode }, { ask }) {
            const { value = null, revision } = await kv.read(key, mode ?? run.readMode, ask);
            return { value, ...(revision !== undefined && { revision }) };
          },
        }),
      },
      {
        name: "contenders",
        processes: { perNode: optionOf(options, run, "contenders-per-node") },
        actor: ({ random }) => new Contender(contest, random),
      },
    ];
  },
  checkers: ({ promises, limits, session }) =>
    lockCheckers({ promises, limits, ...(session !== undefined && { session }) }),
  needs: { acquire: 10, release: 5, read: 20 },
};
