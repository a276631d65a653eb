import { operations } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { atTime, cut, say } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { valueRead, versionsByKey } from "./versions.ts";

const mostShown = 5;

/** The least that any read mode promises: a read returns a value that somebody had asked to write by then. */
export function writtenValues({ initial = null }: { initial?: Json } = {}): Checker {
  return {
    name: "written-values",
    check(history): Verdict {
      const keys = versionsByKey(operations(history), initial);
      const anomalies = keys.flatMap(({ key, unwritten }) =>
        unwritten.map(
          (read): Anomaly => ({
            kind: "unwritten-value",
            summary: `process ${read.process} read ${say(valueRead(read))} from ${key === "" ? "the register" : cut(key)}${read.node === undefined ? "" : ` on ${read.node}`} at ${atTime(read.invokedAt)}, which nobody had written`,
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
            ? `all of ${reads} reads returned what was written`
            : `${anomalies.length} of ${reads} reads: ${first.summary}`,
        anomalies: anomalies.slice(0, mostShown),
      };
    },
  };
}
