import { formatDuration, plural } from "../format.ts";
import { type Html, html as svg } from "../html.ts";
import { chart, firstFitting, type Plot, plotOf, px, visible } from "./plot.ts";
import { hues, type StaleBand, type Timeline, type View } from "./timeline.ts";

const leaderHeight = 24;
const barHeight = 14;

/** How much room the nodes' lanes take, and their stale reads in them. */
interface Layout {
  readonly laneHeight: number;
  readonly staleHeight: number;
  /** Whether windows of stale reads are told in words beside their bars. */
  readonly toldInWords: boolean;
}

/** Who led, what was done to each node, and where its reads were stale: one lane each, on the same time axis. */
export const lanesChart = (timeline: Timeline, view: View): Html =>
  draw(timeline, view, "lanes-chart", { laneHeight: 24, staleHeight: 4, toldInWords: false });

/** The same about stale reads: each window stands under the faults of its node, and says how much was how stale. */
export const stalenessChart = (timeline: Timeline, view: View): Html =>
  draw(timeline, view, "staleness-chart", { laneHeight: 42, staleHeight: 14, toldInWords: true });

function draw(timeline: Timeline, view: View, id: string, layout: Layout): Html {
  const lanes = [...(timeline.leaders.length > 0 ? ["leader"] : []), ...timeline.nodes];
  const first = timeline.leaders.length > 0 ? 1 : 0;
  const plot = plotOf(view, first * leaderHeight + timeline.nodes.length * layout.laneHeight + 26, 4, 22);
  const topOf = (lane: number) =>
    plot.top + Math.min(lane, first) * leaderHeight + Math.max(0, lane - first) * layout.laneHeight;
  const middleOf = (lane: number) => (topOf(lane) + topOf(lane + 1)) / 2;
  return chart(plot, {
    id,
    label: lanesInWords(timeline),
    bands: timeline.faults,
    body: [
      first === 1 && leaderLane(plot, timeline, topOf(0)),
      timeline.nodes.map((node, i) => nodeLane(plot, timeline, node, topOf(i + first), layout)),
    ],
    over: svg`<g class="lane-names">${lanes.map(
      (name, i) =>
        svg`${i > 0 && svg`<path d="M0 ${topOf(i)}H${plot.right}"/>`}<text x="${plot.left - 7}" y="${middleOf(i)}" dy=".35em" text-anchor="end">${name}</text>`,
    )}</g>`,
  });
}

function leaderLane(plot: Plot, timeline: Timeline, top: number): Html {
  const y = top + (leaderHeight - barHeight) / 2;
  return svg`<g>${visible(plot, timeline.leaders).map(({ band, x0, x1 }) => {
    const width = Math.max(1, x1 - x0);
    if (band.node === undefined)
      return svg`<g><title>no leader for ${formatDuration(band.to - band.from)}, from ${band.from.toFixed(2)} s</title><rect class="no-leader" x="${px(x0)}" y="${y}" width="${px(width)}" height="${barHeight}"/></g>`;
    const hue = timeline.nodes.indexOf(band.node) % hues;
    const name = firstFitting(width, band.node);
    return svg`<g><title>${band.node} leads from ${band.from.toFixed(2)} s to ${band.to.toFixed(2)} s</title><rect class="leader node-${hue}" x="${px(x0)}" y="${y}" width="${px(width)}" height="${barHeight}" rx="2"/>${
      name !== "" &&
      svg`<text class="on-bar" x="${px(x0 + 6)}" y="${y + barHeight / 2}" dy=".36em">${name}</text>`
    }</g>`;
  })}</g>`;
}

function nodeLane(plot: Plot, { faults, stale }: Timeline, node: string, top: number, layout: Layout): Html {
  const own = faults.filter(({ nodes }) => nodes.includes(node));
  const y = top + 5;
  return svg`<g>${visible(plot, own).map(({ band, x0, x1 }) => {
    const width = Math.max(2, x1 - x0);
    const text = firstFitting(width, `${band.label} ${band.name}`, band.label);
    return svg`<g><title>${band.label} ${band.summary}</title><rect class="fault hue-${band.hue}" x="${px(x0)}" y="${y}" width="${px(width)}" height="${barHeight}"/>${
      text !== "" &&
      svg`<text class="on-fault" x="${px(x0 + 5)}" y="${y + barHeight / 2}" dy=".36em">${text}</text>`
    }</g>`;
  })}${staleBars(
    plot,
    stale.filter((window) => window.node === node),
    top,
    layout,
  )}</g>`;
}

/** The windows of a node's stale reads at the bottom of its lane, with words beside them as far as these fit. */
function staleBars(plot: Plot, own: readonly StaleBand[], top: number, layout: Layout): Html[] {
  const height = layout.staleHeight;
  const y = top + layout.laneHeight - height - 3;
  const bars = visible(plot, own).sort((a, b) => a.x0 - b.x0);
  return bars.map(({ band, x0, x1 }, i) => {
    const width = Math.max(2, x1 - x0);
    const end = x0 + width;
    const age = formatDuration(band.worstMs / 1e3);
    const room = (bars[i + 1]?.x0 ?? plot.right) - end;
    const words = layout.toldInWords
      ? firstFitting(room, `${plural(band.reads, "stale read")}, up to ${age}`, age)
      : "";
    return svg`<g><title>${band.node}: ${plural(band.reads, "stale read")}, at worst ${age} out of date, from ${band.from.toFixed(2)} s to ${band.to.toFixed(2)} s</title><rect class="stale" x="${px(x0)}" y="${y}" width="${px(width)}" height="${height}"/>${
      words !== "" && svg`<text x="${px(end + 5)}" y="${y + height / 2}" dy=".36em">${words}</text>`
    }</g>`;
  });
}

function lanesInWords({ leaders, faults, stale }: Timeline): string {
  const led = leaders.map(({ node, from }) => `${node ?? "nobody"} from ${from.toFixed(1)} s`).join(", ");
  return [
    leaders.length > 0 && `Leader: ${led}.`,
    `${plural(faults.length, "fault")} on the nodes' lanes.`,
    stale.length > 0 && `${plural(stale.length, "window")} of stale reads.`,
  ]
    .filter((part) => part !== false)
    .join(" ");
}
