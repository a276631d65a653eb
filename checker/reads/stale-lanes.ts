/** Windows of stale reads as lanes of a verdict, and back. */
import type { Lane, Verdict } from "../../core/verdict.ts";
import { count, duration } from "../../core/wording.ts";
import type { StaleWindow } from "./stale-windows.ts";

const label = "stale reads";
const worst = "out of date ms";

export const staleLane = ({ node, from, to, reads, worstMs }: StaleWindow): Lane => ({
  label,
  node,
  from,
  to,
  text: `${count(reads, "stale read")}, up to ${duration(worstMs * 1e6)}`,
  figures: { [label]: reads, [worst]: worstMs },
  colour: "noticed",
});

/** The windows of stale reads that a checker found; none for any other verdict. */
export const staleWindowsOf = ({ lanes = [] }: Pick<Verdict, "lanes">): StaleWindow[] =>
  lanes.flatMap(({ label: its, node, from, to, figures = {} }) =>
    its === label && node !== undefined
      ? [{ node, from, to, reads: figures[label] ?? 0, worstMs: figures[worst] ?? 0 }]
      : [],
  );
