/**
 * A small simulated system with watches that keep every promise, for tests that then break one: operations take effect at
 * one instant between invocation and answer, each node is behind by what it has not applied yet.
 */
import type { ClientEvent, History, HistoryEvent, NoticeEvent } from "../../../core/history.ts";
import { type Call, type Json, nodeId, type Result, type Revision } from "../../../core/op.ts";
import type { Random } from "../../../core/random.ts";
import { millis } from "../../../core/time.ts";

export interface SimulationOptions {
  readonly operations: number;
  readonly watches: number;
  /** The chance that an operation is never answered. */
  readonly unknown: number;
  /** The chance that a step compacts. */
  readonly compactions: number;
  /** Whether events carry revisions, values and previous values. */
  readonly bare?: boolean;
  /** Whether the answer to a watch does not say at which revision it begins. */
  readonly vague?: boolean;
  readonly keys?: readonly string[];
  /** The chance that an operation is a read of the past; by default there are none. */
  readonly pastReads?: number;
  /** Only this many values are written, again and again. */
  readonly values?: number;
}

/** What one revision changed. */
interface Step {
  readonly revision: Revision;
  readonly changes: readonly { key: string; value: Json; previous: Json }[];
}

interface Running {
  readonly process: number;
  readonly call: Call;
  outcome?: Result | Refusal | "lost";
}

interface Refusal {
  readonly error: "compacted" | "future-revision";
}

interface Watching {
  readonly of: number;
  readonly process: number;
  readonly node: number;
  readonly argument: { readonly prefix?: string; readonly from?: number; readonly kind: string };
  readonly key: string | undefined;
  next: Revision;
  isOver: boolean;
}

const allKeys = ["a", "b", "ab"];

/** An event without index and time, which the simulation adds. */
type News = HistoryEvent extends infer E
  ? E extends HistoryEvent
    ? Omit<E, "index" | "time">
    : never
  : never;

class Simulation {
  readonly #random: Random;
  readonly #options: SimulationOptions;
  readonly #events: HistoryEvent[] = [];
  readonly #steps: Step[] = [];
  readonly #state = new Map<string, Json>();
  readonly #running: Running[] = [];
  readonly #watches: Watching[] = [];
  readonly #applied = [0, 0];
  #compacted: Revision = 0;
  #process = 0;
  #value = 0;

  constructor(random: Random, options: SimulationOptions) {
    this.#random = random;
    this.#options = options;
  }

  run(): History {
    const { operations, watches, compactions } = this.#options;
    let [asked, opened] = [0, 0];
    while (asked < operations || this.#running.length > 0 || opened < watches) {
      const dice = this.#random.float();
      if (dice < 0.3 && asked < operations) {
        this.#ask();
        asked++;
      } else if (dice < 0.55 && this.#running.length > 0) this.#goOn();
      else if (dice < 0.65 && opened < watches) {
        this.#open();
        opened++;
      } else if (this.#random.chance(compactions)) this.#compact();
      else this.#deliver();
    }
    for (let node = 0; node < this.#applied.length; node++) this.#applied[node] = this.#steps.length;
    for (const watch of this.#watches) while (this.#deliverTo(watch)) {}
    return this.#events;
  }

  #record(news: News): number {
    const index = this.#events.length;
    this.#events.push({ ...news, index, time: millis(index) } as HistoryEvent);
    return index;
  }

  #ask(): void {
    const process = this.#process++;
    const call = this.#call();
    this.#running.push({ process, call });
    this.#record({ type: "invoke", process, node: nodeId("n1"), ...call });
  }

  #call(): Call {
    const keys = this.#options.keys ?? allKeys;
    const key = this.#random.pick(keys);
    if (this.#random.chance(this.#options.pastReads ?? 0))
      return { f: "read-at", key, value: this.#random.integer(1, this.#steps.length + 2) };
    const dice = this.#random.float();
    if (dice < 0.45) return { f: "write", key, value: this.#next() };
    if (dice < 0.7) return { f: "delete", key };
    if (dice < 0.8) return { f: "read", key };
    const some = keys.filter(() => this.#random.chance(0.6));
    const parts = (some.length === 0 ? [key] : some).map(
      (one): Json =>
        this.#random.chance(0.7) ? { f: "write", key: one, value: this.#next() } : { f: "delete", key: one },
    );
    return { f: "txn", value: parts };
  }

  #next(): number {
    return ++this.#value % (this.#options.values ?? Number.POSITIVE_INFINITY);
  }

  /** An operation takes effect, or is answered. */
  #goOn(): void {
    const at = this.#random.integer(0, this.#running.length - 1);
    const running = this.#running[at] as Running;
    const { process, call, outcome } = running;
    if (outcome === undefined) {
      const isUnknown = !call.f.startsWith("read") && this.#random.chance(this.#options.unknown);
      if (isUnknown && this.#random.chance(0.4)) running.outcome = "lost";
      else running.outcome = this.#effect(call);
      if (isUnknown) running.outcome = "lost";
      return;
    }
    this.#running.splice(at, 1);
    const { f, key } = call;
    const named = { process, node: nodeId("n1"), f, ...(key !== undefined && { key }) };
    if (outcome === "lost") this.#record({ type: "info", ...named, error: "timeout" });
    else this.#record({ type: "error" in outcome ? "fail" : "ok", ...named, ...outcome });
  }

  #readAt(key: string, at: Revision): Result {
    const revision = this.#steps.length;
    const last = this.#steps.findLast(
      (step) => step.revision <= at && step.changes.some((change) => change.key === key),
    );
    const value = last?.changes.find((change) => change.key === key)?.value ?? null;
    if (value === null || last === undefined) return { value: null, revision };
    return { value, revision, modRevision: last.revision };
  }

  #effect({ f, key = "", value = null }: Call): Result | Refusal {
    const newest = this.#steps.length;
    if (f === "read") return this.#readAt(key, newest);
    if (f === "read-at") {
      if (Number(value) > newest) return { error: "future-revision" };
      return Number(value) < this.#compacted ? { error: "compacted" } : this.#readAt(key, Number(value));
    }
    const parts = f === "txn" ? (value as { f: string; key: string; value?: Json }[]) : [{ f, key, value }];
    const changes = parts
      .map((part) => ({
        key: part.key,
        value: part.f === "delete" ? null : (part.value ?? null),
        previous: this.#state.get(part.key) ?? null,
      }))
      .filter((change) => change.value !== null || change.previous !== null);
    if (changes.length === 0) return f === "delete" ? { value: false } : { value, revision: newest };
    for (const change of changes) this.#state.set(change.key, change.value);
    this.#steps.push({ revision: newest + 1, changes });
    return { value: f === "delete" ? true : value, revision: newest + 1 };
  }

  #open(): void {
    const { bare } = this.#options;
    const process = this.#process++;
    const node = this.#random.integer(0, 1);
    const applied = this.#applied[node] ?? 0;
    const isPrefix = this.#random.chance(0.6);
    const key = isPrefix ? undefined : this.#random.pick(this.#options.keys ?? allKeys);
    const from = bare || this.#random.chance(0.4) ? undefined : this.#random.integer(1, applied + 3);
    const kind = bare ? "persistent" : "stream";
    const argument = {
      kind,
      ...(isPrefix && { prefix: this.#random.pick(["", "a"]) }),
      ...(from !== undefined && { from }),
    };
    const named = { process, node: nodeId(`n${node + 1}`), f: "watch", ...(key !== undefined && { key }) };
    const of = this.#record({ type: "invoke", ...named, value: argument });
    this.#record({ type: "ok", ...named, ...(!this.#options.vague && { revision: applied }) });
    this.#watches.push({ of, process, node, argument, key, next: from ?? applied + 1, isOver: false });
  }

  #compact(): void {
    const process = this.#process++;
    const value = this.#random.integer(0, this.#steps.length);
    this.#record({ type: "invoke", process, f: "compact", value });
    // Nodes that are behind compact later; this system waits for them.
    for (let node = 0; node < this.#applied.length; node++)
      this.#applied[node] = Math.max(this.#applied[node] ?? 0, value);
    this.#compacted = Math.max(this.#compacted, value);
    this.#record({ type: "ok", process, f: "compact", value });
  }

  #deliver(): void {
    const node = this.#random.integer(0, 1);
    const applied = this.#applied[node] ?? 0;
    if (this.#random.chance(0.5)) this.#applied[node] = this.#random.integer(applied, this.#steps.length);
    const open = this.#watches.filter(({ isOver }) => !isOver);
    if (open.length > 0) this.#deliverTo(this.#random.pick(open));
  }

  /** One delivery to the watch; false if nothing was left to deliver. */
  #deliverTo(watch: Watching): boolean {
    if (watch.isOver) return false;
    const { of, process, node, argument, key } = watch;
    const applied = this.#applied[node] ?? 0;
    const head = { type: "notice" as const, process, node: nodeId(`n${node + 1}`), of };
    if (watch.next < this.#compacted) {
      watch.isOver = true;
      this.#record({ ...head, f: "canceled", revision: this.#compacted });
      return false;
    }
    const until = Math.min(applied, watch.next + this.#random.integer(0, 2));
    const due = this.#steps.filter(({ revision }) => revision >= watch.next && revision <= until);
    const follows = (name: string) =>
      argument.prefix === undefined ? name === key : name.startsWith(argument.prefix);
    const changes = due.flatMap(({ revision, changes }) =>
      changes.filter((change) => follows(change.key)).map((change) => ({ revision, ...change })),
    );
    const news = changes.map(
      (change, i): Omit<NoticeEvent, "index" | "time"> => ({
        ...head,
        ...this.#contents(change),
        ...(!this.#options.bare && i < changes.length - 1 && { more: true as const }),
      }),
    );
    for (const one of news) this.#record(one);
    if (due.length > 0) watch.next = until + 1;
    if (!this.#options.bare && this.#random.chance(0.3))
      this.#record({ ...head, f: "progress", revision: Math.min(watch.next - 1, applied) });
    return watch.next <= applied;
  }

  #contents({ key, value, previous, revision }: Step["changes"][number] & { revision: Revision }) {
    const f = value === null ? "delete" : previous === null ? "create" : "put";
    if (this.#options.bare) return { f, key };
    const isHidden = revision <= this.#compacted;
    return { f, key, ...(value !== null && { value }), previous: isHidden ? null : previous, revision };
  }
}

/** A history of a system that keeps its promises. */
export const watchedHistory = (random: Random, options: SimulationOptions): History =>
  new Simulation(random, options).run();

export const isEvent = (event: HistoryEvent): event is NoticeEvent =>
  event.type === "notice" && ["create", "put", "delete"].includes((event as NoticeEvent).f);

/** The history with other events, numbered anew; a notice keeps the invocation that it belongs to. */
export function renumbered(events: readonly HistoryEvent[]): History {
  const places = new Map(events.map(({ index }, i) => [index, i]));
  return events.map((event, index) => {
    const moved = { ...event, index, time: millis(index) };
    return event.type === "notice"
      ? ({ ...moved, of: places.get((event as NoticeEvent).of) ?? 0 } as HistoryEvent)
      : (moved as ClientEvent);
  });
}
