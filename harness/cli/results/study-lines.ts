/** Studies for the terminal: a table for each. */
import { count, duration } from "../../../core/wording.ts";
import { formatBytes, formatMicros, formatRate, formatShare, formatTimes } from "../../../reports/numbers.ts";
import {
  type Studies,
  type StudyFigures,
  type StudyName,
  studyNames,
} from "../../../reports/studies/figures.ts";
import { recoveryWords } from "../../../reports/studies/recovery.ts";
import { ruleWords, stateWords, stepFigures, stepMark } from "../../../reports/studies/words.ts";
import { table } from "../output.ts";

const lines: { readonly [Name in StudyName]: (figures: StudyFigures[Name]) => string } = {
  "check-perf": ({ state, why, rules }) =>
    [
      `check perf: ${stateWords[state]}${why === undefined ? "" : ` (${why})`}`,
      table(
        ["", "rule", "figure"],
        rules.map((rule) => [stateWords[rule.state], rule.rule, ruleWords(rule)]),
      ),
    ].join("\n"),
  dbtester: (run) => {
    const { load, errors, operations } = run;
    const own =
      load === "closed"
        ? {
            header: ["capacity", "client ceiling"],
            cells: [`${formatRate(run.okPerSecond)}/s`, `${formatRate(run.ceiling)}/s`],
          }
        : {
            header: ["requested", "p50", "p99", "p99.9", "slowest", "never sent"],
            cells: [
              `${formatRate(run.rate)}/s`,
              ...[run.p50, run.p99, run.p999, run.max].map(formatMicros),
              `${run.unsent}`,
            ],
          };
    const costs = ["processor per 1,000", "peak memory", "disk per 1,000"];
    return table(
      [...own.header, "errors", ...costs],
      [
        [
          ...own.cells,
          errors === 0 ? "0" : `${errors} (${formatShare(errors / operations)})`,
          formatMicros(run.cpuMsPerThousand * 1e3),
          formatBytes(run.peakMemory),
          formatBytes(run.diskPerThousand),
        ],
      ],
    );
  },
  sweep: (sweep) =>
    table(
      ["requested", "ok", "done", "errors", "p50", "p99", ""],
      sweep.steps.map((step) => [...stepFigures(step), stepMark(step, sweep)]),
    ),
  aging: ({ tenths, growth }) =>
    table(
      ["tenth", "ok", "p50", "p99", "slowest", "store", "memory"],
      [
        ...tenths.map((tenth) => [
          `to ${duration(tenth.to * 1e9)}`,
          `${tenth.ok}`,
          ...[tenth.p50, tenth.p99, tenth.max].map(formatMicros),
          ...[tenth.store, tenth.memory].map(formatBytes),
        ]),
        [
          "last / first",
          "",
          ...[growth.p50, growth.p99, growth.max, growth.store, growth.memory].map(formatTimes),
        ],
      ],
    ),
  recovery: (recovery) => {
    const { recovered, rate, share, kneeRate, kneeClientLimited, retries, healthyP99, operationsPerRequest } =
      recovery;
    const load =
      share === undefined || kneeRate === undefined
        ? ""
        : `, ${share} of the knee${kneeClientLimited === true ? " (client-limited)" : ""}`;
    return [
      `recovery under load: ${typeof recovered === "number" ? "by itself after " : ""}${recoveryWords(recovery)}`,
      `  ${formatRate(rate)}/s requested${load}; ${count(retries, "retry", "retries")}; p99 before ${formatMicros(healthyP99)}; ${operationsPerRequest.toFixed(2)} operations a request`,
    ].join("\n");
  },
};

/** One for each study of a run. */
export const studyLines = (studies: Studies): string[] =>
  studyNames.flatMap((name) => linesOf(name, studies));

function linesOf<Name extends StudyName>(name: Name, studies: Studies): string[] {
  const figures: Studies[Name] = studies[name];
  return figures === undefined ? [] : [lines[name](figures)];
}
