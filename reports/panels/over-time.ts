import { count } from "../../core/wording.ts";
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

/** Width of charts before the page knows its own, in pixels. */
export const defaultWidth = 1_060;

/**
 * The run over time: operations, leader, faults, percentiles, throughput. Charts are drawn here, so that they exist without
 * scripts and on paper; the page redraws them at its own width and zoom.
 */
export function overTimePanel(context: Context<Judged>, points: Points): Html {
  const { timeline, run, isTimed } = context;
  const view: View = { from: 0, to: timeline.end, width: defaultWidth };
  const functions = timeline.series.latency.map(({ f }) => f);
  return html`<section aria-labelledby="over-time"><h2 id="over-time">${run.readMode === undefined ? "The history" : "The run"} over time</h2>
${!isTimed && html`<p class="note">The history has no times. Its events are drawn a millisecond apart, in order: lengths show what overlapped, not how long it took.</p>`}
<p class="hint scripted">Drag over a chart to zoom in, double-click to zoom out. Keyboard: arrows move the cursor, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> shows everything.</p>
<div class="toolbar scripted" role="toolbar" aria-label="What the charts show">
<span class="choices" role="group" aria-label="Operation">${functions.map(
    (f, i) =>
      html`<button type="button" data-function="${f}" aria-pressed="${i === 0 ? "true" : "false"}">${f === "" ? "all" : f}</button>`,
  )}</span>
<span class="choices" role="group" aria-label="Measure">${
    points.service.length > 0 &&
    html`<button type="button" data-measure="response" aria-pressed="true">response</button><button type="button" data-measure="service" aria-pressed="false">service</button>`
  }</span>
<span class="choices" role="group" aria-label="Colour">
<button type="button" data-colour="outcome" aria-pressed="true">by outcome</button><button type="button" data-colour="function" aria-pressed="false">by operation</button></span>
<span class="choices" role="group" aria-label="Zoom"><button type="button" data-zoom="in" aria-label="Zoom in">+</button><button type="button" data-zoom="out" aria-label="Zoom out">−</button><button type="button" data-zoom="all">whole run</button></span>
<output class="range" aria-live="polite"></output>
</div>
<div class="charts" data-colouring="outcome">
<h3>${isTimed ? "Latency of every operation" : "Every operation"}</h3>
${scatterLegend(points)}
<div class="plot" data-plot="latency"><noscript><p class="note">The scatter plot needs JavaScript. All other charts and figures work without it.</p></noscript></div>
${lanes(context, view)}
${isTimed && overall(context, view)}
</div>
${isTimed && figuresOverTime({ timeline })}
</section>`;
}

/** Absent for a history file that names no leader and no fault: the lanes would be empty. */
function lanes({ timeline, run }: Context<Judged>, view: View): Html | undefined {
  const { leaders, faults, lanes: found } = timeline;
  if (run.readMode === undefined && leaders.length + faults.length + found.length === 0) return undefined;
  return html`<h3>Leader and nodes</h3>
<p class="legend">${faultKeys({ timeline })}${laneKeys(found)}</p>
<div class="plot" data-plot="lanes">${lanesChart(timeline, view)}</div>`;
}

function overall({ timeline, run }: Context<Judged>, view: View): Html {
  return html`<h3>Percentiles of the response time</h3>
<p class="legend">${percentileNames.map((name) => html`<span class="key line-key ${name}">${name}</span> `)}<span class="quiet">of <i>ok</i> operations, in steps of ${formatMicros(timeline.series.bucketSeconds * 1e6)}</span>${run.verdict === "invalid" && html` <span class="caveat">of an invalid history</span>`}</p>
<div class="plot" data-plot="percentiles">${percentilesChart(timeline, view, "")}</div>
<h3>Throughput by outcome</h3>
<p class="legend"><span class="key ok">ok</span> <span class="key fail">fail</span> <span class="key info">unknown</span> <span class="quiet">per second, at the time the outcome was known</span></p>
<div class="plot" data-plot="throughput">${throughputChart(timeline, view)}</div>`;
}

/** Legend of colours and shapes: one line for each way of colouring; the page shows the one in use. */
function scatterLegend(points: Points): Html {
  const note = html`<span class="quiet">${thinned(points)} Each is drawn at its ${points.service.length > 0 ? "intended " : ""}start.</span>`;
  const refused = points.errors.some((error) => error.startsWith("mismatch"));
  const functions = points.functions.map((f, i) => [f, i % hues] as const);
  return html`<p class="legend by-outcome"><span class="key ok dot">ok</span><span class="key fail cross">fail, had no effect</span>${refused && html`<span class="key fail speck">comparison refused</span>`}<span class="key info triangle">unknown, may have happened</span><span class="scripted">zoomed in, the shape of an ok shows its operation: ${functions.map(
    ([f, hue]) => html`<span class="key shape-${hue}">${f}</span> `,
  )}</span>${note}</p>
<p class="legend by-function">${functions.map(
    ([f, hue]) => html`<span class="key f-${hue}">${f}</span>`,
  )}<span class="key cross">fail</span><span class="key triangle">unknown</span>${note}</p>`;
}

function thinned({ total, dropped, merged, at }: Points): string {
  if (dropped === 0 && merged === 0) return `${count(total, "operation")}.`;
  const coincident =
    merged > 0 ? `, ${count(merged, "failure")} drawn together with another on the same spot` : "";
  return `${formatCount(at.length)} of ${formatCount(total)} operations: every failure and the extremes of each 100 ms are shown, ${formatCount(dropped)} ordinary ok left out${coincident}.`;
}

function faultKeys({ timeline }: Pick<Context, "timeline">): Html {
  const kinds = [...new Map(timeline.faults.map(({ name, hue }) => [name, hue]))];
  return html`${kinds.map(([name, hue]) => html`<span class="key fault-key hue-${hue}">${name}</span> `)}`;
}

/** The charts as a table of about thirty rows, for readers who cannot see them. */
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
    number("typical median", "Median of the medians of shorter intervals"),
    number("slowest ok"),
  ];
  return html`<details><summary>These charts as a table, in steps of ${formatDuration(together * bucketSeconds)}</summary>${scrollingTable("Figures over time", headings, rows)}</details>`;
}

const ascending = (a: number, b: number): number => a - b;
