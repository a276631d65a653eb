import type { RequestedLine } from "../data/pace.ts";
import { seriesBy } from "../data/series.ts";
import { type Html, html as svg } from "../html.ts";
import { formatCount } from "../numbers.ts";
import { stepArea } from "./lines.ts";
import { chart, faultsInWords, narrowWidth, type Plot, plotOf, px, textFits } from "./plot.ts";
import { linearScale, roundStep, type Scale } from "./scale.ts";
import type { Shown, Timeline, View } from "./timeline.ts";

/** Room over what succeeded, for failures. */
const headroom = 1.3;
/** The requested rate is in view up to this many times what succeeded. */
const askedRoom = 2;

/** Draws outcomes per second, stacked: `ok` at the bottom, where it is easiest to read. Its scale is that of what succeeded. */
export function throughputChart(timeline: Timeline, view: View, { measure }: Pick<Shown, "measure">): Html {
  const { bucketSeconds, buckets } = timeline.series;
  const { rates } = seriesBy(timeline.series, measure);
  const plot = plotOf(view, view.width < narrowWidth ? 150 : 180, 18, 22);
  let lower = new Float32Array(buckets);
  const layers = (["ok", "fail", "info"] as const).map((outcome) => {
    const below = lower;
    const upper = rates[outcome].map((value, i) => value + (below[i] ?? 0));
    lower = upper;
    return { outcome, below, upper };
  });
  const peak = (values: Float32Array) => values.reduce((a, b) => Math.max(a, b), 1);
  const [most, succeeded] = [peak(lower), peak(rates.ok)];
  const { requested } = timeline;
  const asked = requested === undefined ? 0 : peak(requested.rate);
  const top = roundedUp(
    Math.max(Math.min(most, succeeded * headroom), Math.min(asked, succeeded * askedRoom)),
  );
  const y = linearScale({ from: 0, to: top }, { from: plot.bottom, to: plot.top }, formatCount, 42);
  return chart(plot, {
    id: "throughput-chart",
    label: `Operations per second over time, by outcome: at most ${formatCount(succeeded)} ok, and ${formatCount(most)} in all${asked > 0 ? `; at most ${formatCount(asked)} requested` : ""}. ${faultsInWords(timeline)}`,
    bands: timeline.faults,
    y,
    body: [
      ...layers.map(
        ({ outcome, below, upper }) =>
          svg`<path class="area ${outcome}" d="${stepArea(bucketSeconds, below, upper, view, plot.x, y)}"/>`,
      ),
      ...(requested === undefined
        ? []
        : [svg`<path class="line requested" d="${pointPath(requested, plot.x, y)}"/>`]),
    ],
    over: most > top && cutMarks(plot, lower, bucketSeconds, top),
  });
}

/** Line through points. */
const pointPath = ({ at, rate }: RequestedLine, x: Scale, y: Scale): string =>
  [...at].map((second, i) => `${i === 0 ? "M" : "L"}${px(x(second))} ${px(y(rate[i] ?? 0))}`).join("");

const roundedUp = (value: number): number => Math.ceil(value / roundStep(value / 4)) * roundStep(value / 4);

/** A longer run of cut steps than this has one mark, in pixels. */
const markWidth = 9;

/** Marks over steps that are higher than the chart, with the height of the highest in view. */
function cutMarks(plot: Plot, totals: Float32Array, bucketSeconds: number, top: number): Html {
  const cut = [...totals.keys()].filter((i) => {
    const middle = (i + 0.5) * bucketSeconds;
    return (totals[i] ?? 0) > top * 1.001 && middle >= plot.view.from && middle <= plot.view.to;
  });
  const places: number[] = [];
  for (const i of cut) {
    const at = plot.x((i + 0.5) * bucketSeconds);
    if (at - (places.at(-1) ?? Number.NEGATIVE_INFINITY) >= markWidth) places.push(at);
  }
  const highest = cut.reduce((a, b) => ((totals[b] ?? 0) > (totals[a] ?? 0) ? b : a), cut[0] ?? 0);
  const words = `up to ${formatCount(totals[highest] ?? 0)}/s`;
  const at = plot.x((highest + 0.5) * bucketSeconds);
  const anchor = textFits(words, plot.right - at) ? "start" : "end";
  const marks = places.map((x) => `M${px(x - 4)} ${plot.top - 2}l4 -6l4 6z`).join("");
  return svg`<g class="cut"><path d="${marks}"/>${
    cut.length > 0 &&
    svg`<text x="${px(at + (anchor === "start" ? 7 : -7))}" y="${plot.top - 3}" text-anchor="${anchor}">${words}</text>`
  }</g>`;
}
