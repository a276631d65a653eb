/**
 * Registers: reads, writes of values that nobody else writes, compare-and-set, and deletes where asked for. Several keys live at a time; a key that
 * was asked about often enough retires and a new one takes its place, so that checking a key stays tractable.
 */
import type { ClientWith } from "../adapters/client/client.ts";
import { convergence, unsettled } from "../checker/convergence/convergence.ts";
import { register as registerModel } from "../checker/models/register.ts";
import { readCheckers } from "../checker/reads/read-checkers.ts";
import { registerCheckers } from "../checker/register-promise.ts";
import { assert } from "../core/assert.ts";
import { ClientError } from "../core/errors.ts";
import type { Call, Json, Outcome, Result } from "../core/op.ts";
import type { Random } from "../core/random.ts";
import {
  type Actor,
  type At,
  keysOf,
  optionOf,
  type Self,
  type Share,
  uniqueNumbers,
  type Workload,
  type WorkloadRun,
} from "./workload.ts";

const options = {
  keys: { default: 5, min: 1, max: 10_000, doc: "keys in use at a time" },
  "operations-per-key": { default: 250, min: 1, max: 1_000_000, doc: "operations after which a key retires" },
  "unknown-per-key": {
    default: 24,
    min: 1,
    max: 1000,
    doc: "operations of unknown outcome after which a key retires: each stays open for the checker to the end",
  },
  "concurrency-per-key": {
    default: 10,
    min: 1,
    max: 10_000,
    doc: "processes that may ask about one key at the same time",
  },
  "read-percent": { default: 50, min: 0, max: 100, doc: "share of reads" },
  "cas-percent": { default: 25, min: 0, max: 100, doc: "share of compare-and-sets" },
  "delete-percent": { default: 0, min: 0, max: 100, doc: "share of deletes; the rest are writes" },
} as const satisfies Workload["options"];

interface Register {
  readonly name: string;
  asked: number;
  pending: number;
  unknown: number;
  /** The value that the last answer reported as read or written. */
  seen: Json | undefined;
}

/** State that all clients of a share have in common: the keys in use, and what was last seen of each. */
class Registers {
  readonly #run: WorkloadRun;
  readonly #keys: Register[] = [];
  readonly #live: Register[] = [];
  readonly #byName = new Map<string, Register>();
  readonly #share: Share;
  readonly #value: () => number;

  constructor(run: WorkloadRun, share: Share) {
    this.#run = run;
    this.#share = share;
    this.#value = uniqueNumbers(share);
    for (let i = 0; i < this.#option("keys"); i++) this.#live.push(this.#newKey());
  }

  next(random: Random): Call {
    const register = this.#ask(random);
    const dice = random.integer(0, 99);
    const updates = dice - this.#option("read-percent");
    if (updates < 0) return this.#call("read", register);
    if (updates < this.#option("cas-percent")) return this.#call("cas", register);
    const isDelete = updates < this.#option("cas-percent") + this.#option("delete-percent");
    return this.#call(isDelete ? "delete" : "write", register);
  }

  /** The same kind of call, on any key in use: a key that was asked about often enough retires. */
  again({ f }: Call, random: Random): Call {
    return this.#call(f, this.#ask(random));
  }

  #ask(random: Random): Register {
    const register = this.#pick(random);
    register.asked++;
    register.pending++;
    return register;
  }

  #call(f: string, { name: key, seen }: Register): Call {
    if (f === "read" || f === "delete") return { f, key };
    const value = this.#value();
    return f === "cas" && seen !== undefined ? { f, key, value: [seen, value] } : { f: "write", key, value };
  }

  observe(call: Call, outcome: Outcome): void {
    const register = this.#byName.get(call.key ?? "");
    if (register === undefined) return;
    register.pending--;
    if (outcome.type === "info") register.unknown++;
    // An operation that a dead node refused had no effect: it does not wear the key out.
    if (outcome.type === "fail" && outcome.error.code !== "mismatch") register.asked--;
    if (outcome.type !== "ok") return;
    const seen = call.f === "read" ? outcome.output.value : written(call);
    register.seen = seen ?? undefined;
  }

  /** A live key that is not asked about by too many already; where all are, the least busy one. */
  #pick(random: Random): Register {
    this.#live.forEach((register, i) => {
      if (this.#isSpent(register)) this.#live[i] = this.#newKey();
    });
    const limit = this.#part("concurrency-per-key");
    const free = this.#live.filter(({ pending }) => pending < limit);
    if (free.length > 0) return random.pick(free);
    return this.#live.reduce((a, b) => (b.pending < a.pending ? b : a));
  }

  #isSpent({ asked, unknown }: Register): boolean {
    return asked >= this.#part("operations-per-key") || unknown >= this.#part("unknown-per-key");
  }

  #newKey(): Register {
    const name = `${this.#run.keyPrefix}r${this.#keys.length + 1}`;
    const register = { name, asked: 0, pending: 0, unknown: 0, seen: undefined };
    this.#keys.push(register);
    this.#byName.set(name, register);
    return register;
  }

  /** This share's part of a number: all shares ask about the same keys. */
  #part(name: keyof typeof options): number {
    return Math.ceil(this.#option(name) / this.#share.of);
  }

  #option(name: keyof typeof options): number {
    return optionOf(options, this.#run, name);
  }
}

/** Value that a write, a compare-and-set or a delete (nothing) left in the register. */
const written = ({ f, value }: Call): Json | undefined =>
  f === "cas" && Array.isArray(value) ? (value[1] as Json) : value;

async function perform(
  client: ClientWith<"kv" | "delete">,
  call: Call,
  { mode, ask }: { readonly mode: string } & Pick<At, "ask">,
): Promise<Result> {
  const { kv } = client;
  const { f, key, value } = call;
  assert(key !== undefined, `a register ${f} without a key`);
  switch (f) {
    case "read": {
      const read = await kv.read(key, mode, ask);
      return {
        value: decode(read.value),
        ...(read.revision !== undefined && { revision: read.revision }),
        ...(read.modRevision !== undefined && { modRevision: read.modRevision }),
      };
    }
    case "write":
      return changed(value ?? null, await kv.write(key, encode(value), ask));
    case "cas": {
      const [from, to] = value as readonly Json[];
      return changed(value ?? null, await kv.cas(key, encode(from), encode(to), ask));
    }
    case "delete": {
      const { existed, revision } = await client.delete(key, ask);
      return changed(existed, revision);
    }
    default:
      throw new ClientError("unsupported", `a register has no ${f}`);
  }
}

const client = (
  registers: Registers,
  { readMode }: WorkloadRun,
  { random }: Self,
): Actor<"kv" | "delete", Call> => ({
  next: () => registers.next(random),
  again: (call) => registers.again(call, random),
  observe: (call, outcome) => registers.observe(call, outcome),
  perform: (connection, call, { ask }) => perform(connection, call, { mode: call.mode ?? readMode, ask }),
});

const changed = (value: Json, revision: number | undefined): Result => ({
  value,
  ...(revision !== undefined && { revision }),
});

/** Numbers travel as their decimal digits. */
const encode = (value: Json | undefined): string => String(value);

/** Parses a value; one that no register of ours holds is kept as it came, for the checker to report. */
function decode(text: string | undefined): Json {
  if (text === undefined) return null;
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

export const register: Workload<"kv" | "delete"> = {
  name: "register",
  summary: "reads, writes, compare-and-sets and deletes of single keys",
  requires: ["kv", "delete"],
  options,
  roles(run, _random, share) {
    const registers = new Registers(run, share);
    return [
      {
        name: "clients",
        processes: "load",
        actor: (self) => client(registers, run, self),
        final: (history) => keysOf(history).map((key) => ({ f: "read", key })),
      },
    ];
  },
  words: registerModel(),
  checkers: ({ promises, limits, revisions, convergenceSeconds }) => [
    ...registerCheckers(promises, { limits, reads: (mode) => readCheckers(mode, revisions) }),
    convergence({ boundSeconds: convergenceSeconds }),
  ],
  unsettled,
  needs: { read: 20, write: 20, cas: 5 },
};
