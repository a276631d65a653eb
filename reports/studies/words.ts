/** Figures of studies in words, for pages and for the terminal. */
import type { Sweep, SweepStep } from "../data/sweep.ts";
import { formatCount, formatMicros, formatRate, formatShare } from "../numbers.ts";
import type { CheckedRule, CheckState } from "./check-perf.ts";

export const stateWords: Readonly<Record<CheckState, string>> = {
  pass: "PASS",
  fail: "FAIL",
  "not measured": "not measured",
};

/** `998/s (above 900/s)`, `41.2 ms (at most 500 ms)` */
export function ruleWords({ rule, value, limit }: Pick<CheckedRule, "rule" | "value" | "limit">): string {
  if (rule === "errors") return `${formatCount(value)} (none)`;
  if (rule === "throughput") return `${formatRate(value)}/s (above ${formatRate(limit)}/s)`;
  return `${formatMicros(value)} (at most ${formatMicros(limit)})`;
}

/** Figures of one rate of a sweep: requested, ok, done, errors, p50, p99. */
export const stepFigures = ({ rate, okPerSecond, done, errors, p50, p99 }: SweepStep): string[] => [
  `${formatRate(rate)}/s`,
  `${formatRate(okPerSecond)}/s`,
  formatShare(done),
  formatShare(errors),
  formatMicros(p50),
  formatMicros(p99),
];

/** `knee`, why a rate is beyond it, or ""; `client-limited` where it was. */
export const stepMark = (step: SweepStep, { knee }: Sweep): string =>
  [step === knee ? "knee" : beyondWords(step), limitWords(step)].filter((words) => words !== "").join("; ");

/** `25% of the answers were errors`; "" of a rate that was borne. */
export function beyondWords({ beyond, done, errors, p99 }: SweepStep): string {
  if (beyond === undefined) return "";
  if (beyond === "errors") return `${formatShare(errors)} of the answers were errors`;
  return beyond === "not done" ? `only ${formatShare(done)} was done` : `the p99 was ${formatMicros(p99)}`;
}

/** `client-limited` if the figures of a step may be the load generator's; else "" */
export const limitWords = ({ isClientLimited }: SweepStep): string =>
  isClientLimited ? "client-limited" : "";
