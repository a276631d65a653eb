import { count } from "../../core/wording.ts";
import { hues } from "../charts/timeline.ts";
import { knownMeasures, usageChart, usageTitles } from "../charts/usage.ts";
import type { Context } from "../context.ts";
import { perKey } from "../data/growth.ts";
import { okSinceMain } from "../data/load.ts";
import { type Html, html } from "../html.ts";
import { formatBytes, formatCount, formatDuration, formatMicros, signedBytes } from "../numbers.ts";
import { number, scrollingTable, text } from "./table.ts";

const width = 340;

/** Resource usage of each node. Absent if nothing was sampled. */
export function resourcesPanel({ timeline, run, askers }: Context): Html | undefined {
  const { nodes } = timeline.usage;
  if (nodes.length === 0) return undefined;
  const view = { from: 0, to: timeline.end, width };
  const key = perKey(run);
  const ok = okSinceMain(askers);
  const cpuSeconds = nodes.reduce((sum, node) => sum + node.cpuSeconds, 0);
  return html`<section aria-labelledby="resources"><h2 id="resources">Resources</h2>
<p class="legend">${nodes.map(({ node }) => html`<span class="key line-key node-${Math.max(0, timeline.nodes.indexOf(node)) % hues}">${node}</span> `)}</p>
<div class="small-multiples">${knownMeasures(timeline.usage).map(
    (measure) =>
      html`<div><h3>${usageTitles[measure]}</h3><div class="plot" data-plot="usage" data-measure="${measure}">${usageChart(timeline, view, measure)}</div></div>`,
  )}</div>
${scrollingTable(
  "Resources of each node",
  [
    text("Node"),
    number("Processor time"),
    number("Peak processors"),
    number("Peak memory"),
    number("Disk at the end"),
    number("Written"),
    number("Network"),
    number("fsyncs"),
  ],
  nodes.map((usage) => ({
    cells: [
      usage.node,
      formatDuration(usage.cpuSeconds),
      formatProcessors(highest(usage.processors)),
      formatBytes(highest(usage.memory)),
      formatBytes(usage.disk.at(-1) ?? Number.NaN),
      formatBytes(usage.writtenBytes),
      formatBytes(usage.networkBytes),
      Number.isNaN(usage.syncs) ? "–" : formatCount(usage.syncs),
    ],
  })),
)}
${key !== undefined && html`<p class="note">${signedBytes(key.memory)} of memory and ${signedBytes(key.disk)} of disk for each key, summed over all nodes: what they grew by while ${count(run.growth?.keys ?? 0, "key")} were put in place before the load.</p>`}
${ok > 0 && html`<p class="note">${formatMicros((cpuSeconds / ok) * 1e6)} of processor time per ok operation, summed over all nodes.</p>`}
</section>`;
}

/** Greatest known value; NaN if there is none. */
const highest = (values: Float32Array): number =>
  values.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most), Number.NaN);

const formatProcessors = (processors: number): string =>
  Number.isNaN(processors) ? "–" : processors.toFixed(2);
