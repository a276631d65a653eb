import { describeCall } from "../../checker/explain/call-words.ts";
import type { CallWords } from "../../checker/model.ts";
import { isUntimed } from "../../checker/untimed.ts";
import type { Operation } from "../../core/op.ts";
import { type Anomaly, violationKind } from "../../core/verdict.ts";
import { type Bar, type Sketch, shownOperations, sketchOf } from "../charts/sketch.ts";
import { drawnOrders, sketchSvg } from "../charts/sketch-svg.ts";
import type { Context, Judged } from "../context.ts";
import { asSentence, formatCount, formatDuration, formatTime, plural, shorten } from "../format.ts";
import { type Html, html } from "../html.ts";
import { describeOutcome, momentOf, promiseWords } from "../words.ts";
import { defaultWidth } from "./over-time.ts";
import { number, type Row, scrollingTable, text } from "./table.ts";

/** An anomaly that the report tells, and its drawing where it has operations. */
interface Told {
  readonly id: string;
  readonly anomaly: Anomaly;
  readonly counted: boolean;
  readonly isFolded: boolean;
  readonly sketch?: Sketch;
}

/** More anomalies than this are counted, not drawn: the first ones tell the story. */
const toldLimit = 20;
/** Of more anomalies of a kind than this only the sentence is in view; the rest unfolds. */
const unfolded = 2;
/** So many of the possible states are listed. */
const toldStates = 20;

/** The drawings of a report, for the page, which draws them anew for its width. */
export const sketchesOf = (context: Context<Judged>): Sketch[] =>
  toldAnomalies(context).flatMap(({ sketch }) => (sketch === undefined ? [] : [sketch]));

/** Every anomaly explained: violations first, then what kept a checker from deciding, then known limits. */
export function anomaliesPanel(context: Context<Judged>): Html | undefined {
  const told = toldAnomalies(context);
  if (told.length === 0) return undefined;
  const all = context.run.verdicts.reduce((sum, { anomalies }) => sum + anomalies.length, 0);
  const counted = told.some((one) => one.counted);
  return html`<section aria-labelledby="anomalies"><h2 id="anomalies">${counted ? "What went wrong" : "What was noticed"}</h2>
${told.map((one) => article(one, context))}
${all > told.length && html`<p class="note">${plural(all - told.length, "more anomaly", "more anomalies")} ${context.run.readMode === undefined ? "not shown" : html`of the same run in <code>run.json</code>`}.</p>`}
</section>`;
}

function toldAnomalies({ run, timeline, words }: Context<Judged>): Told[] {
  const rank = ({ counted, anomaly }: { counted: boolean; anomaly: Anomaly }) =>
    counted ? 0 : anomaly.known === true ? 2 : 1;
  return run.verdicts
    .flatMap(({ kind, anomalies }) =>
      anomalies.map((anomaly) => ({ anomaly, counted: kind === "invalid" && anomaly.known !== true })),
    )
    .map((one, _, all) => ({ ...one, place: placeOf(one, all) }))
    .sort((a, b) => rank(a) - rank(b) || Math.max(a.place, unfolded) - Math.max(b.place, unfolded))
    .slice(0, toldLimit)
    .map(({ anomaly, counted, place }, i) => {
      const id = `anomaly-${i + 1}`;
      const sketch = sketchOf(id, anomaly, timeline.faults, words);
      return { id, anomaly, counted, isFolded: place > unfolded, ...(sketch && { sketch }) };
    });
}

/** 1 of the first of its kind, 2 of the second: no kind is crowded out by another. */
function placeOf(one: { readonly anomaly: Anomaly }, all: readonly { readonly anomaly: Anomaly }[]): number {
  const same = all.filter(
    ({ anomaly }) => anomaly.kind === one.anomaly.kind && anomaly.known === one.anomaly.known,
  );
  return same.findIndex(({ anomaly }) => anomaly === one.anomaly) + 1;
}

function article(
  { id, anomaly, counted, isFolded, sketch }: Told,
  { promises, words }: Context<Judged>,
): Html {
  const { kind, key, summary, known, operations = [] } = anomaly;
  const evidence = html`${sketch && drawing(sketch, anomaly)}
${operations.length > 0 && operationsTable(anomaly, words)}`;
  return html`<article class="anomaly ${counted ? "counted" : "noticed"}" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title">${kind}${key !== undefined && key !== "" && html` <span class="of-key">on key <code>${shorten(key, 80)}</code></span>`}${
    known === true && html` <span class="tag">${promiseWords[promises].known}</span>`
  }</h3>
<p class="sentence">${asSentence(summary)}</p>
${isFolded && operations.length > 0 ? html`<details class="evidence"><summary>Show the ${plural(operations.length, "operation")}</summary>${evidence}</details>` : evidence}
</article>`;
}

function drawing(sketch: Sketch, anomaly: Anomaly): Html {
  const { bars, culprit } = sketch;
  const from = Math.min(...bars.map((bar) => bar.from));
  const to = Math.max(...bars.map((bar) => bar.to ?? bar.from));
  const has = (outcome: Bar["outcome"]) => bars.some((bar) => bar.outcome === outcome);
  const drawn = (anomaly.operations?.length ?? 0) > bars.length && `The last ${bars.length} operations. `;
  return html`<figure class="sketch-figure">
<div class="sketch-area" data-sketch="${sketch.id}" tabindex="0" role="region" aria-label="Timeline by process">${sketchSvg(sketch, defaultWidth)}</div>
<figcaption>${has("ok") && html`<span class="key ok">ok</span>`}${has("info") && html`<span class="key info">unknown, open-ended</span>`}${has("fail") && html`<span class="key fail">fail</span>`}${
    culprit !== undefined && html`<span class="key culprit">${verdictOnCulprit(anomaly)}</span>`
  }<span class="quiet">${drawn}In true order; quiet stretches are shortened.</span>${
    !sketch.isUntimed &&
    html`<a class="zoom" href="#over-time" data-from="${from}" data-to="${to}">Show ${formatTime(from)} to ${formatTime(to)} in the charts</a>`
  }</figcaption>
${statesList(sketch, anomaly)}
</figure>`;
}

/** What is wrong with the marked operation, in a few words. */
function verdictOnCulprit({ kind }: Anomaly): string {
  if (kind === violationKind) return "cannot be placed";
  return kind === "stale-read" ? "stale" : `breaks ${kind.replaceAll("-", " ")}`;
}

/** The states as a choice: the chosen one's order is drawn over the bars, by style alone. */
function statesList(sketch: Sketch, { states = [], moreStates = false }: Anomaly): Html | undefined {
  if (states.length === 0) return undefined;
  const told = states.slice(0, toldStates).map(({ state }, i) => {
    const words = html`<code>${shorten(state, 200)}</code> <span class="order-words">${orderWords(sketch, sketch.orders[i] ?? [])}</span>`;
    if (i >= drawnOrders) return html`<div class="undrawn">${words}</div>`;
    return html`<label class="choice-${i}"><input type="radio" name="${sketch.id}-state" class="choose-${i}"${i === 0 && html` checked`}><span>${words}</span></label>`;
  });
  const before = sketch.culprit === undefined ? "" : (sketch.bars[sketch.culprit]?.label ?? "");
  const isOne = states.length === 1;
  const number = isOne ? "one state" : `${formatCount(states.length)} states`;
  const which = moreStates ? `${isOne ? "One" : formatCount(states.length)} of the states` : `The ${number}`;
  return html`<fieldset class="states"><legend>${which} that these operations leave just before <b>${before}</b>, and ${isOne ? "an order that leads there" : "orders that lead there"}</legend>
${told}${states.length > toldStates && html`<p class="quiet">and ${formatCount(states.length - toldStates)} more</p>`}</fieldset>`;
}

/** `1. p4 w 41 ok → 2. p2 w 57 ok` */
function orderWords({ bars, lanes }: Sketch, order: readonly number[]): string {
  if (order.length === 0) return "as at the beginning, nothing placed yet";
  return order
    .map((position, i) => {
      const bar = bars[position];
      return `${i + 1}. p${lanes[bar?.lane ?? -1]?.process ?? "?"} ${bar?.label ?? "?"}`;
    })
    .join(" → ");
}

function operationsTable(anomaly: Anomaly, words: CallWords): Html {
  const { operations, skipped } = shownOperations(anomaly);
  const culprit = anomaly.culprit === undefined ? -1 : anomaly.culprit - skipped;
  const headings = [
    text("Process"),
    text("Node"),
    text("Operation"),
    number("Sent"),
    number("Answered after"),
    text("Outcome"),
    number("Revision"),
  ];
  const rows = operations.map((operation, i) =>
    operationRow(operation, i === culprit && verdictOnCulprit(anomaly), words),
  );
  return html`<details><summary>The ${plural(operations.length, "operation")} as a table</summary>${scrollingTable("Operations of this anomaly", headings, rows)}</details>`;
}

function operationRow(operation: Operation, culprit: string | false, words: CallWords): Row {
  const { process, node, call, outcome, invokedAt, completedAt } = operation;
  const answered = outcome.type !== "info" && Number.isFinite(completedAt);
  const took = isUntimed(operation) ? "–" : formatDuration((completedAt - invokedAt) / 1e9);
  return {
    ...(culprit !== false && { class: "culprit" }),
    cells: [
      `p${process}`,
      node ?? "–",
      html`${describeCall(words, call, outcome)}${culprit !== false && html` <span class="tag">${culprit}</span>`}`,
      momentOf(operation),
      answered ? took : "never",
      describeOutcome(operation),
      outcome.type === "ok" ? (outcome.output.revision ?? "–") : "–",
    ],
  };
}
