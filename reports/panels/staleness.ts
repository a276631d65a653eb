import { lanesChart } from "../charts/lanes.ts";
import type { Context } from "../context.ts";
import { formatCount, formatDuration } from "../format.ts";
import { type Html, html } from "../html.ts";
import { defaultWidth } from "./over-time.ts";

/** Windows beyond this many are counted, not listed; the chart shows them all. */
const listed = 40;

/** Where reads were stale, against what was broken at the time. Absent where no checker measured it. */
export function stalenessPanel({ run, timeline }: Context): Html | undefined {
  if (!run.verdicts.some(({ staleness }) => staleness !== undefined)) return undefined;
  const { stale, faults, end } = timeline;
  const title = html`<h2 id="staleness">Staleness</h2>`;
  if (stale.length === 0)
    return html`<section aria-labelledby="staleness">${title}<p>Measured, and no read was stale: every value read was still current at some moment of its read.</p></section>`;
  const reads = stale.reduce((sum, window) => sum + window.reads, 0);
  const rows = [...stale].sort((a, b) => b.worstMs - a.worstMs).slice(0, listed);
  return html`<section aria-labelledby="staleness">${title}
<p>${formatCount(reads)} reads returned a value that had been overwritten before they began, in ${formatCount(stale.length)} windows. ${
    run.readMode.promises.startsWith("linearizable")
      ? ""
      : html`<code>${run.readMode.name}</code> reads allow it: this is a measurement, not a violation.`
  }</p>
<div class="plot" data-plot="staleness">${lanesChart(timeline, { from: 0, to: end, width: defaultWidth }, "staleness-chart")}</div>
<div class="scroll" tabindex="0" role="region" aria-label="Windows of stale reads"><table>
<thead><tr><th scope="col">Node</th><th scope="col" class="number">From</th><th scope="col" class="number">Lasted</th><th scope="col" class="number">Stale reads</th><th scope="col" class="number">Oldest value</th><th scope="col">Faults at the time</th></tr></thead>
<tbody>${rows.map(({ node, from, to, reads: count, worstMs }) => {
    const during = faults.filter((fault) => fault.from <= to && fault.to >= from);
    return html`<tr><th scope="row">${node}</th><td class="number"><a class="zoom" href="#over-time" data-from="${from}" data-to="${to}">${from.toFixed(2)} s</a></td><td class="number">${formatDuration(to - from)}</td><td class="number">${formatCount(count)}</td><td class="number">${formatDuration(worstMs / 1e3)}</td><td>${
      during.length === 0
        ? html`<span class="quiet">none</span>`
        : during.map(({ label, summary }) => `${label} ${summary}`).join("; ")
    }</td></tr>`;
  })}</tbody></table></div>
${stale.length > listed && html`<p class="note">The ${listed} with the oldest values of ${formatCount(stale.length)}.</p>`}
</section>`;
}
