import type { ClientEvent, History } from "../core/history.ts";
import { type Json, nodeId } from "../core/op.ts";
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
  /** Operations after which all keys are replaced by new ones; by default they never are. */
  readonly operationsPerGeneration?: number;
  /** Whether answers have revisions, as a store gives them that counts its changes. */
  readonly hasRevisions?: boolean;
  /** Number of nodes, `n1`, `n2`, …: each client asks one of them. By default events name none. */
  readonly nodes?: number;
  readonly seed: number;
}

interface Running {
  readonly f: "read" | "write" | "cas";
  readonly key: number;
  readonly argument: Json;
  /** Answer, once it took effect; `refused` for a CAS that did not match. */
  answer?: Answer | "refused";
}

type Answer = Pick<ClientEvent, "value" | "revision" | "modRevision">;

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
    const node = options.nodes === undefined ? {} : { node: nodeId(`n${(client % options.nodes) + 1}`) };
    events.push({ index, time: nanos(index * 50_000), type, process, f, key: `k${key}`, ...node, ...more });
  };
  let nextProcess = clients;
  for (let called = 0, open = 0; called < operations || open > 0; ) {
    const client = random.integer(0, clients - 1);
    const current = running[client];
    if (current === undefined) {
      if (called === operations) continue;
      const generation = Math.floor(called / (options.operationsPerGeneration ?? Number.POSITIVE_INFINITY));
      const next = world.call(generation * keys + random.integer(0, keys - 1));
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
      else add(client, "ok", current, current.answer);
    }
  }
  return events;
}

/** The registers that the clients share. */
class World {
  readonly #options: RegisterHistoryOptions;
  readonly #random: Random;
  /** The value of each key, and the revision at which it was written. */
  readonly #values = new Map<number, { readonly value: Json; readonly revision: number }>();
  #written = 0;
  #revision = 0;

  constructor(options: RegisterHistoryOptions, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  call(key: number): Running {
    const { reads = 0.5, cas = 0, values } = this.#options;
    const kind = this.#random.float();
    if (kind < reads) return { f: "read", key, argument: null };
    const value = () => (values === undefined ? ++this.#written : this.#random.integer(1, values));
    if (kind >= reads + cas) return { f: "write", key, argument: value() };
    const from = values === undefined ? this.#valueOf(key) : this.#random.integer(1, values);
    return { f: "cas", key, argument: [from, value()] };
  }

  takeEffect(running: Running): void {
    const { f, key, argument } = running;
    const current = this.#valueOf(key);
    if (f === "read") {
      running.answer = { value: current, ...this.#revisions(this.#values.get(key)?.revision) };
      return;
    }
    const [from, to] = f === "cas" ? (argument as readonly [Json, Json]) : [current, argument];
    if (from !== current) {
      running.answer = "refused";
      return;
    }
    this.#values.set(key, { value: to, revision: ++this.#revision });
    running.answer = { value: argument, ...this.#revisions() };
  }

  #valueOf(key: number): Json {
    return this.#values.get(key)?.value ?? null;
  }

  #revisions(modRevision?: number): Omit<Answer, "value"> {
    if (this.#options.hasRevisions !== true) return {};
    return { revision: this.#revision, ...(modRevision !== undefined && { modRevision }) };
  }
}
