/** Thresholds of the run, above its verdict: what the user asked to be failed for comes first. */
import { type Html, html } from "../html.ts";
import type { Judgement } from "../thresholds/judge.ts";

/** The list of thresholds; undefined if there are none. */
export function thresholdsPanel(judgements: readonly Judgement[]): Html | undefined {
  if (judgements.length === 0) return undefined;
  const bad = judgements.filter(({ state }) => state !== "passed");
  const title =
    bad.length === 0 ? "All thresholds are kept" : `${bad.length} of ${judgements.length} thresholds failed`;
  return html`<aside class="thresholds ${bad.length === 0 ? "kept" : "failed"}"><strong>${title}</strong><ul>${[
    ...bad,
    ...judgements.filter((one) => !bad.includes(one)),
  ].map(
    ({ threshold, state, sentence }) =>
      html`<li class="${state}"><b>${stateWords[state]}</b> <code>${threshold.text}</code> <span>${sentence}.</span></li>`,
  )}</ul></aside>`;
}

const stateWords: Readonly<Record<Judgement["state"], string>> = {
  passed: "passed",
  failed: "failed",
  "no-data": "no data",
};
