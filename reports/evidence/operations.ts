/** Draws a few operations by process and as a table, with one of them marked. */
import { describeCall } from "../../checker/linearizability/explain/describe-call.ts";
import type { CallWords } from "../../checker/model.ts";
import { isUntimed } from "../../checker/untimed.ts";
import type { Operation } from "../../core/op.ts";
import { count } from "../../core/wording.ts";
import { type Bar, type Sketch, type Sketched, shownOperations, sketchOf } from "../charts/sketch.ts";
import { sketchSvg } from "../charts/sketch-svg.ts";
import { describeOutcome, momentOf } from "../describe-operation.ts";
import { type Content, type Html, html } from "../html.ts";
import { formatDuration, formatTime } from "../numbers.ts";
import { defaultWidth } from "../panels/over-time.ts";
import { number, type Row, scrollingTable, text } from "../panels/table.ts";
import type { About, Drawing } from "./drawing.ts";

interface Marked extends Sketched {
  /** Says in a few words what is wrong with the culprit. */
  readonly tag: string;
  /** Content below the drawing. */
  caption?(sketch: Sketch): Content;
}

export function operationsDrawing(marked: Marked, { id, faults, words }: About): Drawing | undefined {
  const { operations } = marked;
  if (operations.length === 0) return undefined;
  const sketch = sketchOf(id, marked, faults, words);
  return {
    sketch,
    shows: count(operations.length, "operation"),
    figure: html`${sketchFigure(sketch, marked)}
${operationsTable(marked, words)}`,
  };
}

function sketchFigure(sketch: Sketch, { operations, tag, caption }: Marked): Html {
  const { bars } = sketch;
  const from = Math.min(...bars.map((bar) => bar.from));
  const to = Math.max(...bars.map((bar) => bar.to ?? bar.from));
  const has = (outcome: Bar["outcome"]) => bars.some((bar) => bar.outcome === outcome);
  const drawn = operations.length > bars.length && `The last ${bars.length} operations. `;
  return html`<figure class="sketch-figure">
<div class="sketch-area" data-sketch="${sketch.id}" tabindex="0" role="region" aria-label="Timeline by process">${sketchSvg(sketch, defaultWidth)}</div>
<figcaption>${has("ok") && html`<span class="key ok">ok</span>`}${has("info") && html`<span class="key info">unknown, open-ended</span>`}${has("fail") && html`<span class="key fail">fail</span>`}${sketch.culprit !== undefined && html`<span class="key culprit">${tag}</span>`}<span class="quiet">${drawn}In true order; quiet periods are shortened.</span>${
    !sketch.isUntimed &&
    html`<a class="zoom" href="#over-time" data-from="${from}" data-to="${to}">Show ${formatTime(from)} to ${formatTime(to)} in the charts</a>`
  }</figcaption>
${caption?.(sketch)}
</figure>`;
}

export function operationsTable(
  marked: Pick<Marked, "operations" | "culprit" | "tag">,
  words: CallWords,
): Html {
  const { operations, skipped } = shownOperations(marked);
  const headings = [
    text("Process"),
    text("Node"),
    text("Operation"),
    number("Sent"),
    number("Answered after"),
    text("Outcome"),
    number("Revision"),
  ];
  const rows = operations.map((operation, i) =>
    operationRow(operation, i + skipped === marked.culprit && marked.tag, words),
  );
  return html`<details><summary>The ${count(operations.length, "operation")} as a table</summary>${scrollingTable("Operations of this anomaly", headings, rows)}</details>`;
}

function operationRow(operation: Operation, culprit: string | false, words: CallWords): Row {
  const { process, node, call, outcome, invokedAt, completedAt } = operation;
  const answered = outcome.type !== "info" && Number.isFinite(completedAt);
  const took = isUntimed(operation) ? "–" : formatDuration((completedAt - invokedAt) / 1e9);
  return {
    ...(culprit !== false && { class: "culprit" }),
    cells: [
      `p${process}`,
      node ?? "–",
      html`${describeCall(words, call, outcome)}${culprit !== false && html` <span class="tag">${culprit}</span>`}`,
      momentOf(operation),
      answered ? took : "never",
      describeOutcome(operation),
      outcome.type === "ok" ? (outcome.output.revision ?? "–") : "–",
    ],
  };
}
