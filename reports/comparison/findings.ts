/** Every run with its verdict, what was found, and the command that repeats it. */
import { count } from "../../core/wording.ts";
import { type Html, html } from "../html.ts";
import { verdictMark, verdictWords } from "../marks.ts";
import { formatCount } from "../numbers.ts";
import { number, type Row, stackingTable, text } from "../panels/table.ts";
import { countedAnomalies, leadSentence } from "../panels/verdict.ts";
import type { Candidate } from "./candidates.ts";
import type { RunDigest } from "./digest.ts";

export function findings(candidates: readonly Candidate[]): Html {
  const columns = [
    text("Run"),
    text("Verdict"),
    text("Finding"),
    number("Faults with effect"),
    number("ok"),
    number("fail"),
    number("unknown"),
  ];
  const runs = candidates.flatMap((candidate) => candidate.runs);
  return html`${stackingTable(undefined, columns, runs.map(findingRow))}
<details><summary>Commands that repeat the runs</summary>${runs.map(({ run }) => html`<pre class="repeat">${run.command}</pre>`)}</details>`;
}

function findingRow({ run, href, faults }: RunDigest): Row {
  const proven = faults.filter(({ proof }) => proof !== undefined).length;
  const more = countedAnomalies(run).length - 1;
  return {
    cells: [
      html`<a href="${href}">${run.system.name} ${run.system.version}</a>`,
      html`<span class="kind ${run.verdict}">${verdictMark(run.verdict, 20)} ${verdictWords[run.verdict]}</span>`,
      html`<span class="trial"><code>${run.readMode.name}</code> reads, ${run.runtime}, seed <code>${run.seed}</code></span> <bdi>${leadSentence(run, proven)}</bdi>${more > 0 && ` And ${count(more, "more anomaly", "more anomalies")}.`}`,
      `${proven} of ${faults.length}`,
      formatCount(run.operations.ok),
      formatCount(run.operations.fail),
      formatCount(run.operations.info),
    ],
  };
}
