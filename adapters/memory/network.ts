/** The links of the in-memory system: what is sent arrives later, or not at all. */
import type { Clock } from "../../core/clock.ts";
import type { Link, NodeId } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { millis } from "../../core/time.ts";

/** A node, or the harness' clients. */
export type Place = NodeId | "clients";

export interface LatencyMs {
  readonly min: number;
  readonly max: number;
}

/** Messages in one direction that arrive in the order in which they were sent, each once: a lost one is sent again. */
export interface Stream {
  send(arrive: () => void): void;
  /** Holds back what would arrive, or lets it. */
  pause(paused: boolean): void;
  /** Nothing arrives any more. */
  close(): void;
}

/** Time until a lost message is sent again. */
const retransmissionMs = 200;

const name = (from: Place, to: Place): string => `${from} -> ${to}`;

export class MemoryNetwork {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #latency: LatencyMs;
  readonly #onChange: () => void;
  readonly #cut = new Set<string>();
  readonly #slow = new Map<string, { delayMs: number; jitterMs: number }>();
  readonly #lossy = new Map<string, number>();
  /** Effects of the current faults: a description -> how often it was seen. */
  readonly #seen = new Map<string, number>();

  constructor(options: { clock: Clock; random: Random; latency: LatencyMs; onChange: () => void }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#latency = options.latency;
    this.#onChange = options.onChange;
  }

  /** Calls `arrive` when what was sent is there; never where the link is cut. */
  send(from: Place, to: Place, arrive: () => void): void {
    const link = name(from, to);
    if (this.#cut.has(link)) {
      this.#see(`${link} refused messages`);
      return;
    }
    let delayMs = this.#between(this.#latency.min, this.#latency.max);
    const slow = this.#slow.get(link);
    if (slow !== undefined) {
      this.#see(`${link} delayed messages`);
      delayMs += this.#between(slow.delayMs, slow.delayMs + slow.jitterMs);
    }
    const lossPercent = this.#lossy.get(link);
    if (lossPercent !== undefined && this.#random.chance(lossPercent / 100)) {
      this.#see(`${link} lost messages`);
      delayMs += retransmissionMs;
    }
    this.#clock.after(millis(delayMs), arrive);
  }

  stream(from: Place, to: Place): Stream {
    let waiting: (() => void)[] = [];
    let [paused, closed] = [false, false];
    /** Stops the batch that is under way: there is one at a time. */
    let stop: (() => void) | undefined;
    const dispatch = () => {
      if (stop !== undefined || paused || closed || waiting.length === 0) return;
      stop = this.#untilArrived(from, to, waiting, () => {
        stop = undefined;
        dispatch();
      });
      waiting = [];
    };
    return {
      send: (arrive) => {
        waiting.push(arrive);
        dispatch();
      },
      pause: (value) => {
        paused = value;
        dispatch();
      },
      close: () => {
        closed = true;
        stop?.();
      },
    };
  }

  /** Sends a batch again and again until it arrives, which it does once. Returns how to stop. */
  #untilArrived(from: Place, to: Place, batch: readonly (() => void)[], done: () => void): () => void {
    let isOver = false;
    let cancel = () => {};
    const stop = () => {
      isOver = true;
      cancel();
    };
    const attempt = () => {
      this.send(from, to, () => {
        if (isOver) return;
        for (const arrive of batch) if (!isOver) arrive();
        if (isOver) return;
        stop();
        done();
      });
      cancel = this.#clock.after(millis(retransmissionMs), attempt);
    };
    attempt();
    return stop;
  }

  /** Whether a question and its answer can pass. */
  connects(a: Place, b: Place): boolean {
    return a === b || !(this.#cut.has(name(a, b)) || this.#cut.has(name(b, a)));
  }

  async cut(links: readonly Link[]): Promise<void> {
    for (const [from, to] of links) this.#cut.add(name(from, to));
    this.#onChange();
  }

  async mend(links: readonly Link[]): Promise<void> {
    for (const [from, to] of links) this.#cut.delete(name(from, to));
    this.#onChange();
  }

  /** No connection outlives a cut here: what is sent to a cut link is lost. */
  async breakConnections(): Promise<void> {}

  async cutClients(nodes: readonly NodeId[]): Promise<void> {
    for (const node of nodes) this.#cut.add(name("clients", node)).add(name(node, "clients"));
  }

  async slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void> {
    for (const [from, to] of links) this.#slow.set(name(from, to), { delayMs, jitterMs });
  }

  async lose(links: readonly Link[], percent: number): Promise<void> {
    for (const [from, to] of links) this.#lossy.set(name(from, to), percent);
  }

  async heal(): Promise<void> {
    for (const fault of [this.#cut, this.#slow, this.#lossy, this.#seen]) fault.clear();
    this.#onChange();
  }

  async proof(): Promise<string | undefined> {
    const seen = [...this.#seen].map(([what, count]) => `${what} (${count})`);
    return seen.length === 0 ? undefined : seen.join(", ");
  }

  #see(what: string): void {
    this.#seen.set(what, (this.#seen.get(what) ?? 0) + 1);
  }

  #between(min: number, max: number): number {
    return min + this.#random.float() * (max - min);
  }
}
