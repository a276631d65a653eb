import { cutEnd } from "../../core/wording.ts";
import { type Html, html as svg } from "../html.ts";
import { formatTickMicros } from "../numbers.ts";
import { linePath } from "./lines.ts";
import { chart, narrowWidth, plotOf } from "./plot.ts";
import { logExtent, logScale } from "./scale.ts";
import { hues, type Timeline, type View } from "./timeline.ts";

/** Least milliseconds on the axis: an event that came sooner, or even before the acknowledgement, is drawn here. */
export const leastMs = 1;

const floored = (ms: number): number => Math.max(leastMs, ms);

/** Draws median and worst of one curve over time, on the scale of all curves of its checker, under the faults of its node. */
export function curveChart(timeline: Timeline, view: View, checker: string, node: string): Html {
  const all = timeline.curves.filter((curve) => curve.checker === checker);
  const curve = all.find((one) => (one.node ?? "") === node);
  const plot = plotOf(view, view.width < narrowWidth ? 104 : 116, 8, 22);
  const extent = logExtent([leastMs, ...all.flatMap(({ worst }) => [...worst])], {
    from: leastMs,
    to: 1_000,
  });
  const y = logScale({ ...extent, from: leastMs }, { from: plot.bottom, to: plot.top }, (ms) =>
    formatTickMicros(ms * 1e3),
  );
  const own = timeline.faults.filter(({ nodes }) => nodes.includes(node));
  const hue = Math.max(0, timeline.nodes.indexOf(node)) % hues;
  return chart(plot, {
    id: `${checker}-curve-${timeline.nodes.indexOf(node)}`,
    label: `${curve?.label ?? ""}${node === "" ? "" : ` of ${node}`} over time, logarithmic: median and worst.`,
    bands: node === "" ? timeline.faults : own,
    y,
    body: curve && [
      svg`<path class="line worst" d="${linePath(curve, curve.worst.map(floored), view, plot.x, y)}"/>`,
      svg`<path class="line median node-${hue}" d="${linePath(curve, curve.p50.map(floored), view, plot.x, y)}"/>`,
    ],
    over:
      node !== "" &&
      svg`<text class="chart-name" x="${plot.left + 6}" y="${plot.top + 12}">${cutEnd(node, 12)}</text>`,
  });
}
