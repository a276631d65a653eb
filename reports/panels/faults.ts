import type { Context } from "../context.ts";
import { impactOf, outages } from "../data/availability.ts";
import { formatCount, formatDuration, formatMicros } from "../format.ts";
import { type Html, html } from "../html.ts";

/** What was broken when, how it was proven to bite, and what the clients saw of it. */
export function faultsPanel({ faults, operations, run, end }: Context): Html {
  if (faults.length === 0)
    return html`<section aria-labelledby="faults"><h2 id="faults">Faults</h2><p>${
      run.nemeses.length > 0
        ? `None struck, though ${run.nemeses.join(", ")} was asked for.`
        : "None: the cluster was left alone."
    }</p></section>`;
  const stretches = outages(operations);
  return html`<section aria-labelledby="faults"><h2 id="faults">Faults</h2>
<table class="faults stacking">
<thead><tr><th scope="col">Fault</th><th scope="col">What was done</th><th scope="col" class="number">From</th><th scope="col" class="number">Lasted</th><th scope="col">Proof that it bit</th><th scope="col" class="number" title="Operations sent while it lasted: ok, fail, unknown">ok / fail / unknown</th><th scope="col" class="number" title="Longest time without an ok answer anywhere">Outage</th><th scope="col" class="number">p99 of ok</th></tr></thead>
<tbody>${faults.map(({ window, band }) => {
    const impact = impactOf(window, operations, stretches, end);
    return html`<tr><th scope="row"><a class="zoom key fault-key hue-${band.hue}" href="#over-time" data-from="${band.from}" data-to="${band.to}" title="Show it in the charts">${band.label} ${band.name}</a></th><td data-label="What">${window.summary}${window.nodes.length > 0 && html` <span class="quiet">(${window.nodes.join(", ")})</span>`}</td><td class="number" data-label="From">${band.from.toFixed(2)} s</td><td class="number" data-label="Lasted">${formatDuration(band.to - band.from)}</td><td data-label="Proof">${
      window.proof ?? html`<span class="caveat">not seen to bite</span>`
    }</td><td class="number" data-label="ok / fail / unknown">${formatCount(impact.ok)} / ${formatCount(impact.fail)} / ${formatCount(impact.info)}</td><td class="number" data-label="Outage">${formatDuration(impact.outageSeconds)}</td><td class="number" data-label="p99 of ok">${formatMicros(impact.p99)}</td></tr>`;
  })}</tbody></table>
<p class="note">Counts are of operations sent while the fault lasted. Outage: the longest time that touches the fault in which operations were asked for and none was answered ok, on any node.</p>
</section>`;
}
