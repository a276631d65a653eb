/** By when a watcher must have received a change: within a bound after it, and after faults and pauses are over. */
import { faultWindows } from "../../core/fault.ts";
import type { Phase } from "../../core/harness-event.ts";
import { type History, type HistoryEvent, isHarnessEvent } from "../../core/history.ts";
import { type Nanos, nanos } from "../../core/time.ts";

interface Span {
  readonly from: Nanos;
  readonly to: Nanos;
}

export class Deadlines {
  readonly bound: Nanos;
  /** Until when watches were observed. What was due later is not judged. */
  readonly end: Nanos;
  /** Whether processes may end without a word, because a fault killed them. */
  readonly killsClients: boolean;
  readonly #faults: readonly Span[];

  constructor(history: History, bound: Nanos) {
    this.bound = bound;
    this.end = endOf(history);
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

const isPhase = (event: HistoryEvent, phase: Phase): boolean =>
  isHarnessEvent(event) && event.f === "phase" && event.value === phase;

/**
 * The moment before clients were stopped; watches end with the load. Where the history does not tell it, the last sign
 * of any client before the final phase (an invocation or a notice), as that phase begins seconds later on a busy machine.
 * Without phases, the history's last time.
 */
function endOf(history: History): Nanos {
  const ending = history.findLast((event) => isPhase(event, "ending"));
  if (ending !== undefined) return ending.time;
  const final = history.findLastIndex((event) => isPhase(event, "final"));
  if (final < 0) return history.at(-1)?.time ?? nanos(0);
  for (let i = final - 1; i >= 0; i--) {
    const event = history[i];
    if (event !== undefined && (event.type === "invoke" || event.type === "notice")) return event.time;
  }
  return nanos(0);
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
