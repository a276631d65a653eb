/** A bench as Markdown, for the summary of a CI job: what failed first, then a row for each run. */
import { printable } from "../../../core/printable.ts";
import { count } from "../../../core/wording.ts";
import { enoughFor } from "../../../reports/comparison/operation-figures.ts";
import type { BenchResult, RunResult } from "../results/json-result.ts";

const mostAnomalies = 5;

/**
 * Renders the summary; text from systems under test cannot become markup, a link or a mention. `ended`: why the command ended
 * early.
 */
export function markdownOf({ verdict, runs, thresholds }: BenchResult, ended?: string): string {
  const missed = thresholds.filter(({ state }) => state !== "passed");
  const failed = missed.length > 0 ? `, ${count(missed.length, "threshold check")} failed` : "";
  return `${[
    `## Assay: ${count(runs.length, "run")}, ${ended === undefined ? verdict : "ended early"}${failed}`,
    ...(ended === undefined ? [] : [`**Ended early:** ${plain(ended)}`]),
    ...(missed.length === 0
      ? []
      : [
          missed
            .map(
              ({ text, sentence, system, seed }) =>
                `- **${code(text)}** ${plain(sentence)} (${plain(system)}, seed ${seed})`,
            )
            .join("\n"),
        ]),
    table(
      [
        "system",
        "version",
        "runtime",
        "workload",
        "read mode",
        "verdict",
        "ok",
        "fail",
        "unknown",
        "write p99",
        "read p99",
        "faults",
        "seed",
      ],
      runs.map(rowOf),
    ),
    ...runs.flatMap(findings),
    ...(thresholds.length > missed.length
      ? [`${count(thresholds.length - missed.length, "threshold check")} passed.`]
      : []),
  ].join("\n\n")}\n`;
}

function rowOf(run: RunResult): string[] {
  const { ok, fail, info } = run.operations;
  return [
    ...[run.system, run.version, run.runtime, run.workload, run.readMode].map(plain),
    `**${run.error === undefined ? run.verdict : "could not run"}**`,
    ...[ok, fail, info].map(String),
    p99Of(run, "write"),
    p99Of(run, "read"),
    run.faults.map(({ name, windows, proven }) => `${plain(name)} ${proven}/${windows}`).join(", "),
    `${run.seed}`,
  ];
}

function p99Of({ latency, client, overloaded }: RunResult, operation: string): string {
  const found = latency.find(
    ({ f, outcome, measure }) => f === operation && outcome === "ok" && measure === "response",
  );
  if (found === undefined || found.count < enoughFor.p99) return "–";
  const caveat =
    overloaded === true ? " (overloaded)" : client.limited === undefined ? "" : " (client-limited)";
  return `${(found.p99 / 1e3).toFixed(1)} ms${caveat}`;
}

function findings({ system, seed, anomalies, error }: RunResult): string[] {
  const counted = anomalies.filter(({ known }) => known !== true);
  const lines = [
    ...(error === undefined ? [] : [`- could not run: ${plain(error)}`]),
    ...counted.slice(0, mostAnomalies).map(({ kind, summary }) => `- ${plain(kind)}: ${plain(summary)}`),
    ...(counted.length > mostAnomalies
      ? [`- and ${count(counted.length - mostAnomalies, "more anomaly", "more anomalies")}`]
      : []),
  ];
  return lines.length === 0 ? [] : [`${plain(system)}, seed ${seed}:`, lines.join("\n")];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text on one line, with everything escaped that Markdown or HTML would take for markup. */
const plain = (text: string): string =>
  printable(text.replaceAll(/\s+/g, " "))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/([\\`*_[\]#|~!])/g, "\\$1")
    .replaceAll("@", "&#64;");

/** Inline code, which a backtick inside would end. */
const code = (text: string): string =>
  `\`${text.replaceAll("`", "'").replaceAll("|", "\\|").replaceAll(/\s+/g, " ")}\``;
