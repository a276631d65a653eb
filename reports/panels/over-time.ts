import type { Operation } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { count, listed } from "../../core/wording.ts";
import { laneKeys, lanesChart } from "../charts/lanes.ts";
import { percentileNames, percentilesChart } from "../charts/percentiles.ts";
import { throughputChart } from "../charts/throughput.ts";
import { hues, type View } from "../charts/timeline.ts";
import type { Context, Judged } from "../context.ts";
import { type Measure, timed } from "../data/measure.ts";
import { figuresIn } from "../data/phases.ts";
import type { Points } from "../data/points.ts";
import { enoughFor, widestStep } from "../data/series.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatDuration, formatMicros } from "../numbers.ts";
import { byMeasure } from "./by-measure.ts";
import { number, scrollingTable } from "./table.ts";

/** Width of charts before the page knows its own, in pixels. */
export const defaultWidth = 1_060;

/**
 * The run over time: operations, leader, faults, percentiles, throughput. Charts are drawn here, so that they exist without
 * scripts and on paper; the page redraws them at its own width and zoom.
 */
export function overTimePanel(context: Context<Judged>, points: Points): Html {
  const { timeline, run, isTimed, operations } = context;
  if (operations.length === 0)
    return html`<section aria-labelledby="over-time"><h2 id="over-time">The run over time</h2><p>No operation was sent, so there is nothing to draw.</p></section>`;
  const view: View = { from: 0, to: timeline.end, width: defaultWidth };
  const functions = timeline.series.response.latency.map(({ f }) => f);
  return html`<section aria-labelledby="over-time"><h2 id="over-time">${run.readMode === undefined ? "The history" : "The run"} over time</h2>
${!isTimed && html`<p class="note">The history has no times. Its events are drawn a millisecond apart, in order: lengths show what overlapped, not how long it took.</p>`}
<p class="hint scripted">Click a point to see what happened around it on its key. Drag over a chart to zoom in, double-click to zoom out. Keyboard: arrows move the cursor, <kbd>Enter</kbd> opens the history of the nearest point’s key, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> shows everything. The address of the page holds what you see, to send on.</p>
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
${scatterLegend(context, points)}
<div class="plot" data-plot="latency"><noscript><p class="note">The scatter plot needs JavaScript. All other charts and figures work without it.</p></noscript></div>
${lanes(context, view)}
${isTimed && overall(context, view)}
</div>
${isTimed && figuresOverTime(context)}
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

function overall({ timeline, run, askers }: Context<Judged>, view: View): Html {
  const { bucketSeconds, service } = timeline.series;
  const measure = byMeasure({ response: "response", service: service && "service" });
  const shown = { f: "", measure: "response" } as const;
  const at =
    service === undefined
      ? ""
      : html` <span class="by-response">where they were meant to start</span><span class="by-service">where they were sent</span>`;
  const step = formatDuration(bucketSeconds);
  const widest = formatDuration(Math.max(bucketSeconds, widestStep / 1e9));
  const steps =
    step === widest ? `in steps of ${step}` : `in steps of ${step}, up to ${widest} where there are few`;
  return html`<h3>Percentiles of the ${measure} time</h3>
<p class="legend">${percentileNames.map((name) => html`<span class="key line-key ${name}">${name}</span> `)}<span class="quiet">of <i>ok</i> operations${at}, ${steps}: p99 of at least ${enoughFor.p99}, p95 of ${enoughFor.p95}, p50 of ${enoughFor.p50}</span>${run.verdict === "invalid" && html` <span class="caveat">of an invalid history</span>`}</p>
<div class="plot" data-plot="percentiles">${percentilesChart(timeline, view, shown)}</div>
<h3>Operations per second, by outcome</h3>
<p class="legend"><span class="key ok">ok</span> <span class="key fail">fail</span> <span class="key info">unknown</span> ${timeline.requested !== undefined && html`<span class="key line-key requested">requested</span> `}<span class="quiet">counted${at === "" ? " where they were sent" : at}, in steps of ${step}; the scale is that of what succeeded, and more is cut with a mark</span></p>
${askers.standing.length > 0 && html`<p class="legend"><span class="quiet">Only the load is counted here, and not ${standingWords(askers.standing)}, which standing clients sent at their own pace.</span></p>`}
<div class="plot" data-plot="throughput">${throughputChart(timeline, view, shown)}</div>`;
}

/** `1,204 watch and 312 read-at operations` */
function standingWords(operations: readonly Operation[]): string {
  const counts = new Map<string, number>();
  for (const { call } of operations) counts.set(call.f, (counts.get(call.f) ?? 0) + 1);
  const parts = [...counts].sort(([, a], [, b]) => b - a).map(([f, number]) => `${formatCount(number)} ${f}`);
  return `${listed(parts)} ${operations.length === 1 ? "operation" : "operations"}`;
}

/** Legend of colours and shapes: one line for each way of colouring; the page shows the one in use. */
function scatterLegend({ askers }: Context<Judged>, points: Points): Html {
  const place = byMeasure({
    response: points.service.length > 0 ? "where it was meant to start" : "where it was sent",
    service: points.service.length > 0 ? "where it was sent" : undefined,
  });
  const first =
    askers.first.length > 0 &&
    ` The ${count(askers.first.length, "operation")} before the load, which put in place what it found, ${askers.first.length === 1 ? "is" : "are"} not drawn.`;
  const last =
    askers.last.length > 0 &&
    ` The ${count(askers.last.length, "read")} at the end, of all that was written, ${askers.last.length === 1 ? "is" : "are"} not part of the load.`;
  const note = html`<span class="quiet">${thinned(points)} Each is drawn ${place}.${first}${last}</span>`;
  const refused = points.errors.some((error) => error.startsWith("mismatch"));
  const functions = points.functions.map((f, i) => [f, i % hues] as const);
  return html`<p class="legend by-outcome"><span class="key ok dot">ok</span><span class="key fail cross">fail, had no effect</span>${refused && html`<span class="key fail speck">comparison refused</span>`}<span class="key info triangle">unknown, may have happened</span><span class="scripted">zoomed in, the shape of an ok shows its operation: ${functions.map(
    ([f, hue]) => html`<span class="key shape-${hue}">${f}</span> `,
  )}</span>${note}</p>
<p class="legend by-function">${functions.map(
    ([f, hue]) => html`<span class="key f-${hue}">${f}</span>`,
  )}<span class="key cross">fail</span><span class="key triangle">unknown</span>${note}</p>`;
}

function thinned(points: Points): string {
  const { total, dropped, merged, at } = points;
  if (dropped === 0 && merged === 0) return `${count(total, "operation")}.`;
  const coincident =
    merged > 0 ? `, ${count(merged, "failure")} drawn together with another on the same spot` : "";
  return `${formatCount(at.length)} of ${formatCount(total)} operations: every failure and the extremes of each ${formatDuration(points.stepSeconds)} are shown, ${formatCount(dropped)} ordinary ok left out${coincident}.`;
}

function faultKeys({ timeline }: Pick<Context, "timeline">): Html {
  const kinds = [...new Map(timeline.faults.map(({ name, hue }) => [name, hue]))];
  return html`${kinds.map(([name, hue]) => html`<span class="key fault-key hue-${hue}">${name}</span> `)}`;
}

/** Rows of the table that stands for the charts. */
const tableRows = 30;

/** The charts as a table of about thirty rows, for readers who cannot see them. */
function figuresOverTime({ timeline, askers, end }: Context<Judged>): Html {
  const { bucketSeconds, buckets, service } = timeline.series;
  const step = bucketSeconds * Math.ceil(buckets / tableRows);
  const rowsBy = (measure: Measure) => {
    const all = timed(askers.load, measure);
    return Array.from({ length: Math.ceil(timeline.end / step) }, (_, i) => {
      const [from, to] = [nanos(i * step * 1e9), nanos((i + 1) * step * 1e9)];
      const { ok, fail, info, p50, max } = figuresIn(all, [{ from, to }], end);
      return [formatCount(ok), formatCount(fail), formatCount(info), formatMicros(p50), formatMicros(max)];
    });
  };
  const response = rowsBy("response");
  const sent = service === undefined ? undefined : rowsBy("service");
  const rows = response.map((cells, i) => ({
    cells: [
      `${(i * step).toFixed(1)} s`,
      ...cells.map((text, j) => byMeasure({ response: text, service: sent?.[i]?.[j] })),
    ],
  }));
  const headings = ["From", "ok", "fail", "unknown", "median ok", "slowest ok"].map((name) => number(name));
  return html`<details><summary>These charts as a table, in steps of ${formatDuration(step)}</summary>${scrollingTable("Figures over time", headings, rows)}</details>`;
}
