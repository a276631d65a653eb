import { formatDuration, plural } from "../format.ts";
import { type Html, html as svg } from "../html.ts";
import { chart, firstFitting, type Plot, plotOf, px, visible } from "./plot.ts";
import { hues, type Timeline, type View } from "./timeline.ts";

const laneHeight = 24;
const barHeight = 14;

/** Who led, what was done to each node, and where its reads were stale: one lane each, on the same time axis. */
export function lanesChart(timeline: Timeline, view: View, id = "lanes-chart"): Html {
  const lanes = [...(timeline.leaders.length > 0 ? ["leader"] : []), ...timeline.nodes];
  const plot = plotOf(view, lanes.length * laneHeight + 26, 4, 22);
  const topOf = (lane: number) => plot.top + lane * laneHeight;
  const first = timeline.leaders.length > 0 ? 1 : 0;
  return chart(plot, {
    id,
    label: lanesInWords(timeline),
    bands: timeline.faults,
    body: [
      first === 1 && leaderLane(plot, timeline, topOf(0)),
      timeline.nodes.map((node, i) => nodeLane(plot, timeline, node, topOf(i + first))),
    ],
    over: svg`<g class="lane-names">${lanes.map(
      (name, i) =>
        svg`${i > 0 && svg`<path d="M0 ${topOf(i)}H${plot.right}"/>`}<text x="${plot.left - 7}" y="${topOf(i) + laneHeight / 2}" dy=".35em" text-anchor="end">${name}</text>`,
    )}</g>`,
  });
}

function leaderLane(plot: Plot, timeline: Timeline, top: number): Html {
  const y = top + (laneHeight - barHeight) / 2;
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

function nodeLane(plot: Plot, { faults, stale }: Timeline, node: string, top: number): Html {
  const own = faults.filter(({ nodes }) => nodes.includes(node));
  const y = top + (laneHeight - barHeight) / 2;
  return svg`<g>${visible(plot, own).map(({ band, x0, x1 }) => {
    const width = Math.max(2, x1 - x0);
    const text = firstFitting(width, `${band.label} ${band.name}`, band.label);
    return svg`<g><title>${band.label} ${band.summary}</title><rect class="fault hue-${band.hue}" x="${px(x0)}" y="${y}" width="${px(width)}" height="${barHeight}"/>${
      text !== "" &&
      svg`<text class="on-fault" x="${px(x0 + 5)}" y="${y + barHeight / 2}" dy=".36em">${text}</text>`
    }</g>`;
  })}${visible(
    plot,
    stale.filter((window) => window.node === node),
  ).map(
    ({ band, x0, x1 }) =>
      svg`<g><title>${node}: ${plural(band.reads, "stale read")}, at worst ${formatDuration(band.worstMs / 1e3)} old</title><rect class="stale" x="${px(x0)}" y="${top + laneHeight - 6}" width="${px(Math.max(2, x1 - x0))}" height="4"/></g>`,
  )}</g>`;
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
