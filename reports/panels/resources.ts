import { hues } from "../charts/timeline.ts";
import { usageChart, usageMeasures, usageTitles } from "../charts/usage.ts";
import type { Context } from "../context.ts";
import { formatBytes, formatDuration, formatMicros } from "../format.ts";
import { type Html, html } from "../html.ts";

const width = 340;

/** What each node used of the machine. Absent where nothing was sampled. */
export function resourcesPanel({ timeline, run }: Context): Html | undefined {
  const { nodes } = timeline.usage;
  if (nodes.length === 0) return undefined;
  const view = { from: 0, to: timeline.end, width };
  const highest = (values: Float32Array) =>
    values.reduce((a, b) => (b > a ? b : a), Number.NEGATIVE_INFINITY);
  const cpuSeconds = nodes.reduce((sum, node) => sum + node.cpuSeconds, 0);
  return html`<section aria-labelledby="resources"><h2 id="resources">Resources</h2>
<p class="legend">${nodes.map(({ node }) => html`<span class="key line-key node-${Math.max(0, timeline.nodes.indexOf(node)) % hues}">${node}</span> `)}</p>
<div class="small-multiples">${usageMeasures.map(
    (measure) =>
      html`<div><h3>${usageTitles[measure]}</h3><div class="plot" data-plot="usage" data-measure="${measure}">${usageChart(timeline, view, measure)}</div></div>`,
  )}</div>
<div class="scroll" tabindex="0" role="region" aria-label="Resources of each node"><table>
<thead><tr><th scope="col">Node</th><th scope="col" class="number">Processor time</th><th scope="col" class="number">Most processors</th><th scope="col" class="number">Most memory</th><th scope="col" class="number">Disk at the end</th></tr></thead>
<tbody>${nodes.map((usage) => {
    const busiest = highest(
      usage.processors.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value)),
    );
    return html`<tr><th scope="row">${usage.node}</th><td class="number">${formatDuration(usage.cpuSeconds)}</td><td class="number">${Number.isFinite(busiest) ? busiest.toFixed(2) : "–"}</td><td class="number">${formatBytes(highest(usage.memory))}</td><td class="number">${formatBytes(usage.disk.at(-1) ?? Number.NaN)}</td></tr>`;
  })}</tbody></table></div>
${run.operations.ok > 0 && html`<p class="note">${formatMicros((cpuSeconds / run.operations.ok) * 1e6)} of processor time for each ok operation, over all nodes.</p>`}
</section>`;
}
