import type { ClientEvent, History } from "../core/history.ts";
import type { Json } from "../core/op.ts";
import { createRandom, type Random } from "../core/random.ts";
import { nanos } from "../core/time.ts";

/** Parameters of a generated history of registers. */
export interface RegisterHistoryOptions {
  readonly operations: number;
  readonly clients: number;
  readonly keys?: number;
  /** Shares of reads and of CAS; the rest writes. */
  readonly reads?: number;
  readonly cas?: number;
  /** Number of values to write; by default each value is written once. */
  readonly values?: number;
  /** Probability that an operation ends with an unknown outcome, though it took effect. */
  readonly crashes?: number;
  readonly seed: number;
}

interface Running {
  readonly f: "read" | "write" | "cas";
  readonly key: number;
  readonly argument: Json;
  /** Answer, once it took effect; `refused` for a CAS that did not match. */
  answer?: { readonly value: Json } | "refused";
}

/**
 * A linearizable history: clients, each busy all the time, in an order drawn at random take the next of three steps:
 * call, take effect in the shared registers, return.
 */
export function registerHistory(options: RegisterHistoryOptions): History {
  const random = createRandom(options.seed);
  const { operations, clients, keys = 1 } = options;
  const world = new World(options, random);
  const events: ClientEvent[] = [];
  const running: (Running | undefined)[] = new Array(clients).fill(undefined);
  const processes = running.map((_, client) => client);
  const add = (
    client: number,
    type: ClientEvent["type"],
    { f, key }: Running,
    more: Partial<ClientEvent>,
  ) => {
    const index = events.length;
    const process = processes[client] as number;
    events.push({ index, time: nanos(index * 50_000), type, process, f, key: `k${key}`, ...more });
  };
  let nextProcess = clients;
  for (let called = 0, open = 0; called < operations || open > 0; ) {
    const client = random.integer(0, clients - 1);
    const current = running[client];
    if (current === undefined) {
      if (called === operations) continue;
      const next = world.call(random.integer(0, keys - 1));
      running[client] = next;
      called++;
      open++;
      add(client, "invoke", next, next.f === "read" ? {} : { value: next.argument });
    } else if (current.answer === undefined) {
      world.takeEffect(current);
    } else {
      running[client] = undefined;
      open--;
      if (random.chance(options.crashes ?? 0)) {
        add(client, "info", current, { error: "timeout" });
        processes[client] = nextProcess++;
      } else if (current.answer === "refused") add(client, "fail", current, { error: "mismatch" });
      else add(client, "ok", current, { value: current.answer.value });
    }
  }
  return events;
}

/** The registers that the clients share. */
class World {
  readonly #options: RegisterHistoryOptions;
  readonly #random: Random;
  readonly #values: Json[];
  #written = 0;

  constructor(options: RegisterHistoryOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#values = new Array(options.keys ?? 1).fill(null);
  }

  call(key: number): Running {
    const { reads = 0.5, cas = 0, values } = this.#options;
    const kind = this.#random.float();
    if (kind < reads) return { f: "read", key, argument: null };
    const value = () => (values === undefined ? ++this.#written : this.#random.integer(1, values));
    if (kind >= reads + cas) return { f: "write", key, argument: value() };
    const from = values === undefined ? (this.#values[key] as Json) : this.#random.integer(1, values);
    return { f: "cas", key, argument: [from, value()] };
  }

  takeEffect(running: Running): void {
    const { f, key, argument } = running;
    const current = this.#values[key] as Json;
    if (f === "read") {
      running.answer = { value: current };
      return;
    }
    const [from, to] = f === "cas" ? (argument as readonly [Json, Json]) : [current, argument];
    const matches = from === current;
    running.answer = matches ? { value: argument } : "refused";
    if (matches) this.#values[key] = to;
  }
}
