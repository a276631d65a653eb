import { lanesChart } from "../charts/lanes.ts";
import type { StaleBand } from "../charts/timeline.ts";
import type { Context } from "../context.ts";
import { formatCount, formatDuration, plural } from "../format.ts";
import { type Html, html } from "../html.ts";
import { defaultWidth } from "./over-time.ts";
import { number, type Row, scrollingTable, text } from "./table.ts";

/** Windows beyond this many are counted, not listed; the chart shows them all. */
const listed = 40;

/** Where reads were stale, against what was broken at the time. Absent where no checker measured it. */
export function stalenessPanel({ run, timeline }: Context): Html | undefined {
  if (!run.verdicts.some(({ staleness }) => staleness !== undefined)) return undefined;
  const { stale, faults, end } = timeline;
  const title = html`<h2 id="staleness">Staleness</h2>`;
  if (stale.length === 0)
    return html`<section aria-labelledby="staleness">${title}<p>Measured, and no read was stale: every value that was read had not been overwritten when its read began.</p></section>`;
  const reads = stale.reduce((sum, window) => sum + window.reads, 0);
  const worst = [...stale].sort((a, b) => b.worstMs - a.worstMs).slice(0, listed);
  const allowed =
    !run.readMode.promises.startsWith("linearizable") &&
    html` <code>${run.readMode.name}</code> reads allow it: this is a measurement, not a violation.`;
  return html`<section aria-labelledby="staleness">${title}
<p>${plural(reads, "read")} returned a value that had been overwritten before the read began, in ${plural(stale.length, "window")}; at worst the value was ${formatDuration((worst[0]?.worstMs ?? 0) / 1e3)} out of date.${allowed}</p>
<p class="legend"><span class="key stale">stale reads</span> <span class="quiet">under the faults of their node, on the same time axis as all charts</span></p>
<div class="plot" data-plot="staleness">${lanesChart(timeline, { from: 0, to: end, width: defaultWidth }, "staleness-chart")}</div>
${scrollingTable(
  "Windows of stale reads",
  [
    text("Node"),
    number("From"),
    number("Lasted"),
    number("Stale reads"),
    number("Out of date by", "The longest time for which a value had been overwritten when its read began"),
    text("Faults at the time"),
  ],
  worst.map((window) => staleRow(window, faults)),
)}
${stale.length > listed && html`<p class="note">The ${listed} worst of ${formatCount(stale.length)} windows.</p>`}
</section>`;
}

function staleRow({ node, from, to, reads, worstMs }: StaleBand, faults: Context["timeline"]["faults"]): Row {
  const during = faults.filter((fault) => fault.from <= to && fault.to >= from);
  return {
    cells: [
      node,
      html`<a class="zoom" href="#over-time" data-from="${from}" data-to="${to}" title="Show it in the charts">${from.toFixed(2)} s</a>`,
      formatDuration(to - from),
      formatCount(reads),
      formatDuration(worstMs / 1e3),
      during.length === 0
        ? html`<span class="quiet">none</span>`
        : during.map(({ label, summary }) => `${label} ${summary}`).join("; "),
    ],
  };
}
