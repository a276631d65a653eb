/**
 * Histories of a simulated cluster that keeps sets, with what its nodes really held: for tests of what judges sets, and for
 * measuring how fast it does. Updates take effect at one instant between invocation and answer, in one order; each node
 * has a prefix of that order, and lists what its prefix leaves.
 */
import type { ClientEvent, HistoryEvent } from "../../../core/history.ts";
import { nodeId } from "../../../core/op.ts";
import type { Random } from "../../../core/random.ts";
import { millis } from "../../../core/time.ts";

export interface SetRunOptions {
  readonly operations: number;
  readonly processes?: number;
  readonly nodes?: number;
  /** Sets in use at a time. */
  readonly sets?: number;
  /** Operations after which a set retires. */
  readonly perSet?: number;
  /** Shares of the operations, the rest are lists. */
  readonly adds?: number;
  readonly removes?: number;
  /** Share of updates whose answer is not known. */
  readonly unknown?: number;
  /** How long the nodes are behind at most, milliseconds; 0: every list is fresh. */
  readonly lagMs?: number;
  /** Whether a node's prefix never shrinks, and what a process did is in it (`own`), or it may be any recent one. */
  readonly order?: "any" | "growing" | "own";
  /** Whether each node is asked at the end what it holds, when it has caught up. */
  readonly atRest?: boolean;
  /** A bug: what a list of a node shows instead of what it holds. */
  readonly answer?: (held: readonly number[], list: AnsweredList) => readonly number[];
}

export interface AnsweredList {
  readonly key: string;
  readonly node: string;
  readonly atMs: number;
  readonly isAtRest: boolean;
}

interface Effect {
  readonly key: string;
  readonly value: number;
  readonly isAdd: boolean;
  readonly atMs: number;
}

interface Running {
  readonly f: "add" | "remove" | "list";
  readonly key: string;
  readonly value?: number;
  readonly isKnown: boolean;
  answer?: ClientEvent["value"];
  revision?: number;
}

interface LiveSet {
  readonly name: string;
  asked: number;
  /** Elements that nobody has tried to remove. */
  readonly removable: number[];
}

interface Client {
  readonly node: number;
  name: number;
  atMs: number;
  next: "call" | "effect" | "answer";
  running?: Running;
  /** Effects that it has done or seen. */
  known: number;
}

/** A run's history. The same options and random stream give the same one. */
export function setRun(random: Random, options: SetRunOptions): HistoryEvent[] {
  return new SetRun(random, options).run();
}

class SetRun {
  readonly #random: Random;
  readonly #options: Required<Omit<SetRunOptions, "answer">> & Pick<SetRunOptions, "answer">;
  readonly #events: HistoryEvent[] = [];
  readonly #effects: Effect[] = [];
  /** For each node the longest prefix that it has shown. */
  readonly #shown: number[];
  readonly #lags: number[];
  readonly #clients: Client[];
  readonly #late: { readonly atMs: number; readonly running: Running }[] = [];
  readonly #sets: LiveSet[] = [];
  #names: number;
  #made = 0;
  #values = 0;

  constructor(random: Random, options: SetRunOptions) {
    this.#random = random;
    this.#options = {
      processes: 4,
      nodes: 3,
      sets: 1,
      perSet: Number.POSITIVE_INFINITY,
      adds: 0.4,
      removes: 0.1,
      unknown: 0.1,
      lagMs: 0,
      order: "own",
      atRest: false,
      ...options,
    };
    const { processes, nodes, lagMs } = this.#options;
    this.#shown = Array.from({ length: nodes }, () => 0);
    this.#lags = this.#shown.map((_, i) => (i === 0 ? 0 : random.float() * lagMs));
    this.#names = processes;
    this.#clients = Array.from({ length: processes }, (_, i) => ({
      node: i % nodes,
      name: i,
      atMs: random.float() * 5,
      next: "call",
      known: 0,
    }));
    for (let i = 0; i < this.#options.sets; i++) this.#sets.push(this.#newSet());
  }

  run(): HistoryEvent[] {
    let asked = 0;
    for (;;) {
      const running = this.#clients.filter(({ next }) => next !== "call" || asked < this.#options.operations);
      const [first] = running;
      if (first === undefined) break;
      const client = running.reduce((a, b) => (b.atMs < a.atMs ? b : a), first);
      this.#takeLate(client.atMs);
      if (client.next === "call") {
        this.#call(client);
        asked++;
      } else if (client.next === "effect") this.#effect(client);
      else this.#answer(client);
    }
    if (this.#options.atRest) this.#rest();
    return this.#events;
  }

  #newSet(): LiveSet {
    return { name: `s${++this.#made}`, asked: 0, removable: [] };
  }

  #call(client: Client): void {
    const random = this.#random;
    const { adds, removes, perSet, unknown } = this.#options;
    const at = random.integer(0, this.#sets.length - 1);
    let set = this.#sets[at] as LiveSet;
    if (set.asked >= perSet) {
      set = this.#newSet();
      this.#sets[at] = set;
    }
    set.asked++;
    const dice = random.float();
    const f = dice < adds ? "add" : dice < adds + removes && set.removable.length > 0 ? "remove" : "list";
    const value =
      f === "add"
        ? ++this.#values
        : f === "remove"
          ? set.removable.splice(random.integer(0, set.removable.length - 1), 1)[0]
          : undefined;
    const isKnown = !random.chance(f === "list" ? unknown / 4 : unknown);
    client.running = { f, key: set.name, isKnown, ...(value !== undefined && { value }) };
    this.#push(client, "invoke", value);
    client.next = "effect";
    client.atMs += random.float() * 6;
  }

  #effect(client: Client): void {
    const running = client.running as Running;
    const random = this.#random;
    if (running.f === "list") running.answer = this.#listed(client, running.key, false);
    else if (running.isKnown || random.chance(0.4)) client.known = this.#apply(running, client.atMs);
    else if (random.chance(0.5)) this.#late.push({ atMs: client.atMs + random.float() * 100, running });
    client.next = "answer";
    client.atMs += random.float() * 6;
  }

  #apply(running: Running, atMs: number): number {
    const isThere = this.#effects.some(
      ({ key, value, isAdd }) => isAdd && key === running.key && value === running.value,
    );
    const isGone = this.#effects.some(
      ({ key, value, isAdd }) => !isAdd && key === running.key && value === running.value,
    );
    const isAdd = running.f === "add";
    const changes = isAdd || (isThere && !isGone);
    if (changes) this.#effects.push({ key: running.key, value: running.value as number, isAdd, atMs });
    running.answer = isAdd ? (running.value as number) : changes;
    return this.#effects.length;
  }

  #takeLate(untilMs: number): void {
    for (const late of this.#late.filter(({ atMs }) => atMs <= untilMs)) {
      this.#late.splice(this.#late.indexOf(late), 1);
      this.#apply(late.running, late.atMs);
    }
  }

  #answer(client: Client): void {
    const { f, key, value, isKnown, answer } = client.running as Running;
    if (isKnown) this.#push(client, "ok", answer);
    else {
      this.#push(client, "info", value);
      client.name = this.#names++;
      client.known = 0;
    }
    if (f === "add") {
      const set = this.#sets.find(({ name }) => name === key);
      if (isKnown || this.#random.chance(0.3)) set?.removable.push(value as number);
    }
    client.next = "call";
    client.atMs += this.#random.float() * 6;
  }

  /** What a client's list shows. */
  #listed(client: Client, key: string, isAtRest: boolean): readonly number[] {
    const { order, answer } = this.#options;
    const lag = (this.#lags[client.node] as number) * (order === "any" ? this.#random.float() : 1);
    const since = client.atMs - (isAtRest ? 0 : lag);
    let seen = this.#effects.length;
    while (seen > 0 && (this.#effects[seen - 1] as Effect).atMs > since) seen--;
    if (order !== "any") seen = Math.max(seen, this.#shown[client.node] as number);
    if (order === "own") seen = Math.max(seen, client.known);
    if (order !== "any") this.#shown[client.node] = seen;
    client.known = Math.max(client.known, seen);
    const held = new Set<number>();
    for (const effect of this.#effects.slice(0, seen)) {
      if (effect.key !== key) continue;
      if (effect.isAdd) held.add(effect.value);
      else held.delete(effect.value);
    }
    const node = `n${client.node + 1}`;
    const sorted = [...held].sort((a, b) => a - b);
    return answer?.(sorted, { key, node, atMs: client.atMs, isAtRest }) ?? sorted;
  }

  /** The last phases: everything is healed, and each node lists every set in its local mode, twice. */
  #rest(): void {
    let atMs = this.#clients.reduce((last, client) => Math.max(last, client.atMs), 0) + 200;
    this.#takeLate(atMs);
    for (const phase of ["quiet", "final"] as const) {
      this.#events.push({
        index: this.#events.length,
        time: millis(atMs),
        type: "info",
        process: "nemesis",
        f: "phase",
        value: phase,
      });
      atMs += 1000;
    }
    for (const [node] of this.#shown.entries()) {
      for (let made = 1; made <= this.#made; made++) {
        atMs += 2;
        const client: Client = { node, name: this.#names, atMs, next: "call", known: 0 };
        client.running = { f: "list", key: `s${made}`, isKnown: true };
        this.#push(client, "invoke", undefined, "local");
        const held = this.#listed(client, `s${made}`, true);
        client.atMs++;
        this.#push(client, "ok", held, "local");
      }
    }
  }

  #push(client: Client, type: ClientEvent["type"], value: ClientEvent["value"], mode?: string): void {
    const { f, key } = client.running as Running;
    this.#events.push({
      index: this.#events.length,
      time: millis(client.atMs),
      type,
      process: client.name,
      f,
      key,
      node: nodeId(`n${client.node + 1}`),
      ...(value !== undefined && { value }),
      ...(mode !== undefined && { mode }),
      ...(type === "info" && { error: "timeout" }),
    });
  }
}
