/** Figures of `check perf` in words, for pages and for the terminal. */
import { formatCount, formatMicros, formatRate } from "../numbers.ts";
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
