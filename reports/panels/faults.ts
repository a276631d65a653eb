import type { Context, Judged, NamedFault } from "../context.ts";
import { impactOf, type Outage, outages } from "../data/availability.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatDuration, formatMicros } from "../numbers.ts";
import { number, type Row, stackingTable, text } from "./table.ts";

/** What was broken when, the proof that it took effect, and what the clients saw of it. */
export function faultsPanel(context: Context<Judged>): Html {
  const { faults, operations } = context;
  const { nemeses = [] } = context.run;
  const title = html`<h2 id="faults">Faults</h2>`;
  if (faults.length === 0) {
    const why =
      nemeses.length > 0
        ? `None struck, although ${nemeses.join(", ")} ${nemeses.length === 1 ? "was" : "were"} requested.`
        : "No faults were injected.";
    return html`<section aria-labelledby="faults">${title}<p>${why}</p></section>`;
  }
  const allOutages = outages(operations);
  return html`<section aria-labelledby="faults">${title}
${stackingTable(
  undefined,
  [
    text("Fault"),
    text("Description"),
    number("From"),
    number("Lasted"),
    text("Proof that it took effect"),
    number("ok"),
    number("fail"),
    number("unknown"),
    number("Outage"),
    number("p99 of ok"),
  ],
  faults.map((fault) => faultRow(context, fault, allOutages)),
)}
<p class="note">Counts are of operations sent during the fault. Outage: the longest period overlapping the fault in which operations were pending and none succeeded on any node.</p>
</section>`;
}

function faultRow(
  { operations, end }: Context<Judged>,
  { window, band }: NamedFault,
  allOutages: readonly Outage[],
): Row {
  const impact = impactOf(window, operations, allOutages, end);
  const unnamed = window.nodes.filter((node) => !window.summary.includes(node));
  return {
    cells: [
      html`<a class="zoom key fault-key hue-${band.hue}" href="#over-time" data-from="${band.from}" data-to="${band.to}" title="Show it in the charts">${band.label} ${band.name}</a>`,
      html`${window.summary}${unnamed.length > 0 && html` <span class="quiet">(${unnamed.join(", ")})</span>`}`,
      `${band.from.toFixed(2)} s`,
      formatDuration(band.to - band.from),
      window.proof ?? html`<span class="caveat">no proof that it took effect</span>`,
      formatCount(impact.ok),
      formatCount(impact.fail),
      formatCount(impact.info),
      formatDuration(impact.outageSeconds),
      formatMicros(impact.p99),
    ],
  };
}
