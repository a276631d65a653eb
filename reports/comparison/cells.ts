/** Pieces of a comparison's tables and charts: names of candidates, figures with their range, and marks of rank. */
import { createRandom } from "../../core/random.ts";
import { count } from "../../core/wording.ts";
import { type Content, type Html, html } from "../html.ts";
import { verdictWords } from "../marks.ts";
import { medianInterval } from "../statistics/bootstrap.ts";
import { endsWords } from "../statistics/ends-words.ts";
import type { Candidate } from "./candidates.ts";
import type { RunDigest } from "./digest.ts";
import { amountOf, type Figure, isFit, type Standing, type Standings } from "./standing.ts";

/** Name with a link to the report, read mode, and why its figures are no results, if they are not. */
export const candidateName = (candidate: Candidate): Html =>
  html`<a href="${candidate.runs[0]?.href ?? ""}">${candidate.name}</a> <code>${candidate.readMode}</code>${caveats(candidate)}`;

/** Marks of a candidate that ranks nowhere, or some of whose runs would not. */
export function caveats(candidate: Candidate): Content {
  const { verdict, caveat, mutant } = candidate;
  const partly = partlyLimited(candidate);
  return [
    verdict !== "valid" &&
      html` <span class="caveat kind ${verdict}">${verdictWords[verdict].toLowerCase()}</span>`,
    mutant !== undefined && html` <span class="tag">planted bug ${mutant}</span>`,
    caveat !== undefined && html` <span class="caveat" title="${caveat.why}">${caveat.short}</span>`,
    partly !== undefined && html` <span class="quiet">${partly}</span>`,
  ];
}

/** `client-limited in 2 of 12 runs`, where those are too few to say so of all. */
export const partlyLimited = ({ caveat, limitedRuns, runs }: Candidate): string | undefined =>
  caveat === undefined && limitedRuns > 0
    ? `client-limited in ${limitedRuns} of ${count(runs.length, "run")}`
    : undefined;

type Format = (value: number) => string;

/**
 * Median of the runs with its 95% interval, or with their range if they are few: `12 ms (9.8 ms to 15 ms)`,
 * `12 ms (range 9.8 ms to 15 ms)`. A dash if any is not known.
 */
export const spread = (candidate: Candidate, of: (run: RunDigest) => number, format: Format): Content =>
  spreadOf(candidate.runs.map(of), format);

/** The same of the values themselves, one for each run. */
export function spreadOf(values: readonly number[], format: Format): Content {
  if (!values.every(Number.isFinite)) return format(Number.NaN);
  const interval = medianInterval({ values }, createRandom(values.length));
  const value = format(interval.value);
  return values.length < 2 || format(interval.low) === format(interval.high)
    ? value
    : html`${value} <span class="range">(${endsWords(interval, format)})</span>`;
}

/** A figure of a candidate, marked if it is no result. */
export const amount = (candidate: Candidate, text: Content, figure?: Figure): Html =>
  html`<span class="amount${isFit(candidate, figure) ? "" : " unfit"}">${text}</span>`;

/** A figure of a candidate, marked if it is the lowest of those that can be ranked. */
export function rankedCell(candidate: Candidate, standings: Standings, figure: Figure, format: Format): Html {
  const text = spread(candidate, (run) => amountOf(run, figure), format);
  const place = standings.of(figure, candidate.reads);
  return amount(candidate, html`${text}${isLowest(place, candidate) && lowestMark(place)}`, figure);
}

function isLowest(place: Standing, candidate: Candidate): boolean {
  if (place.type !== "ranked") return false;
  const { leaders } = place.ranking;
  return leaders.length === 1 && leaders[0]?.of === candidate;
}

function lowestMark(place: Standing): Content {
  if (place.type !== "ranked") return undefined;
  const { leaders, others, isFirm } = place.ranking;
  return html` <b class="lowest"${!isFirm && html` title="indicative: few runs or one seed"`}>lowest of ${leaders.length + others.length}</b>`;
}

/** The same by the measure that the reader chose. */
export function latencyCell(
  candidate: Candidate,
  standings: Standings,
  figure: Omit<Figure & { readonly name: "latency" }, "measure" | "name">,
  format: Format,
): Content {
  const cell = (measure: "response" | "service") =>
    rankedCell(candidate, standings, { name: "latency", measure, ...figure }, format);
  if (!hasService([candidate])) return cell("response");
  return html`<span class="by-response">${cell("response")}</span><span class="by-service">${cell("service")}</span>`;
}

/** Whether any run tells service times from response times. */
export const hasService = (candidates: readonly Candidate[]): boolean =>
  candidates.some(({ runs }) =>
    runs.some(({ kinds }) => Object.values(kinds).some(({ service }) => service !== undefined)),
  );

/** A bar with its value; `most` is the end of the scale that all bars of the column share. */
export function gauge(value: number, most: number, text: Content, isResult: boolean): Html {
  const width = Number.isFinite(value) && most > 0 ? Math.max(0, (value / most) * 100) : 0;
  return html`<span class="gauge${isResult ? "" : " unfit"}"><span class="gauge-bar" aria-hidden="true">${width > 0 && html`<span style="width:${width.toFixed(1)}%"></span>`}</span>${text}</span>`;
}
