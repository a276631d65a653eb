import { staleWindowsOf } from "../../checker/reads/stale-lanes.ts";
import type { Verdict } from "../../core/verdict.ts";
import { asSentence, count } from "../../core/wording.ts";
import type { Judged } from "../context.ts";
import { type Content, type Html, html } from "../html.ts";
import { formatDuration } from "../numbers.ts";

/** Paragraph on how stale the reads of a run were. */
export function stalenessWords(verdict: Verdict, { readMode }: Judged): Html {
  const windows = staleWindowsOf(verdict);
  if (windows.length === 0) return html`<p>${asSentence(verdict.summary)}</p>`;
  const reads = windows.reduce((sum, window) => sum + window.reads, 0);
  const worst = Math.max(...windows.map(({ worstMs }) => worstMs));
  const allowed =
    readMode !== undefined &&
    !readMode.promises.startsWith("linearizable") &&
    html` <code>${readMode.name}</code> reads allow this: it is a measurement, not a violation.`;
  return html`<p>${count(reads, "read")} returned a value that had been overwritten before the read began, in ${count(windows.length, "window")}. In the worst case the value was ${formatDuration(worst / 1e3)} out of date.${distribution(verdict.figures ?? {})}${allowed}</p>`;
}

/** Distribution of staleness over all stale reads. */
function distribution(figures: Readonly<Record<string, number>>): Content {
  const ms = (name: string) => formatDuration((figures[name] ?? Number.NaN) / 1e3);
  const behind = figures["versions behind worst"];
  if (figures["staleness ms p50"] === undefined || behind === undefined) return undefined;
  return html` Half of these reads were at most ${ms("staleness ms p50")} out of date, 99% at most ${ms("staleness ms p99")}, and none more than ${count(behind, "version")} behind. These are lower bounds: they count from the moment when the overwriting write was known to be complete.`;
}
