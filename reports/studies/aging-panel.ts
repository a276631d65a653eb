/** Latency and store of each system in the course of a run: curves, the first tenth against the last, and every tenth. */
import { timeLabel, timeStep } from "../charts/plot.ts";
import { linearScale, logExtent, logScale, type Scale } from "../charts/scale.ts";
import { type Content, type Html, html } from "../html.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMicros,
  formatTickBytes,
  formatTickMicros,
  formatTimes,
} from "../numbers.ts";
import { number, type Row, stackingTable, text } from "../panels/table.ts";
import type { AgedTenth, Aging } from "./aging.ts";
import { area, type ChartLine, legend, lineChart } from "./line-chart.ts";
import type { Shown } from "./study.ts";

type Aged = Shown<Aging>;

/** That of the first run of each. */
export const agingPanel = (aged: readonly Aged[]): Html =>
  html`<figure class="sweep">${legend(aged)}${latency(aged)}</figure>
${hasStore(aged) && html`<figure class="sweep">${legend(aged)}${store(aged)}</figure>`}
${stackingTable("The last tenth against the first", growthColumns, aged.map(growthRow))}
<details><summary>Every tenth</summary>${stackingTable("Every tenth", tenthColumns, aged.flatMap(tenthRows))}</details>
<p class="note">Response times of <i>ok</i> operations by the tenth of the load in which they were meant to start. Store and memory: all nodes together, at the end of the tenth. One run each, the first; a single slow disk write moves a maximum, and may move a p99.</p>`;

const tenthsOf = (aged: readonly Aged[]): AgedTenth[] => aged.flatMap(({ figures: [{ tenths }] }) => tenths);
const hasStore = (aged: readonly Aged[]): boolean =>
  tenthsOf(aged).some((tenth) => Number.isFinite(tenth.store));

const measures = [
  { of: "p50", name: "p50", format: formatMicros },
  { of: "p99", name: "p99", format: formatMicros },
  { of: "max", name: "slowest", format: formatMicros },
  { of: "store", name: "store", format: formatBytes },
  { of: "memory", name: "memory", format: formatBytes },
] as const;

const growthColumns = [text("System and read mode"), ...measures.map(({ name }) => number(name))];

function growthRow({ title, figures: [{ tenths, growth }] }: Aged): Row {
  const [first, last] = [tenths[0], tenths.at(-1)];
  const cell = ({ of, format }: (typeof measures)[number]): Content =>
    first === undefined || last === undefined || !Number.isFinite(growth[of])
      ? "–"
      : html`<b>${formatTimes(growth[of])}</b> <span class="from-to">${format(first[of])} → ${format(last[of])}</span>`;
  return { cells: [title, ...measures.map(cell)] };
}

const tenthColumns = [
  text("System and read mode"),
  text("From, to"),
  number("ok"),
  number("not ok"),
  ...measures.map(({ name }) => number(name)),
];

const tenthRows = ({ key, figures: [{ tenths }] }: Aged): Row[] =>
  tenths.map((tenth) => ({
    cells: [
      key,
      `${formatDuration(tenth.from)} to ${formatDuration(tenth.to)}`,
      formatCount(tenth.ok),
      formatCount(tenth.notOk),
      ...measures.map(({ of, format }) => format(tenth[of])),
    ],
  }));

/** Pixels between ticks of time. */
const timeSpacing = 70;

/** From the begin of the load to the end of the longest. */
function time(aged: readonly Aged[]): Scale {
  const end = tenthsOf(aged).reduce((latest, { to }) => Math.max(latest, to), 1);
  return linearScale(
    { from: 0, to: end },
    { from: area.left, to: area.right },
    timeLabel(end),
    timeSpacing,
    timeStep,
  );
}

const middle = ({ from, to }: AgedTenth): number => (from + to) / 2;
const dot = () => "dot" as const;

/** p99, and p50 as a thin line below it. */
function latency(aged: readonly Aged[]): Html {
  const y = logScale(
    logExtent(
      tenthsOf(aged).flatMap(({ p50, p99 }) => [p50, p99]),
      { from: 100, to: 100_000 },
    ),
    { from: area.bottom, to: area.top },
    formatTickMicros,
  );
  const lines = aged.flatMap(({ style, figures: [{ tenths }] }): ChartLine[] => [
    { style, thin: true, points: tenths.map((tenth) => [middle(tenth), tenth.p50]) },
    { style, points: tenths.map((tenth) => [middle(tenth), tenth.p99]), dots: dot },
  ]);
  const words = aged.map(({ name, figures: [{ growth }] }) => `${name} p99 ${formatTimes(growth.p99)}`);
  const label = `Response time by tenth of the load, logarithmic: p99, and p50 as a thin line. Last tenth against the first: ${words.join("; ")}.`;
  return lineChart({ label, axis: "p99, and p50 thin, over time" }, { x: time(aged), y }, lines);
}

function store(aged: readonly Aged[]): Html {
  const most = tenthsOf(aged).reduce((high, tenth) => Math.max(high, tenth.store || 0), 1);
  const y = linearScale(
    { from: 0, to: most },
    { from: area.bottom, to: area.top },
    formatTickBytes,
    60,
    (least) => 2 ** Math.ceil(Math.log2(least)),
  );
  const lines = aged.map(
    ({ style, figures: [{ tenths }] }): ChartLine => ({
      style,
      points: tenths.map(({ to, store: bytes }) => [to, bytes]),
      dots: dot,
    }),
  );
  const words = aged.map(
    ({ name, figures: [{ tenths }] }) => `${name} ${formatBytes(tenths.at(-1)?.store ?? Number.NaN)}`,
  );
  const label = `Data directories of all nodes over time. At the end: ${words.join("; ")}.`;
  return lineChart({ label, axis: "data directories over time" }, { x: time(aged), y }, lines);
}
