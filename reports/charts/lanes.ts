import { count, cutEnd } from "../../core/wording.ts";
import { type Html, html as svg } from "../html.ts";
import { formatDuration } from "../numbers.ts";
import { boxPath, byHue, chart, firstFitting, type Plot, plotOf, px, visible } from "./plot.ts";
import { hues, type LaneBand, type Timeline, type View } from "./timeline.ts";

const leaderHeight = 24;
const barHeight = 14;

/** Height of findings in pixels, and whether they have text next to them. */
interface Layout {
  readonly height: number;
  readonly inWords: boolean;
}

/** A node with its faults or, below the nodes, findings that belong to no node. */
interface Row {
  readonly name: string;
  readonly node?: string;
  /** In levels, so that overlapping findings are drawn one above the other. */
  readonly levels: readonly (readonly LaneBand[])[];
}

/** More bars of a row are drawn as one shape for each colour, without words: each would be a pixel wide. */
const barsMax = 60;

/** Findings that overlap more deeply are drawn over the last level. */
const levelsMax = 4;

/** Draws the leader, the faults of each node and the findings of checkers there, on one time axis. */
export const lanesChart = (timeline: Timeline, view: View): Html =>
  draw(timeline, view, "lanes-chart", { height: 4, inWords: false });

/** Draws the findings of one checker under the faults of their nodes, with a few words each. */
export const checkerLanesChart = (timeline: Timeline, view: View, checker: string): Html =>
  draw(
    { ...timeline, lanes: timeline.lanes.filter((band) => band.checker === checker) },
    view,
    `${checker}-chart`,
    { height: 14, inWords: true },
  );

/** Legend of the colours of lanes. */
export function laneKeys(lanes: readonly LaneBand[]): Html {
  const kinds = [...new Map(lanes.map(({ label, colour }) => [label, colour]))];
  return svg`${kinds.map(([label, colour]) => svg` <span class="key lane-${colour}">${label}</span>`)}`;
}

function draw(timeline: Timeline, view: View, id: string, layout: Layout): Html {
  const hasLeader = timeline.leaders.length > 0;
  const rows = rowsOf(timeline);
  const tops = [0];
  if (hasLeader) tops.push(leaderHeight);
  for (const row of rows) tops.push((tops.at(-1) ?? 0) + heightOf(row, layout));
  const plot = plotOf(view, (tops.at(-1) ?? 0) + 26, 4, 22);
  const names = [...(hasLeader ? ["leader"] : []), ...rows.map(({ name }) => name)];
  const topOf = (i: number) => plot.top + (tops[i] ?? 0);
  const first = hasLeader ? 1 : 0;
  return chart(plot, {
    id,
    label: lanesInWords(timeline),
    bands: timeline.faults,
    body: [
      hasLeader && leaderLane(plot, timeline, topOf(0)),
      rows.map((row, i) => rowOf(plot, timeline, row, topOf(i + first), layout)),
    ],
    over: svg`<g class="lane-names">${names.map(
      (name, i) =>
        svg`${i > 0 && svg`<path d="M0 ${topOf(i)}H${plot.right}"/>`}<text x="${plot.left - 7}" y="${(topOf(i) + topOf(i + 1)) / 2}" dy=".35em" text-anchor="end">${cutEnd(name, 8)}</text>`,
    )}</g>`,
  });
}

function rowsOf({ nodes, lanes }: Timeline): Row[] {
  const others = lanes.filter(({ node }) => node === undefined || !nodes.includes(node));
  return [
    ...nodes.map((node) => ({
      name: node,
      node,
      levels: levelsOf(lanes.filter((band) => band.node === node)),
    })),
    ...[...new Set(others.map(({ label }) => label))].map((label) => ({
      name: label,
      levels: levelsOf(others.filter((band) => band.label === label)),
    })),
  ];
}

/** Puts each band on the first level that is free when it begins. */
function levelsOf(bands: readonly LaneBand[]): LaneBand[][] {
  const levels: LaneBand[][] = [];
  for (const band of bands.toSorted((a, b) => a.from - b.from)) {
    const free = levels.find((level) => (level.at(-1)?.to ?? 0) <= band.from);
    if (free !== undefined) free.push(band);
    else if (levels.length < levelsMax) levels.push([band]);
    else levels.at(-1)?.push(band);
  }
  return levels;
}

/** Height of a row: a fault bar, if it is a node, and at least one level, so that the rows of a chart look alike. */
const heightOf = ({ node, levels }: Row, { height, inWords }: Layout): number =>
  (node === undefined ? 4 : 5 + barHeight) + Math.max(1, levels.length) * (height + 3) + (inWords ? 6 : -2);

function leaderLane(plot: Plot, timeline: Timeline, top: number): Html {
  const y = top + (leaderHeight - barHeight) / 2;
  const shown = visible(plot, timeline.leaders);
  if (shown.length > barsMax) return manyLeaders(plot, timeline, y);
  return svg`<g>${shown.map(({ band, x0, x1 }) => {
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

function manyLeaders(plot: Plot, timeline: Timeline, y: number): Html {
  const paths = new Map<string, string>();
  for (const { band, x0, x1 } of visible(plot, timeline.leaders)) {
    const name =
      band.node === undefined ? "no-leader" : `leader node-${timeline.nodes.indexOf(band.node) % hues}`;
    paths.set(name, `${paths.get(name) ?? ""}${boxPath(x0, y, Math.max(0.5, x1 - x0), barHeight)}`);
  }
  return svg`<g>${[...paths].map(([name, d]) => svg`<path class="${name}" d="${d}"/>`)}</g>`;
}

function rowOf(plot: Plot, timeline: Timeline, row: Row, top: number, layout: Layout): Html {
  const bottom = top + heightOf(row, layout);
  const { node } = row;
  return svg`<g>${node !== undefined && faultBars(plot, timeline, node, top + 5)}${row.levels.map(
    (level, i) => laneBars(plot, level, bottom - (row.levels.length - i) * (layout.height + 3), layout),
  )}</g>`;
}

function faultBars(plot: Plot, { faults }: Timeline, node: string, y: number): Html[] {
  const own = faults.filter(({ nodes }) => nodes.includes(node));
  if (visible(plot, own).length > barsMax)
    return [...byHue(plot, own)].map(
      ([hue, boxes]) =>
        svg`<path class="fault hue-${hue}" d="${boxes.map(({ x0, x1 }) => boxPath(x0, y, Math.max(1, x1 - x0), barHeight)).join("")}"/>`,
    );
  return visible(plot, own).map(({ band, x0, x1 }) => {
    const width = Math.max(2, x1 - x0);
    const text = firstFitting(width, `${band.label} ${band.name}`, band.label);
    return svg`<g><title>${band.label} ${band.summary}</title><rect class="fault hue-${band.hue}" x="${px(x0)}" y="${y}" width="${px(width)}" height="${barHeight}"/>${
      text !== "" &&
      svg`<text class="on-fault" x="${px(x0 + 5)}" y="${y + barHeight / 2}" dy=".36em">${text}</text>`
    }</g>`;
  });
}

/** Draws the findings on one level of a row, with text next to them if it fits. */
function laneBars(plot: Plot, level: readonly LaneBand[], y: number, { height, inWords }: Layout): Html[] {
  const bars = visible(plot, level).sort((a, b) => a.x0 - b.x0);
  if (bars.length > barsMax) {
    const colours = [...new Set(bars.map(({ band }) => band.colour))];
    return colours.map((colour) => {
      const own = bars.filter(({ band }) => band.colour === colour);
      return svg`<path class="lane-${colour}" d="${own.map(({ x0, x1 }) => boxPath(x0, y, Math.max(2, x1 - x0), height)).join("")}"/>`;
    });
  }
  return bars.map(({ band, x0, x1 }, i) => {
    const width = Math.max(2, x1 - x0);
    const end = x0 + width;
    const room = (bars[i + 1]?.x0 ?? plot.right) - end;
    const words = inWords ? firstFitting(room, band.text, band.short) : "";
    const where = band.node === undefined ? "" : `${band.node}: `;
    return svg`<g><title>${where}${band.text}, from ${band.from.toFixed(2)} s to ${band.to.toFixed(2)} s</title><rect class="lane-${band.colour}" x="${px(x0)}" y="${y}" width="${px(width)}" height="${height}"/>${
      words !== "" && svg`<text x="${px(end + 5)}" y="${y + height / 2}" dy=".36em">${words}</text>`
    }</g>`;
  });
}

/** Changes of the leader that are named for screen readers. */
const namedLeaders = 12;

function lanesInWords({ leaders, faults, lanes }: Timeline): string {
  const named = leaders.slice(0, namedLeaders);
  const more =
    leaders.length > named.length ? ` and ${count(leaders.length - named.length, "more change")}` : "";
  const led = `${named.map(({ node, from }) => `${node ?? "none"} from ${from.toFixed(1)} s`).join(", ")}${more}`;
  const labels = [...new Set(lanes.map(({ label }) => label))];
  return [
    leaders.length > 0 && `Leader: ${led}.`,
    `${count(faults.length, "fault")} on the nodes' lanes.`,
    ...labels.map((label) => `${label}: ${lanes.filter((band) => band.label === label).length}.`),
  ]
    .filter((part) => part !== false)
    .join(" ");
}
