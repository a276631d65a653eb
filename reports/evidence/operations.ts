/** A few operations as a drawing by process and as a table, one of them marked. */
import type { Operation } from "../../core/op.ts";
import { type Bar, type Sketch, type Sketched, shownOperations, sketchOf } from "../charts/sketch.ts";
import { sketchSvg } from "../charts/sketch-svg.ts";
import { formatDuration, formatTime, plural } from "../format.ts";
import { type Content, type Html, html } from "../html.ts";
import { defaultWidth } from "../panels/over-time.ts";
import { number, type Row, scrollingTable, text } from "../panels/table.ts";
import { describeCall, describeOutcome } from "../words.ts";
import type { About, Drawing } from "./drawing.ts";

interface Marked extends Sketched {
  /** What is wrong with the culprit, in a few words. */
  readonly tag: string;
  /** What stands below the drawing. */
  caption?(sketch: Sketch): Content;
}

export function operationsDrawing(marked: Marked, { id, faults }: About): Drawing | undefined {
  const { operations } = marked;
  if (operations.length === 0) return undefined;
  const sketch = sketchOf(id, marked, faults);
  return {
    sketch,
    shows: plural(operations.length, "operation"),
    figure: html`${sketchFigure(sketch, marked)}
${operationsTable(marked)}`,
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
<figcaption>${has("ok") && html`<span class="key ok">ok</span>`}${has("info") && html`<span class="key info">unknown, open-ended</span>`}${has("fail") && html`<span class="key fail">fail</span>`}<span class="key culprit">${tag}</span><span class="quiet">${drawn}In true order; quiet stretches are shortened.</span><a class="zoom" href="#over-time" data-from="${from}" data-to="${to}">Show ${formatTime(from)} to ${formatTime(to)} in the charts</a></figcaption>
${caption?.(sketch)}
</figure>`;
}

function operationsTable(marked: Marked): Html {
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
    operationRow(operation, i === marked.culprit - skipped && marked.tag),
  );
  return html`<details><summary>The ${plural(operations.length, "operation")} as a table</summary>${scrollingTable("Operations of this anomaly", headings, rows)}</details>`;
}

function operationRow(operation: Operation, culprit: string | false): Row {
  const { process, node, outcome, invokedAt, completedAt } = operation;
  const answered = outcome.type !== "info" && Number.isFinite(completedAt);
  return {
    ...(culprit !== false && { class: "culprit" }),
    cells: [
      `p${process}`,
      node ?? "–",
      html`${describeCall(operation)}${culprit !== false && html` <span class="tag">${culprit}</span>`}`,
      formatTime(invokedAt / 1e9),
      answered ? formatDuration((completedAt - invokedAt) / 1e9) : "never",
      describeOutcome(operation),
      outcome.type === "ok" ? (outcome.output.revision ?? "–") : "–",
    ],
  };
}
