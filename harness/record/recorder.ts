/**
 * Records the history, or a worker's part of it: gives each event its index and its time since the run began, keeps it for
 * the checkers, and passes it on at once.
 */
import { assert } from "../../core/assert.ts";
import type { Clock } from "../../core/clock.ts";
import { isAnswer } from "../../core/errors.ts";
import type { HarnessNews } from "../../core/harness-event.ts";
import {
  type ClientEvent,
  type History,
  type HistoryEvent,
  isClientEvent,
  type NoticeEvent,
} from "../../core/history.ts";
import type { Call, NodeId, Outcome } from "../../core/op.ts";
import type { OutcomeCounts } from "../../core/run.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import { mergeParts } from "./merge-parts.ts";
import { type LatencyCounts, RunningLatency, sumOfCounts } from "./running-latency.ts";

/** What a recorder has counted until now. */
export interface Counted {
  readonly counts: OutcomeCounts;
  /** Those that failed, or whose outcome nobody knows; without failures that are answers. */
  readonly errors: number;
  /** Response times of what succeeded. */
  readonly latency: LatencyCounts;
}

/** What counting needs of an operation that came to its end. */
interface Ended {
  readonly process: number;
  readonly mode?: string | undefined;
  readonly error?: string | undefined;
}

export class Recorder {
  readonly #clock: Clock;
  readonly #append: (event: HistoryEvent) => void;
  readonly #keep: boolean;
  #events: HistoryEvent[] = [];
  #recorded = 0;
  readonly #counts = { ok: 0, fail: 0, info: 0 };
  #errors = 0;
  /** What other recorders counted, by their names. */
  readonly #elsewhere = new Map<string, Counted>();
  readonly #latency = new RunningLatency();
  /** When the current operation of each process was meant to start. */
  readonly #meant = new Map<number, Nanos>();
  #isCounted: (process: number) => boolean = () => true;
  #isWhole = false;
  #isPreparing = false;
  #origin: Nanos | undefined;
  #beganAt: Date | undefined;

  /** `keep`: whether `history` is asked for later. */
  constructor(clock: Clock, append: (event: HistoryEvent) => void, keep = true) {
    this.#clock = clock;
    this.#append = append;
    this.#keep = keep;
  }

  get history(): History {
    return this.#events;
  }

  /** Outcomes so far, with those that others reported. */
  get counts(): OutcomeCounts {
    return [...this.#elsewhere.values()].map(({ counts }) => counts).reduce(sumOf, { ...this.#counts });
  }

  /** Response times of what succeeded so far, with those that others reported. */
  get latency(): LatencyCounts {
    return sumOfCounts([
      this.#latency.counts,
      ...[...this.#elsewhere.values()].map(({ latency }) => latency),
    ]);
  }

  /** All that was counted so far, with what others reported. */
  get counted(): Counted {
    const elsewhere = [...this.#elsewhere.values()].reduce((sum, { errors }) => sum + errors, 0);
    return { counts: this.counts, errors: this.#errors + elsewhere, latency: this.latency };
  }

  /** Notes what another recorder has counted until now. Once its part was taken in, it has nothing more to say. */
  report(name: string, counted: Counted): void {
    if (!this.#isWhole) this.#elsewhere.set(name, counted);
  }

  /** Takes in what others recorded: the history is that of all from now on. */
  adopt(parts: readonly History[]): void {
    this.#events = mergeParts([this.#events, ...parts]);
    this.#recorded = this.#events.length;
    this.#elsewhere.clear();
    this.#isWhole = true;
    for (const event of parts.flat()) if (isClientEvent(event)) this.#count(event.type, event);
  }

  /** Counts from now on only the operations of these processes, here and not of others who report. */
  countOnly(isCounted: (process: number) => boolean): void {
    this.#isCounted = isCounted;
  }

  /** Records what comes before the run, until it begins: in its order, and all of it at time 0. */
  prepare(): void {
    this.#isPreparing = true;
  }

  /** Begins the run: times count from `at`, a reading of the clock. */
  begin(at = this.#clock.now()): void {
    this.#isPreparing = false;
    this.#origin = at;
    this.#beganAt = this.#clock.date();
  }

  /** Wall-clock time when the run began; undefined if it never did. */
  get beganAt(): Date | undefined {
    return this.#beganAt;
  }

  /** Nanoseconds since the run began. */
  now(): Nanos {
    if (this.#isPreparing) return nanos(0);
    return this.since(this.#clock.now());
  }

  /** Converts a clock reading to nanoseconds since the run began. */
  since(reading: Nanos): Nanos {
    assert(this.#origin !== undefined, "an event before the run began");
    return nanos(reading - this.#origin);
  }

  /** `intended`: a reading of the clock. Returns the event's index, which a notice names. */
  invoke(process: number, call: Call, node: NodeId, intended?: Nanos): number {
    const time = this.now();
    const meant = intended === undefined ? time : this.since(intended);
    this.#meant.set(process, meant);
    this.#record({
      ...this.#head(time, "invoke", process, call),
      ...(call.value !== undefined && { value: call.value }),
      node,
      ...(meant !== time && { intended: meant }),
    });
    return this.#recorded - 1;
  }

  complete(process: number, call: Call, node: NodeId, outcome: Outcome): void {
    const head = this.#head(this.now(), outcome.type, process, call);
    this.#count(outcome.type, {
      process,
      mode: call.mode,
      ...(outcome.type !== "ok" && { error: outcome.error.code }),
    });
    const meant = this.#meant.get(process);
    this.#meant.delete(process);
    if (outcome.type === "ok") {
      if (meant !== undefined && !this.#isPreparing && this.#isCounted(process))
        this.#latency.add(nanos(head.time - meant));
      const { value, revision, modRevision } = outcome.output;
      this.#record({
        ...head,
        ...(value !== undefined && { value }),
        node,
        ...(revision !== undefined && { revision }),
        ...(modRevision !== undefined && { modRevision }),
      });
      return;
    }
    const { code, message } = outcome.error;
    this.#record({
      ...head,
      ...(call.value !== undefined && { value: call.value }),
      node,
      error: code,
      ...(message !== code && { message }),
    });
  }

  /** Records that a client received something that the invocation at index `of` subscribed to. */
  notice(notice: Omit<NoticeEvent, "index" | "time" | "type">): void {
    const subscribed = this.#keep ? this.#events[notice.of]?.type === "invoke" : notice.of < this.#recorded;
    assert(subscribed, `a notice of event ${notice.of}, which invokes nothing`);
    this.#record({ index: this.#recorded, time: this.now(), type: "notice", ...notice });
  }

  /** Records an event of the harness: a phase, a leader, a fault, a digest. */
  harness(news: HarnessNews): void {
    const index = this.#recorded;
    this.#record({ index, time: this.now(), type: "info", process: "nemesis", ...news });
  }

  #head<T extends Outcome["type"] | "invoke">(time: Nanos, type: T, process: number, call: Call) {
    const key = call.key !== undefined && { key: call.key };
    const mode = call.mode !== undefined && { mode: call.mode };
    return { index: this.#recorded, time, type, process, f: call.f, ...key, ...mode };
  }

  #count(type: ClientEvent["type"], { process, mode, error }: Ended): void {
    if (type === "invoke" || mode !== undefined || !this.#isCounted(process)) return;
    this.#counts[type]++;
    if (type !== "ok" && !isAnswer(error ?? "unknown")) this.#errors++;
  }

  #record(event: HistoryEvent): void {
    this.#recorded++;
    if (this.#keep) this.#events.push(event);
    this.#append(event);
  }
}

const sumOf = (a: OutcomeCounts, b: OutcomeCounts): OutcomeCounts => ({
  ok: a.ok + b.ok,
  fail: a.fail + b.fail,
  info: a.info + b.info,
});
