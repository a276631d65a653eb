/** By when a watcher must have received a change: within a bound after it, and after faults and pauses are over. */
import { faultWindows } from "../../core/fault.ts";
import { type History, type HistoryEvent, isHarnessEvent } from "../../core/history.ts";
import { type Nanos, nanos } from "../../core/time.ts";

interface Span {
  readonly from: Nanos;
  readonly to: Nanos;
}

export class Deadlines {
  readonly bound: Nanos;
  /** Until when watches were observed: the moment before clients were stopped, or the history's last time. What was due later is not judged. */
  readonly end: Nanos;
  /** Whether processes may end without a word, because a fault killed them. */
  readonly killsClients: boolean;
  readonly #faults: readonly Span[];

  constructor(history: History, bound: Nanos) {
    this.bound = bound;
    const isOver = (event: HistoryEvent) =>
      isHarnessEvent(event) && event.f === "phase" && (event.value === "ending" || event.value === "final");
    this.end = (history.find(isOver) ?? history.at(-1))?.time ?? nanos(0);
    const windows = faultWindows(history);
    this.#faults = merged(windows);
    this.killsClients = windows.some(({ name }) => name === "kill-client");
  }

  /** The first moment at which `bound` has passed since `since`, without a fault or one of `pauses` in that time. */
  of(since: Nanos, pauses: readonly Span[] = []): Nanos {
    const disturbances = pauses.length === 0 ? this.#faults : merged([...this.#faults, ...pauses]);
    let calm = since;
    for (const { from, to } of disturbances) {
      if (to <= calm) continue;
      if (from >= calm + this.bound) break;
      calm = to;
    }
    return nanos(calm + this.bound);
  }

  /** Whether a fault was active at the time. */
  isDisturbed(time: Nanos): boolean {
    for (const { from, to } of this.#faults) if (from <= time && time <= to) return true;
    return false;
  }
}

/** Spans that neither touch nor overlap, in order. */
function merged(spans: readonly Span[]): Span[] {
  const apart: Span[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = apart.at(-1);
    if (last === undefined || last.to < from) apart.push({ from, to });
    else if (to > last.to) apart[apart.length - 1] = { from: last.from, to };
  }
  return apart;
}
