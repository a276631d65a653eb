import type { Operation } from "../../core/op.ts";
import type { Anomaly, ReachedState } from "../../core/verdict.ts";
import { type Sketch, sketchOf } from "../charts/sketch.ts";
import { sketchSvg } from "../charts/sketch-svg.ts";
import type { Context } from "../context.ts";
import { formatDuration, formatTime, plural, shorten } from "../format.ts";
import { type Html, html } from "../html.ts";
import { describeCall, describeOutcome } from "../words.ts";
import { number, type Row, scrollingTable, text } from "./table.ts";

/** An anomaly that the report tells, and its drawing where it has operations. */
interface Told {
  readonly id: string;
  readonly anomaly: Anomaly;
  readonly counted: boolean;
  readonly sketch?: Sketch;
}

/** More anomalies than this are counted, not drawn: the first ones tell the story. */
const toldLimit = 20;
/** A drawing holds so many operations; a checker's minimal sub-history is far smaller. */
const sketchLimit = 60;

/** The drawings of a report, for the page, which draws them anew for its width. */
export const sketchesOf = (context: Context): Sketch[] =>
  toldAnomalies(context).flatMap(({ sketch }) => (sketch === undefined ? [] : [sketch]));

/** Every anomaly explained: violations first, then what kept a checker from deciding, then known limits. */
export function anomaliesPanel(context: Context): Html | undefined {
  const told = toldAnomalies(context);
  if (told.length === 0) return undefined;
  const all = context.run.verdicts.reduce((sum, { anomalies }) => sum + anomalies.length, 0);
  const counted = told.some((one) => one.counted);
  return html`<section aria-labelledby="anomalies"><h2 id="anomalies">${counted ? "What went wrong" : "What was noticed"}</h2>
${told.map((one) => article(one))}
${all > told.length && html`<p class="note">${plural(all - told.length, "more anomaly", "more anomalies")} of the same run in <code>run.json</code>.</p>`}
</section>`;
}

function toldAnomalies({ run, timeline }: Context): Told[] {
  const rank = ({ counted, anomaly }: { counted: boolean; anomaly: Anomaly }) =>
    counted ? 0 : anomaly.known === true ? 2 : 1;
  return run.verdicts
    .flatMap(({ kind, anomalies }) =>
      anomalies.map((anomaly) => ({ anomaly, counted: kind === "invalid" && anomaly.known !== true })),
    )
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, toldLimit)
    .map(({ anomaly, counted }, i) => {
      const id = `anomaly-${i + 1}`;
      const operations = anomaly.operations?.slice(0, sketchLimit) ?? [];
      return {
        id,
        anomaly,
        counted,
        ...(operations.length > 0 && { sketch: sketchOf(id, operations, timeline.faults, anomaly) }),
      };
    });
}

function article({ id, anomaly, counted, sketch }: Told): Html {
  const { kind, key, summary, known, operations = [] } = anomaly;
  return html`<article class="anomaly ${counted ? "counted" : "noticed"}" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title">${kind}${key !== undefined && html` <span class="of-key">on key <code>${shorten(key, 80)}</code></span>`}${
    known === true && html` <span class="tag">known limit, not counted</span>`
  }</h3>
<p class="sentence">${summary}</p>
${sketch && drawing(sketch, anomaly)}
${operations.length > 0 && operationsTable(anomaly)}
</article>`;
}

function drawing(sketch: Sketch, anomaly: Anomaly): Html {
  const from = Math.min(...sketch.bars.map((bar) => bar.from));
  const to = Math.max(...sketch.bars.map((bar) => bar.to ?? bar.from));
  return html`<figure class="sketch-figure">
<div class="sketch-area" data-sketch="${sketch.id}" tabindex="0" role="region" aria-label="Timeline by process">${sketchSvg(sketch, 1_060)}</div>
<figcaption><span class="key ok">ok</span> <span class="key info">unknown, open-ended</span> ${sketch.bars.some(({ outcome }) => outcome === "fail") && html`<span class="key fail">fail</span>`} ${
    sketch.culprit !== undefined && html`<span class="key culprit">cannot be placed</span>`
  } <span class="quiet">True order; quiet stretches are shortened.</span> <a class="zoom" href="#over-time" data-from="${from}" data-to="${to}">Show ${formatTime(from)} to ${formatTime(to)} in the charts</a></figcaption>
${statesList(sketch, anomaly.states ?? [])}
</figure>`;
}

/** The states as a choice: the chosen one's order is drawn over the bars, by style alone. */
function statesList(sketch: Sketch, states: readonly ReachedState[]): Html | undefined {
  if (states.length === 0) return undefined;
  const orderOf = ({ order }: ReachedState) =>
    order.length === 0
      ? "the initial state, nothing placed yet"
      : order
          .map(
            (position, i) =>
              `${i + 1}. p${sketch.lanes[sketch.bars[position]?.lane ?? -1]?.process ?? "?"} ${sketch.bars[position]?.label ?? "?"}`,
          )
          .join(" → ");
  return html`<fieldset class="states"><legend>${
    states.length === 1
      ? "The one state possible just before"
      : `The ${states.length} states possible just before`
  }${sketch.culprit !== undefined && html` <b>${sketch.bars[sketch.culprit]?.label ?? ""}</b>`}, and an order that leads there</legend>
${states.map((state, i) =>
  i < sketch.orders.length
    ? html`<label class="choice-${i}"><input type="radio" name="${sketch.id}-state" class="choose-${i}"${i === 0 && html` checked`}><span><code>${shorten(state.state, 200)}</code> <span class="order-words">${orderOf(state)}</span></span></label>`
    : html`<div class="undrawn"><code>${shorten(state.state, 200)}</code> <span class="order-words">${orderOf(state)}</span></div>`,
)}</fieldset>`;
}

function operationsTable({ operations = [], culprit }: Anomaly): Html {
  const headings = [
    text("Process"),
    text("Node"),
    text("Operation"),
    number("Sent"),
    number("Answered after"),
    text("Outcome"),
    number("Revision"),
  ];
  const rows = operations.map((operation, i) => operationRow(operation, i === culprit));
  return html`<details><summary>The ${plural(operations.length, "operation")} as a table</summary>${scrollingTable("Operations of this anomaly", headings, rows)}</details>`;
}

function operationRow(operation: Operation, culprit: boolean): Row {
  const { process, node, outcome, invokedAt, completedAt } = operation;
  const answered = outcome.type !== "info" && Number.isFinite(completedAt);
  return {
    ...(culprit && { class: "culprit" }),
    cells: [
      `p${process}`,
      node ?? "–",
      html`${describeCall(operation)}${culprit && html` <span class="tag">cannot be placed</span>`}`,
      formatTime(invokedAt / 1e9),
      answered ? formatDuration((completedAt - invokedAt) / 1e9) : "never",
      describeOutcome(operation),
      outcome.type === "ok" ? (outcome.output.revision ?? "–") : "–",
    ],
  };
}
