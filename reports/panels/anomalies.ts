import type { Anomaly } from "../../core/verdict.ts";
import { asSentence, asTitle, count, cutEnd } from "../../core/wording.ts";
import type { Sketch } from "../charts/sketch.ts";
import type { Context, Judged } from "../context.ts";
import type { Drawing } from "../evidence/drawing.ts";
import { drawingOf } from "../evidence/index.ts";
import { type Html, html } from "../html.ts";
import { promiseWords } from "../promise-words.ts";

/** An anomaly that the report tells, and its drawing where it has evidence. */
interface Told {
  readonly id: string;
  readonly anomaly: Anomaly;
  readonly counted: boolean;
  readonly isFolded: boolean;
  readonly drawing?: Drawing;
}

/** More anomalies than this are counted, not drawn: the first ones tell the story. */
const toldLimit = 20;
/** Of more anomalies of a kind than this only the sentence is in view; the rest unfolds. */
const unfolded = 2;

/** The drawings of a report, for the page, which draws them anew for its width. */
export const sketchesOf = (context: Context<Judged>): Sketch[] =>
  toldAnomalies(context).flatMap(({ drawing }) => drawing?.sketch ?? []);

/** Every anomaly explained: violations first, then what kept a checker from deciding, then known limits. */
export function anomaliesPanel(context: Context<Judged>): Html | undefined {
  const told = toldAnomalies(context);
  if (told.length === 0) return undefined;
  const all = context.run.verdicts.reduce((sum, { anomalies }) => sum + anomalies.length, 0);
  const counted = told.some((one) => one.counted);
  return html`<section aria-labelledby="anomalies"><h2 id="anomalies">${counted ? "What went wrong" : "What was noticed"}</h2>
${told.map((one) => article(one, context))}
${all > told.length && html`<p class="note">${count(all - told.length, "more anomaly", "more anomalies")} ${context.run.readMode === undefined ? "not shown" : html`of the same run in <code>run.json</code>`}.</p>`}
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
      const drawing = drawingOf({ id, anomaly, faults: timeline.faults, words });
      return { id, anomaly, counted, isFolded: place > unfolded, ...(drawing && { drawing }) };
    });
}

/** 1 of the first of its kind, 2 of the second: no kind is crowded out by another. */
function placeOf(one: { readonly anomaly: Anomaly }, all: readonly { readonly anomaly: Anomaly }[]): number {
  const same = all.filter(
    ({ anomaly }) => anomaly.kind === one.anomaly.kind && anomaly.known === one.anomaly.known,
  );
  return same.findIndex(({ anomaly }) => anomaly === one.anomaly) + 1;
}

function article({ id, anomaly, counted, isFolded, drawing }: Told, { promises }: Context<Judged>): Html {
  const { kind, key, summary, known } = anomaly;
  return html`<article class="anomaly ${counted ? "counted" : "noticed"}" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title">${asTitle(kind)}${key !== undefined && key !== "" && html` <span class="of-key">on key <code>${cutEnd(key, 80)}</code></span>`}${
    known === true && html` <span class="tag">${promiseWords[promises].known}</span>`
  }</h3>
<p class="sentence">${asSentence(summary)}</p>
${isFolded && drawing ? html`<details class="evidence"><summary>Show the ${drawing.shows}</summary>${drawing.figure}</details>` : drawing?.figure}
</article>`;
}
