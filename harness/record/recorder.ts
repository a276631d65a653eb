/**
 * Records the history: gives each event its index and its time since the run began, keeps it for the checkers, and passes it
 * to the run directory at once.
 */
import { assert } from "../../core/assert.ts";
import type { Clock } from "../../core/clock.ts";
import type { HarnessNews } from "../../core/harness-event.ts";
import type { History, HistoryEvent, NoticeEvent } from "../../core/history.ts";
import type { Call, NodeId, Outcome } from "../../core/op.ts";
import type { OutcomeCounts } from "../../core/run.ts";
import { type Nanos, nanos } from "../../core/time.ts";

export class Recorder {
  readonly #clock: Clock;
  readonly #append: (event: HistoryEvent) => void;
  readonly #events: HistoryEvent[] = [];
  readonly #counts = { ok: 0, fail: 0, info: 0 };
  #origin: Nanos | undefined;
  #beganAt: Date | undefined;

  constructor(clock: Clock, append: (event: HistoryEvent) => void) {
    this.#clock = clock;
    this.#append = append;
  }

  get history(): History {
    return this.#events;
  }

  get counts(): OutcomeCounts {
    return { ...this.#counts };
  }

  /** Begins the run: times count from now. */
  begin(): void {
    this.#origin = this.#clock.now();
    this.#beganAt = this.#clock.date();
  }

  /** Wall-clock time when the run began; undefined if it never did. */
  get beganAt(): Date | undefined {
    return this.#beganAt;
  }

  /** Nanoseconds since the run began. */
  now(): Nanos {
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
    this.#record({
      ...this.#head(time, "invoke", process, call),
      ...(call.value !== undefined && { value: call.value }),
      node,
      ...(meant !== time && { intended: meant }),
    });
    return this.#events.length - 1;
  }

  complete(process: number, call: Call, node: NodeId, outcome: Outcome): void {
    const head = this.#head(this.now(), outcome.type, process, call);
    if (call.mode === undefined) this.#counts[outcome.type]++;
    if (outcome.type === "ok") {
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
    assert(
      this.#events[notice.of]?.type === "invoke",
      `a notice of event ${notice.of}, which invokes nothing`,
    );
    this.#record({ index: this.#events.length, time: this.now(), type: "notice", ...notice });
  }

  /** Records an event of the harness: a phase, a leader, a fault, a digest. */
  harness(news: HarnessNews): void {
    const index = this.#events.length;
    this.#record({ index, time: this.now(), type: "info", process: "nemesis", ...news });
  }

  #head<T extends Outcome["type"] | "invoke">(time: Nanos, type: T, process: number, call: Call) {
    const key = call.key !== undefined && { key: call.key };
    const mode = call.mode !== undefined && { mode: call.mode };
    return { index: this.#events.length, time, type, process, f: call.f, ...key, ...mode };
  }

  #record(event: HistoryEvent): void {
    this.#events.push(event);
    this.#append(event);
  }
}
