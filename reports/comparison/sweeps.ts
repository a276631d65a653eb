/** Throughput-latency curves of all candidates on one scale, with their knees, and the figures of every rate. */
import { px } from "../charts/plot.ts";
import { logExtent, logScale, type Scale } from "../charts/scale.ts";
import { kneeRule, type Sweep, type SweepStep } from "../data/sweep.ts";
import { type Html, html, html as svg } from "../html.ts";
import { formatFigure, formatMicros, formatRate, formatShare, formatTickMicros } from "../numbers.ts";
import { number, type Row, stackingTable, text } from "../panels/table.ts";
import type { Candidate } from "./candidates.ts";
import { candidateName, caveats } from "./cells.ts";
import { swatch } from "./charts.ts";

interface Swept {
  readonly candidate: Candidate;
  /** The sweep of its first run. */
  readonly sweep: Sweep;
}

/** Undefined if no run was a sweep. */
export function sweeps(candidates: readonly Candidate[]): Html | undefined {
  const swept = candidates.flatMap((candidate): Swept[] => {
    const sweep = candidate.runs.find((run) => run.sweep !== undefined)?.sweep;
    return sweep === undefined ? [] : [{ candidate, sweep }];
  });
  if (swept.length === 0) return undefined;
  return html`<figure class="sweep"><figcaption>${swept.map(
    ({ candidate }) =>
      html`<span class="swatch-key">${swatch(candidate)} ${candidate.name} <code>${candidate.readMode}</code>${limitOf(candidate)}</span> `,
  )}</figcaption>${curves(swept)}</figure>
${stackingTable("The knee", kneeColumns, swept.map(kneeRow))}
${stackingTable("Every rate", stepColumns, swept.flatMap(stepRows))}
<p class="note">The knee is the highest rate below which every rate was borne: ${formatShare(kneeRule.done)} of what was requested was sent and succeeded, fewer than ${formatShare(kneeRule.errors)} of the answers were errors, and the p99 of the response time was at most ${kneeRule.slowdown} times that at the lowest rate. Refused comparisons are answers. The first fifth of each step is left out. One run each, the first: rates beyond the knee overload a cluster on purpose.</p>`;
}

/** Every sweep overloads in the end; only the limits of the client spoil it. */
const limitOf = (candidate: Candidate) => candidate.caveat?.kind === "client-limited" && caveats(candidate);

const kneeColumns = [
  text("System and read mode"),
  number("Highest rate borne"),
  number("p50 there"),
  number("p99 there"),
  text("What comes next"),
];

function kneeRow({ candidate, sweep: { steps, knee } }: Swept): Row {
  const next = steps.find(({ beyond }) => beyond !== undefined);
  return {
    cells: [
      candidateName(candidate),
      knee === undefined ? "none" : `${formatRate(knee.rate)}/s`,
      formatMicros(knee?.p50 ?? Number.NaN),
      formatMicros(knee?.p99 ?? Number.NaN),
      next === undefined
        ? "nothing: the highest rate that was tried was borne"
        : `at ${formatRate(next.rate)}/s, ${whyWords(next)}`,
    ],
  };
}

const whyWords = ({ beyond, done, errors, p99 }: SweepStep): string =>
  beyond === "errors"
    ? `${formatShare(errors)} of the answers were errors`
    : beyond === "not done"
      ? `only ${formatShare(done)} was done`
      : `the p99 was ${formatMicros(p99)}`;

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

const stepRows = ({ candidate, sweep: { steps, knee } }: Swept): Row[] =>
  steps.map((step) => ({
    cells: [
      html`${candidate.name} <code>${candidate.readMode}</code>`,
      `${formatRate(step.rate)}/s`,
      `${formatRate(step.okPerSecond)}/s`,
      formatShare(step.done),
      formatShare(step.errors),
      formatMicros(step.p50),
      formatMicros(step.p99),
      step === knee ? html`<b>knee</b>` : step.beyond === undefined ? "" : whyWords(step),
    ],
  }));

const width = 720;
const [left, right, top, bottom] = [60, width - 16, 10, 300];

/** p99 over what succeeded, both logarithmic; p50 as a thin line below it. The knee is a ring. */
function curves(swept: readonly Swept[]): Html {
  const steps = swept.flatMap(({ sweep }) => sweep.steps);
  const x = logScale(
    logExtent(
      steps.map(({ okPerSecond }) => okPerSecond),
      { from: 10, to: 1_000 },
    ),
    { from: left, to: right },
    formatFigure,
  );
  const y = logScale(
    logExtent(
      steps.flatMap(({ p50, p99 }) => [p50, p99]),
      { from: 100, to: 100_000 },
    ),
    { from: bottom, to: top },
    formatTickMicros,
  );
  const words = swept.map(
    ({ candidate, sweep: { knee } }) =>
      `${candidate.name}: ${knee === undefined ? "no rate was borne" : `knee at ${formatRate(knee.rate)}/s with a p99 of ${formatMicros(knee.p99)}`}`,
  );
  return svg`<svg class="chart" width="${width}" height="${bottom + 40}" viewBox="0 0 ${width} ${bottom + 40}" role="img" aria-label="Response time over operations per second that succeeded, both logarithmic. ${words.join("; ")}.">
${grid(x, y)}
${swept.map((one) => curve(one, x, y))}
<text x="${right}" y="${bottom + 34}" text-anchor="end">ok operations per second</text>
</svg>`;
}

function curve({ candidate: { style }, sweep: { steps, knee } }: Swept, x: Scale, y: Scale): Html {
  const drawn = steps.filter((step) => step.okPerSecond > 0 && Number.isFinite(step.p99));
  const path = (of: (step: SweepStep) => number) =>
    drawn.map((step, i) => `${i === 0 ? "M" : "L"}${px(x(step.okPerSecond))} ${px(y(of(step)))}`).join("");
  return svg`<path class="line thin f-${style} style-${style}" d="${path(({ p50 }) => p50)}"/>
<path class="line f-${style} style-${style}" d="${path(({ p99 }) => p99)}"/>
${drawn.map((step) => svg`<circle class="line step f-${style}" cx="${px(x(step.okPerSecond))}" cy="${px(y(step.p99))}" r="${step === knee ? 6 : 2.5}"/>`)}`;
}

const grid = (x: Scale, y: Scale): Html =>
  svg`<g class="grid">${y.ticks.map(({ value, label }) => {
    const at = px(y(value));
    return label === undefined
      ? svg`<path class="minor" d="M${left} ${at}H${right}"/>`
      : svg`<path d="M${left} ${at}H${right}"/><text x="${left - 7}" y="${at}" dy=".35em" text-anchor="end">${label}</text>`;
  })}${x.ticks.map(({ value, label }) => {
    const at = px(x(value));
    return label === undefined
      ? svg`<path class="minor" d="M${at} ${top}V${bottom}"/>`
      : svg`<path d="M${at} ${top}V${bottom}"/><text x="${at}" y="${bottom + 16}" text-anchor="middle">${label}</text>`;
  })}</g>`;
