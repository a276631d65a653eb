/** Draws what a watch received below what truly changed, with a line from each change to its event. */
import type { DeliveriesEvidence, EvidentChange, EvidentNotice } from "../../core/evidence.ts";
import type { Json } from "../../core/op.ts";
import { count, cutEnd } from "../../core/wording.ts";
import { type Html, html, html as svg } from "../html.ts";
import { formatTime } from "../numbers.ts";
import type { Drawer } from "./drawing.ts";
import { operationsTable } from "./operations.ts";
import { tagOf } from "./tags.ts";

const names = 92;
const step = 124;
const box = { width: 112, height: 40 } as const;
const changesTop = 10;
const receivedTop = 104;
const height = receivedTop + box.height + 12;
/** Characters that fit into a box. */
const fits = 15;

export const deliveriesDrawing: Drawer<DeliveriesEvidence> = (evidence, { anomaly, words }) => {
  const { changes, received, operations, culprit } = evidence;
  if (changes.length === 0 && received.length === 0) return undefined;
  const tag = tagOf(anomaly);
  const marked = { operations, tag, ...(culprit !== undefined && { culprit }) };
  return {
    shows: `${count(changes.length, "change")} and ${count(received.length, "notice")}`,
    figure: html`<figure class="sketch-figure">
<div class="sketch-area" tabindex="0" role="region" aria-label="Changes and deliveries">${drawn(evidence)}</div>
<figcaption>${received.some(({ isWrong }) => isWrong) && html`<span class="key culprit">${tag}</span>`}${changes.some(({ isMissed }) => isMissed) && html`<span class="key info">never received</span>`}<span class="quiet">Both rows are in order, not to scale in time; a frame holds one delivery.</span></figcaption>
</figure>
${operations.length > 0 && operationsTable(marked, words)}`,
  };
};

function drawn({ changes, received, watch }: DeliveriesEvidence): Html {
  const columns = columnsOf(changes, received);
  const width = names + Math.max(changes.length, (columns.at(-1) ?? -1) + 1) * step;
  const node = watch.node === undefined ? "" : ` ${cutEnd(watch.node, 8)}`;
  return svg`<svg class="chart sketch deliveries" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${spoken({ changes, received, watch })}">
<g class="lane-names"><text x="0" y="${changesTop + 16}">changes of</text><text x="0" y="${changesTop + 32}">${cutEnd(watch.follows, 12)}</text><text x="0" y="${receivedTop + 16}"><tspan class="process">${watch.name}</tspan><tspan class="node">${node}</tspan></text><text x="0" y="${receivedTop + 32}">received</text></g>
${links(changes, received, columns)}
${frames(received, columns)}
${changes.map((change, i) => shape(i, changesTop, change.isMissed === true ? "info" : "ok", contentsOf(change, change.at)))}
${received.map((notice, i) => shape(columns[i] ?? i, receivedTop, notice.isWrong === true ? "ok culprit" : "ok", contentsOf(notice, notice.at)))}
</svg>`;
}

const left = (position: number): number => names + position * step;

/** The column of each notice: below its change if the order allows it, so that a gap shows as one. */
function columnsOf(changes: readonly EvidentChange[], received: readonly EvidentNotice[]): number[] {
  let last = -1;
  return received.map((notice) => {
    last = Math.max(
      last + 1,
      changes.findIndex((change) => reports(notice, change)),
    );
    return last;
  });
}

/** From each change to the events that report it. */
function links(
  changes: readonly EvidentChange[],
  received: readonly EvidentNotice[],
  columns: readonly number[],
): Html {
  return svg`<g class="links">${received.map((notice, to) => {
    const from = changes.findIndex((change) => reports(notice, change));
    if (from < 0) return undefined;
    const [x0, x1] = [left(from) + box.width / 2, left(columns[to] ?? to) + box.width / 2];
    const [y0, y1] = [changesTop + box.height, receivedTop];
    return svg`<path class="${notice.isWrong === true ? "wrong" : "right"}" d="M${x0} ${y0}C${x0} ${y0 + 28} ${x1} ${y1 - 28} ${x1} ${y1}"/>`;
  })}</g>`;
}

const reports = (notice: EvidentNotice, change: EvidentChange): boolean => {
  if (notice.f === "state") return notice.key === change.key && sameText(notice.value, change.value);
  return notice.key === change.key && notice.revision !== undefined && notice.revision === change.revision;
};

const sameText = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Frames around the notices of one delivery. */
function frames(received: readonly EvidentNotice[], columns: readonly number[]): Html {
  const spans: { from: number; to: number }[] = [];
  received.forEach((_, i) => {
    const last = spans.at(-1);
    if (last !== undefined && received[i - 1]?.more === true) last.to = i;
    else spans.push({ from: i, to: i });
  });
  const column = (i: number) => columns[i] ?? i;
  return svg`<g class="frames">${spans.map(
    ({ from, to }) =>
      svg`<rect x="${left(column(from)) - 4}" y="${receivedTop - 5}" width="${(column(to) - column(from)) * step + box.width + 8}" height="${box.height + 10}" rx="5"/>`,
  )}</g>`;
}

interface Contents {
  readonly title: string;
  readonly above: string;
  readonly below: string;
}

function contentsOf(
  { f, key = "", value, revision }: EvidentChange | EvidentNotice,
  at: EvidentChange["at"],
): Contents {
  const held = value === undefined ? "" : ` ${JSON.stringify(value)}`;
  const where = revision === undefined ? "" : `@${revision}`;
  const time = formatTime(at / 1e9);
  return {
    title: `${f} ${key}${held} ${where} at ${time}`,
    above: `${shortNames[f] ?? f} ${key}${held}`,
    below: where === "" ? time : `${where} ${time}`,
  };
}

const shortNames: Readonly<Record<string, string>> = { create: "new", delete: "del", state: "is" };

function shape(position: number, top: number, classes: string, { title, above, below }: Contents): Html {
  const x = left(position);
  const wrong = classes.includes("culprit");
  return svg`<g class="bar ${classes}"><title>${title}</title><rect class="body" x="${x}" y="${top}" width="${box.width}" height="${box.height}" rx="2"/><text x="${x + 6}" y="${top + 16}">${cutEnd(above, fits)}</text><text class="below" x="${x + 6}" y="${top + 32}">${cutEnd(below, fits + 2)}</text>${
    wrong &&
    svg`<path class="strike" d="M${x - 2} ${top - 2}H${x + box.width + 2}V${top + box.height + 2}H${x - 2}Z"/>`
  }</g>`;
}

function spoken({ changes, received, watch }: Omit<DeliveriesEvidence, "kind" | "operations">): string {
  const said = (items: readonly (EvidentChange | EvidentNotice)[]) =>
    items.map((item) => contentsOf(item, item.at).title).join("; ") || "nothing";
  return `Changes of ${watch.follows}: ${said(changes)}. Watch ${watch.name} received: ${said(received)}.`;
}
