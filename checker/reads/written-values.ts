import { operations } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { allOf, atTime, cutMiddle, partOf, showValue } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { valueRead, versionsByKey } from "./versions.ts";

const mostShown = 5;

/** The weakest promise of all, which every read mode makes: a read returns a value that was requested to be written by then. */
export function writtenValues({ initial = null }: { initial?: Json } = {}): Checker {
  return {
    name: "written-values",
    check(history): Verdict {
      const keys = versionsByKey(operations(history), initial);
      const anomalies = keys.flatMap(({ key, unwritten }) =>
        unwritten.map(
          (read): Anomaly => ({
            kind: "unwritten-value",
            summary: `process ${read.process} read ${showValue(valueRead(read))} from ${key === "" ? "the register" : cutMiddle(key)}${read.node === undefined ? "" : ` on ${read.node}`} at ${atTime(read.invokedAt)}, which nobody had written`,
            key,
            evidence: { kind: "order", operations: [read], culprit: 0 },
          }),
        ),
      );
      const reads = keys.reduce((sum, key) => sum + key.reads.length, 0);
      const first = anomalies[0];
      return {
        checker: "written-values",
        kind: first === undefined ? "valid" : "invalid",
        summary:
          first === undefined
            ? fine(reads)
            : anomalies.length === 1
              ? first.summary
              : `${partOf(anomalies.length, reads, "read")} returned values that nobody had written: ${first.summary}`,
        anomalies: anomalies.slice(0, mostShown),
      };
    },
  };
}

const fine = (reads: number): string =>
  reads === 0
    ? "there were no reads to judge"
    : `${allOf(reads, "read")} returned ${reads === 1 ? "a value that was" : "values that were"} written`;
