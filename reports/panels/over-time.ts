import { laneKeys, lanesChart } from "../charts/lanes.ts";
import { percentileNames, percentilesChart } from "../charts/percentiles.ts";
import { throughputChart } from "../charts/throughput.ts";
import { hues, type View } from "../charts/timeline.ts";
import type { Context, Judged } from "../context.ts";
import type { Points } from "../data/points.ts";
import { quantile } from "../data/series.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatDuration, formatMicros } from "../numbers.ts";
import { number, scrollingTable } from "./table.ts";

/** The width that charts are drawn for before the page knows its own. */
export const defaultWidth = 1_060;

/**
 * The run over time: every operation, who led, what was broken, percentiles, throughput. Charts are drawn here, so that
 * they are there without scripts and on paper; the page draws them anew for its width and for what is zoomed to.
 */
export function overTimePanel(context: Context<Judged>, points: Points): Html {
  const { timeline, run, isTimed } = context;
  const view: View = { from: 0, to: timeline.end, width: defaultWidth };
  const kinds = timeline.series.latency.map(({ f }) => f);
  return html`<section aria-labelledby="over-time"><h2 id="over-time">${run.readMode === undefined ? "The history" : "The run"} over time</h2>
${!isTimed && html`<p class="note">The history has no times. Its events are drawn a millisecond apart, in their order: lengths say what happened at once, not how long it took.</p>`}
<p class="hint scripted">Drag over a chart to zoom, double-click to see all again. With the keyboard: arrows move the cursor, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> shows all.</p>
<div class="toolbar scripted" role="toolbar" aria-label="What the charts show">
<span class="choices" role="group" aria-label="Operation">${kinds.map(
    (f, i) =>
      html`<button type="button" data-operation="${f}" aria-pressed="${i === 0 ? "true" : "false"}">${f === "" ? "all" : f}</button>`,
  )}</span>
<span class="choices" role="group" aria-label="Measure">${
    points.service.length > 0 &&
    html`<button type="button" data-measure="response" aria-pressed="true">response</button><button type="button" data-measure="service" aria-pressed="false">service</button>`
  }</span>
<span class="choices" role="group" aria-label="Colour">
<button type="button" data-colour="outcome" aria-pressed="true">by outcome</button><button type="button" data-colour="operation" aria-pressed="false">by operation</button></span>
<span class="choices" role="group" aria-label="Zoom"><button type="button" data-zoom="in" aria-label="Zoom in">+</button><button type="button" data-zoom="out" aria-label="Zoom out">−</button><button type="button" data-zoom="all">whole run</button></span>
<output class="range" aria-live="polite"></output>
</div>
<div class="charts" data-colouring="outcome">
<h3>${isTimed ? "Latency of every operation" : "Every operation"}</h3>
${scatterLegend(points)}
<div class="plot" data-plot="latency"><noscript><p class="note">The scatter of every operation is drawn by a script. All other charts and figures are here.</p></noscript></div>
${lanes(context, view)}
${isTimed && overall(context, view)}
</div>
${isTimed && figuresOverTime({ timeline })}
</section>`;
}

/** Absent where the history of a file names no leader and no fault: nothing would stand in the lanes. */
function lanes({ timeline, run }: Context<Judged>, view: View): Html | undefined {
  const { leaders, faults, lanes: found } = timeline;
  if (run.readMode === undefined && leaders.length + faults.length + found.length === 0) return undefined;
  return html`<h3>Leader and nodes</h3>
<p class="legend">${faultKeys({ timeline })}${laneKeys(found)}</p>
<div class="plot" data-plot="lanes">${lanesChart(timeline, view)}</div>`;
}

function overall({ timeline, run }: Context<Judged>, view: View): Html {
  return html`<h3>Percentiles of the response time</h3>
<p class="legend">${percentileNames.map((name) => html`<span class="key line-key ${name}">${name}</span> `)}<span class="quiet">of <i>ok</i> operations, every ${formatMicros(timeline.series.bucketSeconds * 1e6)}</span>${run.verdict === "invalid" && html` <span class="caveat">of an invalid history</span>`}</p>
<div class="plot" data-plot="percentiles">${percentilesChart(timeline, view, "")}</div>
<h3>Throughput by outcome</h3>
<p class="legend"><span class="key ok">ok</span> <span class="key fail">fail</span> <span class="key info">unknown</span> <span class="quiet">per second, when the outcome was known</span></p>
<div class="plot" data-plot="throughput">${throughputChart(timeline, view)}</div>`;
}

/** What colours and shapes mean: one line for each way of colouring, of which the page shows the one in use. */
function scatterLegend(points: Points): Html {
  const note = html`<span class="quiet">${thinned(points)} Each stands at its ${points.service.length > 0 ? "intended " : ""}start.</span>`;
  const refused = points.errors.some((error) => error.startsWith("mismatch"));
  const kinds = points.kinds.map((f, i) => [f, i % hues] as const);
  return html`<p class="legend by-outcome"><span class="key ok dot">ok</span><span class="key fail cross">fail, had no effect</span>${refused && html`<span class="key fail speck">comparison refused</span>`}<span class="key info triangle">unknown, may have happened</span><span class="scripted">zoomed in, shapes distinguish ok by operation: ${kinds.map(
    ([f, hue]) => html`<span class="key shape-${hue}">${f}</span> `,
  )}</span>${note}</p>
<p class="legend by-operation">${kinds.map(
    ([f, hue]) => html`<span class="key f-${hue}">${f}</span>`,
  )}<span class="key cross">fail</span><span class="key triangle">unknown</span>${note}</p>`;
}

function thinned({ total, dropped, merged, at }: Points): string {
  if (dropped === 0 && merged === 0) return `${formatCount(total)} operations.`;
  const coincident =
    merged > 0 ? `, ${formatCount(merged)} failures drawn with a neighbour on the same spot` : "";
  return `${formatCount(at.length)} of ${formatCount(total)} operations: every failure and every 100 ms' extremes, ${formatCount(dropped)} ordinary ok ones left out${coincident}.`;
}

function faultKeys({ timeline }: Pick<Context, "timeline">): Html {
  const kinds = [...new Map(timeline.faults.map(({ name, hue }) => [name, hue]))];
  return html`${kinds.map(([name, hue]) => html`<span class="key fault-key hue-${hue}">${name}</span> `)}`;
}

/** The charts as a table, for those who do not see them: some thirty rows, whatever the run's length. */
function figuresOverTime({ timeline }: Pick<Context, "timeline">): Html {
  const { bucketSeconds, buckets, throughput, latency } = timeline.series;
  const together = Math.ceil(buckets / 30);
  const rows = Array.from({ length: Math.ceil(buckets / together) }, (_, i) => {
    const [from, to] = [i * together, Math.min(buckets, (i + 1) * together)];
    const count = (outcome: "ok" | "fail" | "info") =>
      throughput[outcome].subarray(from, to).reduce((a, b) => a + b, 0) * bucketSeconds;
    const medians = [...(latency[0]?.p50.subarray(from, to) ?? [])].filter((value) => !Number.isNaN(value));
    const slowest = [...(latency[0]?.max.subarray(from, to) ?? [])].filter((value) => !Number.isNaN(value));
    return {
      cells: [
        `${(from * bucketSeconds).toFixed(1)} s`,
        formatCount(count("ok")),
        formatCount(count("fail")),
        formatCount(count("info")),
        formatMicros(quantile(medians.sort(ascending), 0.5)),
        formatMicros(quantile(slowest.sort(ascending), 1)),
      ],
    };
  });
  const headings = [
    number("From"),
    number("ok"),
    number("fail"),
    number("unknown"),
    number("typical median", "The median of the buckets' medians"),
    number("slowest ok"),
  ];
  return html`<details><summary>These charts as a table, every ${formatDuration(together * bucketSeconds)}</summary>${scrollingTable("Figures over time", headings, rows)}</details>`;
}

const ascending = (a: number, b: number): number => a - b;
