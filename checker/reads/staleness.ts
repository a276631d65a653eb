import { operations } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { allOf, atTime, count, cutMiddle, duration, partOf, showValue } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { stalenessFigures } from "./measured-staleness.ts";
import { staleLane } from "./stale-lanes.ts";
import { type StaleRead, staleReads } from "./stale-reads.ts";
import { type StaleWindow, staleWindows, type WindowRead } from "./stale-windows.ts";
import { type KeyVersions, type ReadOf, versionsByKey } from "./versions.ts";

/** Stale reads that are drawn; further ones are only counted. */
const mostShown = 3;

/**
 * Measures how stale the reads of a register were. It only measures: its verdict is always valid, and other checkers judge
 * whether the read mode keeps its promise.
 */
export function staleness({ initial = null }: { initial?: Json } = {}): Checker {
  return {
    name: "staleness",
    check(history): Verdict {
      const keys = versionsByKey(operations(history), initial);
      const stale = keys.flatMap(staleReads);
      const reads = keys.reduce((sum, key) => sum + key.reads.length, 0);
      const unattributed = keys.reduce((sum, key) => sum + unknownIn(key.reads), 0);
      const windows = stale.length === 0 ? [] : windowsOf(keys, stale);
      return {
        checker: "staleness",
        kind: "valid",
        summary: stale.length === 0 ? noneStale(reads, unattributed) : staleInWords(stale, reads, windows),
        anomalies: stale
          .toSorted((a, b) => b.staleMs - a.staleMs)
          .slice(0, mostShown)
          .map(anomaly),
        figures: figures(stale, reads, unattributed),
        lanes: windows.map(staleLane),
      };
    },
  };
}

const unknownIn = (reads: readonly ReadOf[]): number =>
  reads.reduce((sum, { version }) => sum + (version === undefined ? 1 : 0), 0);

function windowsOf(keys: readonly KeyVersions[], stale: readonly StaleRead[]): StaleWindow[] {
  const staleMs = new Map(stale.map((one) => [one.read, one.staleMs]));
  return staleWindows(
    keys.flatMap(({ reads }) =>
      reads.map(({ operation, version }): WindowRead => {
        const ms = staleMs.get(operation);
        const newest = version === undefined ? {} : { newest: version.calledAt };
        return { operation, ...newest, ...(ms !== undefined && { staleMs: ms }) };
      }),
    ),
  );
}

function noneStale(reads: number, unattributed: number): string {
  if (reads === 0) return "there were no reads to measure";
  if (unattributed > 0)
    return `no stale reads found, but the writes behind ${partOf(unattributed, reads, "read")} are not known`;
  return `no stale reads: ${allOf(reads, "read")} returned a value that was still current when the read began`;
}

/** `3 of 40 reads were stale, at worst by 1.3 s (1 version behind); the longest window was 2.0 s on n2` */
function staleInWords(stale: readonly StaleRead[], reads: number, windows: readonly StaleWindow[]): string {
  const worst = stale.reduce((a, b) => (b.staleMs > a.staleMs ? b : a));
  const [first, ...others] = windows;
  const longest = others.reduce((a, b) => (a && b.to - b.from > a.to - a.from ? b : a), first);
  return (
    `${partOf(stale.length, reads, "read")} ${stale.length === 1 ? "was" : "were"} stale,` +
    ` ${stale.length === 1 ? "" : "at worst "}by ${duration(worst.staleMs * 1e6)}` +
    ` (${count(worst.versionsBehind, "version")} behind)` +
    (longest === undefined
      ? ""
      : `; the ${others.length === 0 ? "only" : "longest"} window was ${duration(longest.to - longest.from)} on ${longest.node}`)
  );
}

function figures(stale: readonly StaleRead[], reads: number, unattributed: number): Record<string, number> {
  const ms = stale.map(({ staleMs }) => staleMs).sort((a, b) => a - b);
  const at = (share: number) => ms[Math.min(ms.length - 1, Math.floor(share * ms.length))] ?? 0;
  return {
    [stalenessFigures.reads]: reads,
    [stalenessFigures.stale]: stale.length,
    ...(stale.length > 0 && {
      "staleness ms p50": at(0.5),
      "staleness ms p99": at(0.99),
      [stalenessFigures.worstMs]: at(1),
      "versions behind worst": stale.reduce((most, { versionsBehind }) => Math.max(most, versionsBehind), 0),
    }),
    ...(unattributed > 0 && { "reads whose write is not known": unattributed }),
  };
}

function anomaly({ key, read, version, overwrittenBy, staleMs, versionsBehind }: StaleRead): Anomaly {
  const involved = [version.operation, overwrittenBy.operation, overwrittenBy.seenBy, read].filter(
    (op) => op !== undefined,
  );
  const shown = involved.toSorted((a, b) => a.callIndex - b.callIndex);
  const where = read.node === undefined ? "" : ` on ${read.node}`;
  const replaced =
    overwrittenBy.operation?.call.f === "delete"
      ? "deleted"
      : `overwritten by ${showValue(overwrittenBy.value)}`;
  return {
    kind: "stale-read",
    summary:
      `process ${read.process} read ${showValue(version.value)} from ${key === "" ? "the register" : cutMiddle(key)}${where} at ${atTime(read.invokedAt)},` +
      ` ${duration(staleMs * 1e6)} after it had been ${replaced}` +
      ` (${count(versionsBehind, "version")} behind)`,
    key,
    evidence: {
      kind: "stale",
      operations: shown,
      culprit: shown.indexOf(read),
      since: overwrittenBy.effectTime,
    },
    known: true,
  };
}
