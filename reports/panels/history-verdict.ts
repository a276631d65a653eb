import { unreachable } from "../../core/assert.ts";
import { asSentence } from "../../core/wording.ts";
import type { Context } from "../context.ts";
import { type Content, type Html, html } from "../html.ts";
import type { JudgedHistory } from "../judged-history.ts";
import { verdictMark, verdictWords } from "../marks.ts";
import { formatCount } from "../numbers.ts";
import { promiseWords } from "../promise-words.ts";
import { checksTable, countedAnomalies } from "./verdict.ts";

/** Top of the report on a history file: the verdict, the reason, and what was read. */
export function historyVerdictPanel(context: Context<JudgedHistory>): Html {
  const { run, promises } = context;
  const evidence = countedAnomalies(run).length > 0 && html` <a href="#anomalies">See the evidence</a>`;
  return html`<section class="hero ${run.verdict}" aria-labelledby="verdict">
<div class="verdict">${verdictMark(run.verdict, 76)}<div>
<h1 id="verdict">${verdictWords[run.verdict]}</h1>
<p class="lead"><bdi>${lead(run)}</bdi>${evidence}</p>
</div></div>
${identity(context)}
<p class="promise">Checked against the model <code>${run.model}</code>: ${promiseWords[promises].meaning}.</p>
</section>`;
}

/** Each checker with its verdict and what it found. */
export const historyChecksPanel = ({ run, promises }: Context<JudgedHistory>): Html =>
  html`<section aria-labelledby="checks"><h2 id="checks">What was checked</h2>
${checksTable(run, promises)}
</section>`;

/** Explains the verdict in one sentence. */
function lead(run: JudgedHistory): string {
  const found = run.verdicts.find(({ kind }) => kind === run.verdict)?.summary;
  switch (run.verdict) {
    case "valid":
      return asSentence(found ?? "every checker found the history valid");
    case "invalid":
      return asSentence(countedAnomalies(run)[0]?.summary ?? found ?? "a checker found a violation");
    case "unknown":
      return `${asSentence(found ?? "no checker ran on this history")} Nothing was decided: this is not a pass.`;
    default:
      return unreachable(run.verdict);
  }
}

function identity({ run, operations, timeline }: Context<JudgedHistory>): Html {
  const processes = new Set(operations.map(({ process }) => process)).size;
  const entries: readonly (readonly [string, Content])[] = [
    ["File", html`<code>${run.file}</code>`],
    ["Format", run.format],
    ["Model", html`<code>${run.model}</code>`],
    ["Keys", run.keys === 0 ? "–" : formatCount(run.keys)],
    ["Processes", formatCount(processes)],
    ["Nodes", timeline.nodes.length === 0 ? "–" : formatCount(timeline.nodes.length)],
  ];
  return html`<dl class="identity">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
