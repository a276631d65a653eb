/** Throughput-latency curves on one scale, with their knees, and the figures of every rate. */
import { kneeRule } from "../../core/load/knee.ts";
import { logExtent, logScale } from "../charts/scale.ts";
import type { Sweep } from "../data/sweep.ts";
import { type Html, html } from "../html.ts";
import { formatFigure, formatMicros, formatRate, formatShare, formatTickMicros } from "../numbers.ts";
import { number, type Row, stackingTable, text } from "../panels/table.ts";
import { area, type ChartLine, legend, lineChart } from "./line-chart.ts";
import type { Shown } from "./study.ts";
import { beyondWords, limitWords, stepFigures, stepMark } from "./words.ts";

type Swept = Shown<Sweep>;

/** The sweep of the first run of each. */
export const sweepPanel = (swept: readonly Swept[]): Html =>
  html`<figure class="sweep">${legend(swept)}${curves(swept)}</figure>
${stackingTable("The knee", kneeColumns, swept.map(kneeRow))}
${stackingTable("Every rate", stepColumns, swept.flatMap(stepRows))}
<p class="note">The knee is the highest rate below which every rate was borne: ${formatShare(kneeRule.done)} of what was requested was sent and succeeded, fewer than ${formatShare(kneeRule.errors)} of the answers were errors, and the p99 of the response time was at most ${kneeRule.slowdown} times that at low load (the median of the lowest third of the rates). Refused comparisons are answers. The first fifth of each step is left out. A step is client-limited if the load generator sent late by more than a tenth of its p99. One run each, the first: rates beyond the knee overload a cluster on purpose.</p>`;

const kneeColumns = [
  text("System and read mode"),
  number("Highest rate borne"),
  number("p50 there"),
  number("p99 there"),
  text("What comes next"),
];

function kneeRow({ title, figures: [{ steps, knee }] }: Swept): Row {
  const next = steps.find(({ beyond }) => beyond !== undefined);
  return {
    cells: [
      title,
      knee === undefined
        ? "none"
        : html`${formatRate(knee.rate)}/s${knee.isClientLimited ? html` <span class="caveat">client-limited</span>` : ""}`,
      formatMicros(knee?.p50 ?? Number.NaN),
      formatMicros(knee?.p99 ?? Number.NaN),
      next === undefined
        ? "nothing: the highest rate that was tried was borne"
        : `at ${formatRate(next.rate)}/s, ${[beyondWords(next), limitWords(next)].filter((words) => words !== "").join("; ")}`,
    ],
  };
}

const stepColumns = [
  text("System and read mode"),
  number("Requested"),
  number("ok"),
  number("Done"),
  number("Errors"),
  number("p50"),
  number("p99"),
  text(""),
];

const stepRows = ({ key, figures: [sweep] }: Swept): Row[] =>
  sweep.steps.map((step) => {
    const mark = stepMark(step, sweep);
    return { cells: [key, ...stepFigures(step), step === sweep.knee ? html`<b>${mark}</b>` : mark] };
  });

/** p99 over what succeeded, both logarithmic; p50 as a thin line below it. The knee is a ring. */
function curves(swept: readonly Swept[]): Html {
  const steps = swept.flatMap(({ figures: [sweep] }) => sweep.steps);
  const x = logScale(
    logExtent(
      steps.map(({ okPerSecond }) => okPerSecond),
      { from: 10, to: 1_000 },
    ),
    { from: area.left, to: area.right },
    formatFigure,
  );
  const y = logScale(
    logExtent(
      steps.flatMap(({ p50, p99 }) => [p50, p99]),
      { from: 100, to: 100_000 },
    ),
    { from: area.bottom, to: area.top },
    formatTickMicros,
  );
  const words = swept.map(
    ({ name, figures: [{ knee }] }) =>
      `${name}: ${knee === undefined ? "no rate was borne" : `knee at ${formatRate(knee.rate)}/s with a p99 of ${formatMicros(knee.p99)}`}`,
  );
  return lineChart(
    {
      label: `Response time over operations per second that succeeded, both logarithmic. ${words.join("; ")}.`,
      axis: "ok operations per second",
    },
    { x, y },
    swept.flatMap(({ style, figures: [{ steps: own, knee }] }): ChartLine[] => [
      { style, thin: true, points: own.map(({ okPerSecond, p50 }) => [okPerSecond, p50]) },
      {
        style,
        points: own.map(({ okPerSecond, p99 }) => [okPerSecond, p99]),
        dots: (index) => (own[index] === knee ? "ring" : "dot"),
      },
    ]),
  );
}
