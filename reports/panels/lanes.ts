/** Findings that have a place in time, drawn against the faults of the moment: one section for each checker. */

import type { Lane, Part, Verdict } from "../../core/verdict.ts";
import { asSentence, asTitle } from "../../core/wording.ts";
import { curveChart, leastMs } from "../charts/curves.ts";
import { checkerLanesChart, laneKeys } from "../charts/lanes.ts";
import type { FaultBand, Timeline } from "../charts/timeline.ts";
import type { Context, Judged } from "../context.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatDuration, formatTickMicros } from "../numbers.ts";
import type { Section } from "../sections.ts";
import { defaultWidth } from "./over-time.ts";
import { stalenessWords } from "./staleness.ts";
import { number, type Row, stackingTable, text } from "./table.ts";

/** Findings beyond this number are not listed; the chart shows all of them. */
const listed = 40;

/** Introductions of sections whose checker's own sentence is not enough. */
const words: Readonly<Record<string, (verdict: Verdict, run: Judged) => Html>> = {
  staleness: stalenessWords,
};

/** A section for each checker that looked for something with a place in time. Without operations, nobody could. */
export const lanesSections = (context: Context<Judged>): Section[] =>
  context.run.verdicts.flatMap((verdict) => {
    const { checker, lanes } = verdict;
    if (lanes === undefined || context.operations.length === 0) return [];
    const title = asTitle(checker);
    return [{ id: checker, title, markup: section(verdict, lanes, title, context) }];
  });

function section(
  verdict: Verdict,
  lanes: readonly Lane[],
  title: string,
  { run, timeline }: Context<Judged>,
): Html {
  const { checker, summary, parts = [] } = verdict;
  const begin = Object.hasOwn(words, checker)
    ? words[checker]?.(verdict, run)
    : html`<p>${asSentence(summary)}</p>`;
  const heading = html`<h2 id="${checker}">${title}</h2>`;
  const table = parts.length === 0 ? undefined : partsTable(parts);
  const curves = curvesOf(checker, timeline);
  if (lanes.length === 0)
    return html`<section aria-labelledby="${checker}">${heading}${begin}${curves}${table}</section>`;
  const own = timeline.lanes.filter((band) => band.checker === checker);
  return html`<section aria-labelledby="${checker}">${heading}
${begin}
${curves}
<p class="legend">${laneKeys(own)} <span class="quiet">under the faults of their node, on the time axis of all charts</span></p>
<div class="plot" data-plot="checker-lanes" data-checker="${checker}">${checkerLanesChart(timeline, { from: 0, to: timeline.end, width: defaultWidth }, checker)}</div>
${lanesTable(lanes, timeline.faults)}
${table}
</section>`;
}

/** What the checker measured over time: a chart for each node, all on one scale. */
function curvesOf(checker: string, timeline: Timeline): Html | undefined {
  const own = timeline.curves.filter((curve) => curve.checker === checker);
  const [first] = own;
  if (first === undefined) return undefined;
  const view = { from: 0, to: timeline.end, width: defaultWidth };
  const step = formatDuration((first.to[0] ?? 0) - (first.from[0] ?? 0));
  return html`<h3>${asTitle(first.label)} of each node</h3>
<p class="legend"><span class="key line-key median">median</span> <span class="key line-key worst">worst</span> <span class="quiet">in steps of ${step}, at the time of the acknowledgement, under the faults of the node; ${formatTickMicros(leastMs * 1e3)} and less, or before the acknowledgement, is drawn at the bottom</span></p>
<div class="strips">${own.map(
    ({ node = "" }) =>
      html`<div class="plot" data-plot="curve" data-checker="${checker}" data-node="${node}">${curveChart(timeline, view, checker, node)}</div>`,
  )}</div>`;
}

/** What the checker looked at, one line each, folded. */
function partsTable(parts: readonly Part[]): Html {
  const figures = [...new Set(parts.flatMap((part) => Object.keys(part.figures)))];
  const columns = [
    text("Name"),
    text("Node"),
    ...figures.map((name) => number(capitalized(name.replace(/ ms$/, "")))),
  ];
  const rows = parts.map(
    ({ name, node, figures: own }): Row => ({
      cells: [name, node ?? "–", ...figures.map((figure) => figureText(figure, own[figure]))],
    }),
  );
  return html`<details><summary>${parts.length === 1 ? "The only one" : `Each of ${parts.length}, worst first`}</summary>${stackingTable("In parts, worst first", columns, rows)}</details>`;
}

/** Table of findings: the worst first if they have a duration that says how bad each is, otherwise in order of time. */
function lanesTable(lanes: readonly Lane[], faults: readonly FaultBand[]): Html {
  const labels = [...new Set(lanes.map(({ label }) => label))];
  const figures = [...new Set(lanes.flatMap((lane) => Object.keys(lane.figures ?? {})))];
  const rank = figures.find(isDuration);
  const rankOf = (lane: Lane) => (rank === undefined ? 0 : (lane.figures?.[rank] ?? 0));
  const shown = lanes.toSorted((a, b) => rankOf(b) - rankOf(a) || a.from - b.from).slice(0, listed);
  const hasText = labels.length > 1 || figures.length === 0;
  const what = labels.join(", ");
  return html`${stackingTable(
    `${capitalized(what)}, ${rank === undefined ? "in order of time" : "worst first"}`,
    [
      text("Node"),
      ...(hasText ? [text("Finding")] : []),
      number("From"),
      number("Lasted"),
      ...figures.map((name) => number(capitalized(name.replace(/ ms$/, "")))),
      text("Faults"),
    ],
    shown.map((lane) => rowOf(lane, figures, hasText, faults)),
  )}
${lanes.length > listed && html`<p class="note">Showing ${listed} of ${formatCount(lanes.length)}.</p>`}`;
}

const isDuration = (name: string): boolean => name.endsWith(" ms");

function figureText(name: string, value: number | undefined): string {
  if (value === undefined) return "–";
  return isDuration(name) ? formatDuration(value / 1e3) : formatCount(value);
}

function rowOf(lane: Lane, figures: readonly string[], hasText: boolean, faults: readonly FaultBand[]): Row {
  const [from, to] = [lane.from / 1e9, lane.to / 1e9];
  return {
    cells: [
      lane.node ?? "–",
      ...(hasText ? [lane.text] : []),
      html`<a class="zoom" href="#over-time" data-from="${from}" data-to="${to}" title="Show it in the charts">${from.toFixed(2)} s</a>`,
      formatDuration(to - from),
      ...figures.map((name) => figureText(name, lane.figures?.[name])),
      faultsAt(lane, faults),
    ],
  };
}

function faultsAt({ node, from, to }: Lane, faults: readonly FaultBand[]): Html {
  const during = faults.filter((fault) => fault.from <= to / 1e9 && fault.to >= from / 1e9);
  const named = (some: readonly FaultBand[]) =>
    some.map(({ label, summary }) => `${label} ${summary}`).join("; ");
  const isOwn = ({ nodes }: FaultBand) => node === undefined || nodes.includes(node);
  const own = named(during.filter(isOwn));
  const others = named(during.filter((fault) => !isOwn(fault)));
  return html`${own}${own !== "" && others !== "" && "; "}${others !== "" && html`<span class="quiet">elsewhere: ${others}</span>`}${during.length === 0 && html`<span class="quiet">none at the time</span>`}`;
}

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
