import { cutEnd } from "../../core/wording.ts";
import { type Html, html as svg } from "../html.ts";
import { narrowWidth, px } from "./plot.ts";
import type { Bar, Lane, Sketch } from "./sketch.ts";
import { type SketchScale, sketchScale } from "./sketch-scale.ts";

/** Number of possible states whose order is drawn: the stylesheet has this many choices. */
export const drawnOrders = 8;

const laneHeight = 36;
const barHeight = 22;
const top = 26;
/** Pixels of a character: labels are in a fixed-width font, so that they surely fit. Smaller on narrow pages. */
const advanceOf = (narrow: boolean): number => (narrow ? 6.7 : 7.3);
/** Pixels of a character in the names of lanes, whose process is bold. */
const nameAdvance = 7.4;

/**
 * Draws a few operations: bars from invocation to outcome in lanes by process, with faults behind them. The names of lanes
 * are a drawing of their own, which stays in view when the bars scroll sideways.
 */
export function sketchSvg(sketch: Sketch, width: number): Html {
  const narrow = width < narrowWidth;
  const longest = sketch.lanes.reduce((most, lane) => Math.max(most, nameOf(lane).length), 0);
  const names = Math.max(narrow ? 52 : 84, Math.ceil(longest * nameAdvance + 10));
  const padding = narrow ? 14 : 22;
  const x = sketchScale(
    sketch,
    0,
    width - names,
    (label) => labelOf(label, narrow, sketch).length * advanceOf(narrow) + padding,
  );
  const bottom = top + sketch.lanes.length * laneHeight;
  const height = bottom + 26;
  const words = sketch.bars.map(({ title }) => title).join("; ");
  const lines = sketch.lanes.map((_, i) => top + (i + 1) * laneHeight);
  return svg`<div class="sketch-parts">${laneNames(sketch, names, height)}<svg class="chart sketch${narrow && " narrow"}" width="${px(x.right)}" height="${height}" viewBox="0 0 ${px(x.right)} ${height}" role="img" aria-label="Timeline by process. ${words}.">
${faultRects(sketch, x, bottom)}
<path class="lane-lines" d="${lines.map((y) => `M0 ${y}H${px(x.right)}`).join("")}"/>
${timeTicks(sketch, x, bottom)}
${gapArrow(sketch, x)}
${sketch.bars.map((bar, i) => barShape({ ...bar, label: labelOf(bar.label, narrow, sketch) }, x, i === sketch.culprit ? "culprit" : i === sketch.chosen ? "chosen" : ""))}
${sketch.orders.slice(0, drawnOrders).map((order, i) => orderPath(sketch, order, x, i))}
</svg></div>`;
}

const nameOf = ({ process, node }: Lane): string => `p${process}${node === "" ? "" : ` ${cutEnd(node, 14)}`}`;

function laneNames({ lanes }: Sketch, width: number, height: number): Html {
  return svg`<svg class="chart sketch names" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true"><g class="lane-names">${lanes.map(
    ({ process, node }, i) => {
      const y = top + i * laneHeight;
      return svg`<path d="M0 ${y + laneHeight}H${width}"/><text x="0" y="${y + laneHeight / 2}" dy=".35em"><tspan class="process">p${process}</tspan>${
        node !== "" && svg` <tspan class="node">${cutEnd(node, 14)}</tspan>`
      }</text>`;
    },
  )}</g></svg>`;
}

/** Shortens labels on narrow pages: the style alone shows an ok, and stale reads omit revisions. */
function labelOf(label: string, narrow: boolean, { gap }: Sketch): string {
  if (!narrow) return label;
  const short = label.replace(/ ok$/, "");
  return gap === undefined ? short : short.replace(/ @\d+$/, "");
}

const laneTop = (lane: number): number => top + lane * laneHeight + (laneHeight - barHeight) / 2;

function barShape(bar: Bar, x: SketchScale, mark: "culprit" | "chosen" | ""): Html {
  const y = laneTop(bar.lane);
  const from = px(x(bar.from));
  const to = px(bar.to === undefined ? x.right : x(bar.to));
  const classes = `bar ${bar.outcome}${mark && ` ${mark}`}`;
  const shape =
    bar.to === undefined
      ? svg`<path class="body" d="M${to} ${y}H${from + 2}a2 2 0 0 0 -2 2v${barHeight - 4}a2 2 0 0 0 2 2H${to}"/>`
      : svg`<rect class="body" x="${from}" y="${y}" width="${px(Math.max(3, to - from))}" height="${barHeight}" rx="2"/>`;
  return svg`<g class="${classes}"><title>${bar.title}</title>${shape}<text x="${from + 7}" y="${y + barHeight / 2}" dy=".35em">${bar.label}</text>${
    mark !== "" &&
    svg`<path class="strike" d="M${from - 5} ${y - 4}H${to + 5}V${y + barHeight + 4}H${from - 5}Z"/>`
  }</g>`;
}

/** Arrow from the moment when the value was overwritten to the read of it, with the time between them. */
function gapArrow({ gap, bars, culprit = -1 }: Sketch, x: SketchScale): Html | undefined {
  const read = bars[culprit];
  if (gap === undefined || read === undefined) return undefined;
  const [from, to] = [px(x(gap.from)), px(x(gap.to) - 7)];
  const y = laneTop(read.lane) + barHeight / 2;
  const fits = to - from > gap.label.length * 6.8 + 4;
  return svg`<g class="gap"><title>overwritten for ${gap.label} when the read began</title><path d="M${from} ${y - 5}v10M${from} ${y}H${to}M${to - 5} ${y - 4}L${to} ${y}L${to - 5} ${y + 4}"/>${
    fits && svg`<text x="${px((from + to) / 2)}" y="${y - 5}" text-anchor="middle">${gap.label}</text>`
  }</g>`;
}

function faultRects(sketch: Sketch, x: SketchScale, bottom: number): Html {
  let free = 0;
  return svg`<g class="bands">${sketch.faults.map(({ from, to, hue, label, summary }) => {
    const [x0, x1] = [x(from), x(to)];
    const text = `${label} ${summary}`;
    const fits = x0 >= free && text.length * 6.4 < x.right - x0;
    if (fits) free = x0 + text.length * 6.4;
    return svg`<g><title>${text}</title><rect class="band hue-${hue}" x="${px(x0)}" y="${top - 6}" width="${px(Math.max(2, x1 - x0))}" height="${bottom - top + 6}"/><path class="cap hue-${hue}" d="M${px(x0)} ${top - 6}H${px(Math.max(x0 + 2, x1))}"/><text x="${px(x0)}" y="${top - 12}">${fits ? text : ""}</text></g>`;
  })}</g>`;
}

/** Labels moments with their times, if there is room; in milliseconds, or finer if moments are closer. */
function timeTicks({ isUntimed }: Sketch, x: SketchScale, bottom: number): Html {
  const closest = x.moments.reduce(
    (least, moment, i) => Math.min(least, moment - (x.moments[i - 1] ?? Number.NEGATIVE_INFINITY)),
    1,
  );
  const decimals = closest < 0.001 ? 4 : 3;
  let free = Number.NEGATIVE_INFINITY;
  return svg`<g class="time">${x.moments.map((moment) => {
    const at = x(moment);
    const label = isUntimed ? `event ${Math.round(moment * 1e3)}` : `${moment.toFixed(decimals)} s`;
    const width = label.length * 6.8;
    // At the edges, a label is shifted to stay inside the drawing.
    const from = Math.min(Math.max(0, at - width / 2), x.right - width);
    const fits = from > free;
    if (fits) free = from + width + 6;
    return svg`<path d="M${px(at)} ${top}V${bottom}"/>${
      fits && svg`<text x="${px(from)}" y="${bottom + 17}">${label}</text>`
    }`;
  })}</g>`;
}

/**
 * Draws one legal order of some operations: numbered points from bar to bar, each within its bar and never left of the
 * previous one. Hidden until its state is chosen.
 */
function orderPath({ bars }: Sketch, order: readonly number[], x: SketchScale, state: number): Html {
  let previous = Number.NEGATIVE_INFINITY;
  const points = order.flatMap((position) => {
    const bar = bars[position];
    if (bar === undefined) return [];
    const end = bar.to === undefined ? x.right - 9 : x(bar.to);
    const at = Math.min(Math.max(x(bar.from) + 1, previous + 17), Math.max(x(bar.from), end));
    previous = at;
    return [{ at: px(at), y: laneTop(bar.lane) + barHeight }];
  });
  const line = points.map(({ at, y }, i) => `${i === 0 ? "M" : "L"}${at} ${y}`).join("");
  return svg`<g class="order order-${state}"><path d="${line}"/>${points.map(
    ({ at, y }, i) =>
      svg`<circle cx="${at}" cy="${y}" r="7.5"/><text x="${at}" y="${y}" dy=".35em" text-anchor="middle">${i + 1}</text>`,
  )}</g>`;
}
