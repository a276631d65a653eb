import type { LatencySummary } from "../../core/run.ts";
import { spectraOf, spectrumChart } from "../charts/spectrum.ts";
import { enoughFor } from "../comparison/operation-figures.ts";
import type { Context } from "../context.ts";
import { speedCaveat } from "../data/speed.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatMicros } from "../numbers.ts";
import { defaultWidth } from "./over-time.ts";
import { number, type Row, scrollingTable, text } from "./table.ts";

/** Latency by percentile: the spectrum, then a table of the usual percentiles for each operation and outcome. */
export function percentilesPanel({ run }: Context): Html | undefined {
  if (run.latency.length === 0) return undefined;
  const spectra = spectraOf(run.latency);
  const caveat = speedCaveat(run);
  const functions = [...new Map(spectra.map(({ f, hue }) => [f, hue]))].sort(([a], [b]) =>
    a.localeCompare(b),
  );
  const both = spectra.some(({ measure }) => measure === "service");
  const answered = run.latency.filter(({ outcome }) => outcome === "ok");
  const others = run.latency.filter(({ outcome, count }) => outcome !== "ok" && count > 0);
  return html`<section aria-labelledby="percentiles"><h2 id="percentiles">Latency by percentile</h2>
<p class="legend">${functions.map(([f, hue]) => html`<span class="key line-key f-${hue}">${f}</span> `)}${
    both &&
    html`<span class="key line-key measure-response">response, from the intended start</span> <span class="key line-key measure-service">service, from the actual send</span>`
  }${caveat !== undefined && html` <span class="caveat" title="${caveat.why}">${caveat.short}</span>`}${run.verdict === "invalid" && html` <span class="caveat">of an invalid history</span>`}</p>
${spectra.length > 0 && html`<div class="plot" data-plot="spectrum">${spectrumChart(spectra, defaultWidth).svg}</div>`}
${scrollingTable("Percentiles of ok operations", headings, [...answered].sort(byOutcome).map(latencyRow))}
${
  others.length > 0 &&
  html`<details><summary>Latency of failed and unknown operations</summary>${scrollingTable("Percentiles of failed and unknown operations", headings, [...others].sort(byOutcome).map(latencyRow))}</details>`
}
</section>`;
}

const headings = [
  text("Operation"),
  text("Outcome"),
  text("Measure"),
  ...["count", "mean", "p50", "p95", "p99", "p99.9", "max"].map((name) => number(name)),
];

const order = ["ok", "fail", "info"];
const byOutcome = (a: LatencySummary, b: LatencySummary): number =>
  order.indexOf(a.outcome) - order.indexOf(b.outcome) ||
  a.f.localeCompare(b.f) ||
  a.measure.localeCompare(b.measure);

function latencyRow({ f, outcome, measure, count, mean, p50, p95, p99, p999, max }: LatencySummary): Row {
  const named = outcome === "info" ? "unknown" : outcome;
  const known = (least: number, micros: number) => (count < least ? Number.NaN : micros);
  const times = [
    mean,
    p50,
    known(enoughFor.p90, p95),
    known(enoughFor.p99, p99),
    known(enoughFor["p99.9"], p999),
    max,
  ];
  return {
    class: `of-${measure}`,
    cells: [
      f,
      html`<span class="key ${outcome}">${named}</span>`,
      measure,
      formatCount(count),
      ...times.map(formatMicros),
    ],
  };
}
