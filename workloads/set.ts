/**
 * Sets: elements that nobody else adds, each a key of its own under the set's prefix; lists of whole sets; removals. A few
 * sets live at a time; one that was asked about often enough retires and a new one takes its place, so that checking a set
 * stays tractable.
 */
import type { ClientWith } from "../adapters/client/client.ts";
import { unsettled } from "../checker/convergence/convergence.ts";
import { elementsAtRest } from "../checker/elements/elements-at-rest.ts";
import { setCheckers } from "../checker/elements/set-checkers.ts";
import { set as setModel } from "../checker/models/set.ts";
import { ClientError } from "../core/errors.ts";
import type { Call, Json, Outcome, Result } from "../core/op.ts";
import type { Random } from "../core/random.ts";
import {
  type Actor,
  type At,
  keysOf,
  optionOf,
  type Share,
  uniqueNumbers,
  type Workload,
  type WorkloadRun,
} from "./workload.ts";

const options = {
  sets: { default: 3, min: 1, max: 1000, doc: "sets in use at a time" },
  "operations-per-set": { default: 120, min: 1, max: 100_000, doc: "operations after which a set retires" },
  "unknown-per-set": {
    default: 16,
    min: 1,
    max: 1000,
    doc: "changes of unknown outcome after which a set retires: each stays open for the checker to the end",
  },
  "list-percent": { default: 50, min: 0, max: 100, doc: "share of lists" },
  "remove-percent": { default: 10, min: 0, max: 100, doc: "share of removals; the rest are adds" },
} as const satisfies Workload["options"];

interface SetInUse {
  readonly name: string;
  asked: number;
  unknown: number;
  /** Elements whose add was acknowledged and that nobody has begun to remove. */
  readonly members: number[];
}

/** What all clients of a share have in common. */
class Sets {
  readonly #run: WorkloadRun;
  readonly #all: SetInUse[] = [];
  readonly #inUse: SetInUse[] = [];
  readonly #share: Share;
  readonly #element: () => number;

  constructor(run: WorkloadRun, share: Share) {
    this.#run = run;
    this.#share = share;
    this.#element = uniqueNumbers(share);
    for (let i = 0; i < this.#option("sets"); i++) this.#inUse.push(this.#newSet());
  }

  next(random: Random): Call {
    this.#inUse.forEach((set, i) => {
      if (this.#isSpent(set)) this.#inUse[i] = this.#newSet();
    });
    const set = random.pick(this.#inUse);
    set.asked++;
    const key = set.name;
    const dice = random.integer(0, 99) - this.#option("list-percent");
    if (dice < 0) return { f: "list", key };
    if (dice < this.#option("remove-percent") && set.members.length > 0) {
      const [value = 0] = set.members.splice(random.integer(0, set.members.length - 1), 1);
      return { f: "remove", key, value };
    }
    return { f: "add", key, value: this.#element() };
  }

  observe({ f, key, value }: Call, outcome: Outcome): void {
    const set = this.#all.find(({ name }) => name === key);
    if (set === undefined) return;
    // A node that refuses tries nothing: it does not wear the set out.
    if (outcome.type === "fail") set.asked--;
    if (outcome.type === "info" && f !== "list") set.unknown++;
    if (outcome.type === "ok" && f === "add") set.members.push(Number(value));
  }

  #isSpent({ asked, unknown }: SetInUse): boolean {
    return asked >= this.#part("operations-per-set") || unknown >= this.#part("unknown-per-set");
  }

  #newSet(): SetInUse {
    const set = {
      name: `${this.#run.keyPrefix}s${this.#all.length + 1}`,
      asked: 0,
      unknown: 0,
      members: [],
    };
    this.#all.push(set);
    return set;
  }

  /** This share's part of a number: all shares ask about the same sets. */
  #part(name: keyof typeof options): number {
    return Math.ceil(this.#option(name) / this.#share.of);
  }

  #option(name: keyof typeof options): number {
    return optionOf(options, this.#run, name);
  }
}

async function perform(
  client: ClientWith<"kv" | "delete" | "prefix">,
  { f, key, value = null }: Call,
  { mode, ask }: { readonly mode: string } & Pick<At, "ask">,
): Promise<Result> {
  switch (f) {
    case "add": {
      const revision = await client.kv.write(`${key}-${value}`, "", ask);
      return { value, ...(revision !== undefined && { revision }) };
    }
    case "remove": {
      const { existed, revision } = await client.delete(`${key}-${value}`, ask);
      return { value: existed, ...(revision !== undefined && { revision }) };
    }
    case "list": {
      const found = await client.prefix.list(`${key}-`, mode, ask);
      return { value: elements([...found.keys()]) };
    }
    default:
      throw new ClientError("unsupported", `a set has no ${f}`);
  }
}

/** The numbers at the end of keys, ascending. What is no number of ours is kept: the checker says what is wrong with it. */
function elements(keys: readonly string[]): Json {
  const ends = keys.map((key) => key.slice(key.lastIndexOf("-") + 1));
  const numbers = ends.filter((end) => /^\d+$/.test(end)).map(Number);
  return [...numbers.sort((a, b) => a - b), ...ends.filter((end) => !/^\d+$/.test(end))];
}

function client(sets: Sets, readMode: string, random: Random): Actor<"kv" | "delete" | "prefix", Call> {
  return {
    next: () => sets.next(random),
    observe: (call, outcome) => sets.observe(call, outcome),
    perform: (connection, call, { ask }) => perform(connection, call, { mode: call.mode ?? readMode, ask }),
  };
}

export const set: Workload<"kv" | "delete" | "prefix"> = {
  name: "set",
  summary: "adds and removes unique elements, each a key under a prefix, and lists whole sets",
  requires: ["kv", "delete", "prefix"],
  options,
  roles(run, _random, share) {
    const sets = new Sets(run, share);
    return [
      {
        name: "clients",
        processes: "load",
        actor: ({ random }) => client(sets, run.readMode, random),
        final: (history) => keysOf(history).map((key) => ({ f: "list", key })),
      },
    ];
  },
  words: setModel(),
  checkers: ({ promises, limits, convergenceSeconds }) =>
    setCheckers(promises, { limits, boundSeconds: convergenceSeconds }),
  unsettled: (history) => unsettled(history, elementsAtRest),
  needs: { add: 20, list: 20 },
};
