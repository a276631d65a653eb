import type { Anomaly } from "../../core/verdict.ts";
import { asSentence, asTitle, count, cutEnd } from "../../core/wording.ts";
import type { Sketch } from "../charts/sketch.ts";
import type { Context, Judged } from "../context.ts";
import type { Drawing } from "../evidence/drawing.ts";
import { drawingOf } from "../evidence/index.ts";
import { type Html, html } from "../html.ts";
import { promiseWords } from "../promise-words.ts";

/** An anomaly shown in the report, with a drawing if it has evidence. */
interface Shown {
  readonly id: string;
  readonly anomaly: Anomaly;
  readonly counted: boolean;
  readonly isFolded: boolean;
  readonly drawing?: Drawing;
}

/** Anomalies beyond this number are counted rather than shown. */
const shownLimit = 20;
/** Beyond this number of anomalies of one kind, the drawing is folded away and only the sentence is in view. */
const unfolded = 2;

/** Drawings of a report, for the page, which redraws them at its own width. */
export const sketchesOf = (context: Context<Judged>): Sketch[] =>
  shownAnomalies(context).flatMap(({ drawing }) => drawing?.sketch ?? []);

/** Explains the anomalies: violations first, then reasons why a checker could not decide, then known limits. */
export function anomaliesPanel(context: Context<Judged>): Html | undefined {
  const shown = shownAnomalies(context);
  if (shown.length === 0) return undefined;
  const all = context.run.verdicts.reduce((sum, { anomalies }) => sum + anomalies.length, 0);
  const counted = shown.some((one) => one.counted);
  return html`<section aria-labelledby="anomalies"><h2 id="anomalies">${counted ? "What went wrong" : "Observations that break no promise"}</h2>
${shown.map((one) => article(one, context))}
${all > shown.length && html`<p class="note">${count(all - shown.length, "more anomaly", "more anomalies")} ${context.run.readMode === undefined ? "not shown" : html`in <code>run.json</code>`}.</p>`}
</section>`;
}

function shownAnomalies({ run, timeline, words }: Context<Judged>): Shown[] {
  const rank = ({ counted, anomaly }: { counted: boolean; anomaly: Anomaly }) =>
    counted ? 0 : anomaly.known === true ? 2 : 1;
  return run.verdicts
    .flatMap(({ kind, anomalies }) =>
      anomalies.map((anomaly) => ({ anomaly, counted: kind === "invalid" && anomaly.known !== true })),
    )
    .map((one, _, all) => ({ ...one, place: placeOf(one, all) }))
    .sort((a, b) => rank(a) - rank(b) || Math.max(a.place, unfolded) - Math.max(b.place, unfolded))
    .slice(0, shownLimit)
    .map(({ anomaly, counted, place }, i) => {
      const id = `anomaly-${i + 1}`;
      const drawing = drawingOf({ id, anomaly, faults: timeline.faults, words });
      return { id, anomaly, counted, isFolded: place > unfolded, ...(drawing && { drawing }) };
    });
}

/** Position among the anomalies of its kind, from 1, so that no kind crowds out another. */
function placeOf(one: { readonly anomaly: Anomaly }, all: readonly { readonly anomaly: Anomaly }[]): number {
  const same = all.filter(
    ({ anomaly }) => anomaly.kind === one.anomaly.kind && anomaly.known === one.anomaly.known,
  );
  return same.findIndex(({ anomaly }) => anomaly === one.anomaly) + 1;
}

function article({ id, anomaly, counted, isFolded, drawing }: Shown, { promises }: Context<Judged>): Html {
  const { kind, key, summary, known } = anomaly;
  return html`<article class="anomaly ${counted ? "counted" : "noticed"}" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title">${asTitle(kind)}${key !== undefined && key !== "" && html` <span class="of-key">on key <code>${cutEnd(key, 80)}</code></span>`}${
    known === true && html` <span class="tag">${promiseWords[promises].known}</span>`
  }</h3>
<p class="sentence">${asSentence(summary)}</p>
${isFolded && drawing ? html`<details class="evidence"><summary>Show the ${drawing.shows}</summary>${drawing.figure}</details>` : drawing?.figure}
</article>`;
}
