import { digestOf } from "../../../../reports/comparison/digest.ts";
import { reportOf } from "../../../../reports/report.ts";
import { staleFixture, validFixture } from "../../../../reports/testing/runs.ts";
import { parseThreshold } from "../../../../reports/thresholds/grammar.ts";
import { type BenchResult, benchResult } from "../../results/json-result.ts";

/** Text that means something in XML, HTML, Markdown or to a terminal. */
export const hostile = `<script>alert("1")</script> & 'a' ]]> | **b** \`c\` [d](javascript:e) @everyone\nsecond line \u0000\u001b[31m\ud800 ünï 漢字 😀`;

/** A valid run, and an invalid one whose first anomaly says `summary`; with thresholds that pass, fail and have no data. */
export function twoRuns(summary: string): BenchResult {
  const finished = [validFixture({ seconds: 4 }), staleFixture({ seconds: 4 })].map(
    ({ run, history, usage }, i) => ({
      run:
        i === 0
          ? run
          : {
              ...run,
              verdicts: run.verdicts.map((verdict) => ({
                ...verdict,
                anomalies: verdict.anomalies.map(({ known: _, ...anomaly }) => ({ ...anomaly, summary })),
              })),
            },
      dir: `results/${i}`,
      report: `results/${i}/report.html`,
      digest: digestOf(run, history, usage),
      figures: reportOf(run, history, usage).figures,
    }),
  );
  const thresholds = ["read.p50 > 100s", "read.p50 > 1us", "list.p50 > 1ms"].map((text) =>
    parseThreshold(text, ["read", "list"]),
  );
  return benchResult(finished, { seconds: 61, thresholds });
}
