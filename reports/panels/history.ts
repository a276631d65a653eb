import { barLimit, type Sketch, sketchOf } from "../charts/sketch.ts";
import { sketchSvg } from "../charts/sketch-svg.ts";
import type { Context } from "../context.ts";
import { type Html, html } from "../html.ts";
import type { JudgedHistory } from "../judged-history.ts";
import { formatCount, formatFigure, formatMicros } from "../numbers.ts";
import { commandBox, facts } from "./facts.ts";
import { figure, operationsFigure } from "./figures.ts";
import { defaultWidth } from "./over-time.ts";
import { number, scrollingTable, text } from "./table.ts";

/** Key figures of a history file. Without times, durations are dashes. */
export function historyFiguresPanel(context: Context<JudgedHistory>): Html {
  const { run, operations, isTimed, figures } = context;
  const speed = isTimed ? { ...figures.response.all, perSecond: figures.okPerSecond } : undefined;
  const invalid = run.verdict === "invalid" && html`<span class="caveat">of an invalid history</span>`;
  const under = isTimed
    ? html`of <i>ok</i> operations, by the times in the history ${invalid}`
    : "the history has no times";
  const perSecond =
    speed === undefined || speed.perSecond === 0
      ? "–"
      : html`${formatFigure(Math.round(speed.perSecond * 10) / 10)}<small>/s</small>`;
  return html`<section aria-labelledby="figures"><h2 id="figures">Key figures</h2>
<dl class="figures-grid">
${operationsFigure(context)}
${figure("Response time, median", formatMicros(speed?.p50 ?? Number.NaN), under)}
${figure("Response time, p99", formatMicros(speed?.p99 ?? Number.NaN), under)}
${figure("Throughput", perSecond, under)}
</dl>
${operations.length > 0 && byName(context)}
</section>`;
}

/** Sketch of all operations of a short history, by process; undefined for a longer one. */
export function wholeSketch({ operations, faults, words }: Context<JudgedHistory>): Sketch | undefined {
  if (operations.length === 0 || operations.length > barLimit) return undefined;
  const bands = faults.map(({ band }) => band);
  return sketchOf("whole", { operations, revisions: false }, bands, words);
}

/** Drawing of a short history. */
export function timelinePanel(sketch: Sketch | undefined): Html | undefined {
  if (sketch === undefined) return undefined;
  return html`<section aria-labelledby="timeline"><h2 id="timeline">Every operation</h2>
<figure class="sketch-figure">
<div class="sketch-area" data-sketch="${sketch.id}" tabindex="0" role="region" aria-label="Timeline by process">${sketchSvg(sketch, defaultWidth)}</div>
<figcaption><span class="key ok">ok</span><span class="key info">unknown, open-ended</span><span class="key fail">fail</span><span class="quiet">${sketch.isUntimed ? "The history has no times: drawn in the order of its events." : "Quiet periods are shortened."}</span></figcaption>
</figure>
</section>`;
}

function byName({ operations }: Context<JudgedHistory>): Html {
  const counts = new Map<string, { ok: number; fail: number; info: number }>();
  for (const { call, outcome } of operations) {
    const count = counts.get(call.f) ?? { ok: 0, fail: 0, info: 0 };
    counts.set(call.f, count);
    count[outcome.type]++;
  }
  const columns = [text("Operation"), number("ok"), number("fail"), number("unknown")];
  const rows = [...counts].map(([f, { ok, fail, info }]) => ({
    cells: [f, ...[ok, fail, info].map(formatCount)],
  }));
  return html`<h3>Operations by name</h3>
${scrollingTable("Operations by name and outcome", columns, rows)}`;
}

/** How the history was read, and the command that checks it again. */
export function readingPanel({ run }: Context<JudgedHistory>): Html {
  const { assay } = run;
  return html`<section aria-labelledby="reading"><h2 id="reading">How it was read</h2>
${run.notes.length > 0 && html`<ul class="notes">${run.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<h3>Check it again</h3>
${commandBox(run.command, "Command that checks this history again")}
<div class="columns">
${facts("Input", [
  ["File", run.file],
  ["Format", run.format],
  ["Model", run.model],
  ["Keys", run.keys === 0 ? "–" : formatCount(run.keys)],
  ["Assay", `${assay.version}${assay.commit === undefined ? "" : ` (${assay.commit})`}`],
])}
</div>
</section>`;
}
