import { stalenessChart } from "../charts/lanes.ts";
import type { FaultBand, StaleBand } from "../charts/timeline.ts";
import type { Context } from "../context.ts";
import { formatCount, formatDuration, plural } from "../format.ts";
import { type Content, type Html, html } from "../html.ts";
import { defaultWidth } from "./over-time.ts";
import { number, type Row, stackingTable, text } from "./table.ts";

/** Windows beyond this many are counted, not listed; the chart shows them all. */
const listed = 40;

/** Where reads were stale, against what was broken at the time. Absent where no checker measured it. */
export function stalenessPanel({ run, timeline }: Context): Html | undefined {
  const verdict = run.verdicts.find(({ staleness }) => staleness !== undefined);
  if (verdict === undefined) return undefined;
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
<p>${plural(reads, "read")} returned a value that had been overwritten before the read began, in ${plural(stale.length, "window")}; at worst the value was ${formatDuration((worst[0]?.worstMs ?? 0) / 1e3)} out of date.${distribution(verdict.figures ?? {})}${allowed}</p>
<p class="legend"><span class="key stale">stale reads</span> <span class="quiet">under the faults of their node, on the same time axis as all charts</span></p>
<div class="plot" data-plot="staleness">${stalenessChart(timeline, { from: 0, to: end, width: defaultWidth })}</div>
${stackingTable(
  "The windows of stale reads, the worst first",
  [
    text("Node"),
    number("From"),
    number("Lasted"),
    number("Stale reads"),
    number("Out of date by", "The longest time for which a value had been overwritten when its read began"),
    text("Faults"),
  ],
  worst.map((window) => staleRow(window, faults)),
)}
${stale.length > listed && html`<p class="note">The ${listed} worst of ${formatCount(stale.length)} windows.</p>`}
</section>`;
}

/** How stale the stale reads were, all of them. */
function distribution(figures: Readonly<Record<string, number>>): Content {
  const ms = (name: string) => formatDuration((figures[name] ?? Number.NaN) / 1e3);
  const behind = figures["versions behind worst"];
  if (figures["staleness ms p50"] === undefined || behind === undefined) return undefined;
  return html` Half of these reads were at most ${ms("staleness ms p50")} out of date, 99% at most ${ms("staleness ms p99")}, and none more than ${plural(behind, "version")} behind. These are lower bounds: they count from when the overwriting was known to be done.`;
}

function staleRow({ node, from, to, reads, worstMs }: StaleBand, faults: readonly FaultBand[]): Row {
  const during = faults.filter((fault) => fault.from <= to && fault.to >= from);
  const words = (some: readonly FaultBand[]) =>
    some.map(({ label, summary }) => `${label} ${summary}`).join("; ");
  const own = words(during.filter(({ nodes }) => nodes.includes(node)));
  const others = words(during.filter(({ nodes }) => !nodes.includes(node)));
  return {
    cells: [
      node,
      html`<a class="zoom" href="#over-time" data-from="${from}" data-to="${to}" title="Show it in the charts">${from.toFixed(2)} s</a>`,
      formatDuration(to - from),
      formatCount(reads),
      formatDuration(worstMs / 1e3),
      html`${own}${own !== "" && others !== "" && "; "}${others !== "" && html`<span class="quiet">elsewhere: ${others}</span>`}${during.length === 0 && html`<span class="quiet">none at the time</span>`}`,
    ],
  };
}
