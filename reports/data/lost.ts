/** Acknowledged writes that were lost, and the fault that each is counted at. */
import { type FaultWindow, recoveryTime } from "../../core/fault.ts";
import type { Verdict } from "../../core/verdict.ts";
import type { Period } from "./phases.ts";

/** Labels of the lanes in which checkers draw what was lost, and the figure that counts it. */
const labels = ["lost writes", "lost elements"];

/**
 * From the acknowledgement of each lost write until a read lacked it, in order; undefined if no checker looked for lost
 * writes, or if an older one found some without saying when.
 */
export function lostWrites(verdicts: readonly Verdict[]): Period[] | undefined {
  const own = verdicts.filter(({ figures = {} }) => labels.some((label) => label in figures));
  if (own.length === 0) return undefined;
  const found = new Map<string, Period>();
  for (const { lanes = [] } of own)
    for (const { label, text, from, to } of lanes) {
      // An element that several nodes lack has a lane at each.
      const known = found.get(`${text} ${from}`);
      if (labels.includes(label) && (known === undefined || to < known.to))
        found.set(`${text} ${from}`, { from, to });
    }
  const isUntimed = own.some(
    ({ figures = {}, lanes = [] }) =>
      labels.some((label) => (figures[label] ?? 0) > 0) && !lanes.some(({ label }) => labels.includes(label)),
  );
  return isUntimed ? undefined : [...found.values()].sort((a, b) => a.from - b.from);
}

/**
 * Number of lost writes at each of `faults`, which are in order. A write counts at the fault that lasted when it was
 * acknowledged; else at the first that began between that and the read that lacked it; else at the one that had ended at most
 * `recoveryTime` before; else at none.
 */
export function lostByFault(faults: readonly FaultWindow[], lost: readonly Period[]): number[] {
  const counts = faults.map(() => 0);
  for (const { from, to } of lost) {
    const during = faults.findLastIndex((fault) => fault.from <= from && from <= fault.to);
    const between = faults.findIndex((fault) => fault.from > from && fault.from <= to);
    const after = faults.findLastIndex((fault) => fault.to < from && from <= fault.to + recoveryTime);
    const at = [during, between, after].find((index) => index >= 0);
    if (at !== undefined) counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}
