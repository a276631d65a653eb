/** What was found of a set's elements that has a place in time, as lanes of a verdict. */
import { type Consistency, promisesFreshReads } from "../../core/consistency.ts";
import type { Operation } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import type { Lane } from "../../core/verdict.ts";
import { showValue } from "../../core/wording.ts";
import { staleLane } from "../reads/stale-lanes.ts";
import { staleWindows, type WindowRead } from "../reads/stale-windows.ts";
import type { Finding } from "./findings.ts";
import type { Known, Life } from "./lives.ts";
import { nameOfSet } from "./words.ts";

interface Judging {
  readonly promises: Consistency;
  limitOf(list: Operation): unknown;
}

/** Lost elements from when they were in, reappearing ones from when they were gone, and each node's stale lists. */
export function lanesOf(
  violations: readonly Finding[],
  reads: readonly WindowRead[],
  { promises, limitOf }: Judging,
): Lane[] {
  const isExcused = ({ operation }: WindowRead) => limitOf(operation) !== undefined;
  const judged = staleWindows(reads.filter((read) => !isExcused(read))).map(staleLane);
  const excused = staleWindows(reads.filter(isExcused)).map(staleLane);
  return [
    ...judged.map((lane): Lane => (promisesFreshReads(promises) ? { ...lane, colour: "wrong" } : lane)),
    ...excused.map((lane): Lane => ({ ...lane, label: "stale reads that meet a known limit" })),
    ...violations.flatMap(laneOf),
  ].sort((a, b) => a.from - b.from);
}

function laneOf(finding: Finding): Lane[] {
  switch (finding.kind) {
    case "lost":
      return [lost(finding.life, finding.last)];
    case "refused":
      return [lost(finding.life, finding.by)];
    case "lost-at-rest":
      return finding.lists.map((list) => lost(finding.life, list));
    case "reappearing":
      return [reappearing(finding.life, finding.since, finding.list)];
    case "session":
      return finding.shows ? [reappearing(finding.life, finding.since, finding.list)] : [];
    default:
      return [];
  }
}

const lost = (life: Life, until: Operation): Lane => {
  const from = life.inPlace?.time ?? until.invokedAt;
  return {
    label: "lost elements",
    ...(until.node !== undefined && { node: until.node }),
    from,
    to: nanos(Math.max(from, until.completedAt)),
    text: `${showValue(life.value)} of ${nameOfSet(life.set)}`,
    colour: "wrong",
  };
};

const reappearing = (life: Life, since: Known, list: Operation): Lane => ({
  label: "reappearing elements",
  ...(list.node !== undefined && { node: list.node }),
  from: since.time,
  to: nanos(Math.max(since.time, list.completedAt)),
  text: `${showValue(life.value)} of ${nameOfSet(life.set)}`,
  colour: "wrong",
});
