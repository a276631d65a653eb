import { type Html, html as svg } from "../html.ts";
import { formatTickMicros } from "../numbers.ts";
import {
  boxPath,
  byHue,
  chart,
  faultsInWords,
  firstFitting,
  narrowWidth,
  type Plot,
  plotOf,
  px,
  visible,
} from "./plot.ts";
import { logScale, type Scale } from "./scale.ts";
import type { FaultBand, Timeline, View } from "./timeline.ts";

/** Frame of the scatter plot: axes, fault bands and their names. The page paints the points on a canvas. */
export interface LatencyFrame {
  readonly plot: Plot;
  readonly y: Scale;
  readonly svg: Html;
}

/** Draws the frame. `micros` is the range of response times in the whole run, so that zooming does not move the axis. */
export function latencyFrame(
  timeline: Timeline,
  view: View,
  micros: { readonly from: number; readonly to: number },
): LatencyFrame {
  const narrow = view.width < narrowWidth;
  const plot = plotOf(view, narrow ? 300 : 380, 22, 22);
  const y = logScale(micros, { from: plot.bottom, to: plot.top }, formatTickMicros);
  return {
    plot,
    y,
    svg: chart(plot, {
      id: "latency-frame",
      label: `Response time of every operation over time, logarithmic. ${faultsInWords(timeline)}`,
      bands: timeline.faults,
      y,
      body: "",
      over: bandLabels(plot, timeline.faults),
    }),
  };
}

/** Names of the faults over their bands, as far as they fit before the next fault. */
function bandLabels(plot: Plot, bands: readonly FaultBand[]): Html {
  const shown = visible(plot, bands).sort((a, b) => a.x0 - b.x0);
  const caps = [...byHue(plot, bands)].map(
    ([hue, boxes]) =>
      svg`<path class="cap hue-${hue}" d="${boxes.map(({ x0, x1 }) => boxPath(x0, plot.top - 1.5, Math.max(2, x1 - x0), 3)).join("")}"/>`,
  );
  return svg`<g class="band-labels">${caps}${shown.map(({ band, x0 }, i) => {
    const room = (shown[i + 1]?.x0 ?? plot.right) - x0;
    const text = firstFitting(
      room,
      `${band.label} ${band.summary}`,
      `${band.label} ${band.name}`,
      band.label,
    );
    return (
      text !== "" &&
      svg`<text x="${px(x0)}" y="${plot.top - 7}"><title>${band.label} ${band.summary}</title>${text}</text>`
    );
  })}</g>`;
}
