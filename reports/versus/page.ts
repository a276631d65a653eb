/** One page for two sides: what is different, by how much, and how sure that is. */
import { count, listed } from "../../core/wording.ts";
import { stripChart } from "../charts/strip.ts";
import type { Candidate } from "../comparison/candidates.ts";
import { partlyLimited } from "../comparison/cells.ts";
import { scalesOf } from "../comparison/charts.ts";
import { findings } from "../comparison/findings.ts";
import { latencyOverTime, percentiles } from "../comparison/over-time.ts";
import { type Content, type Html, html } from "../html.ts";
import { pageAssets } from "../node-page.ts";
import { formatCount } from "../numbers.ts";
import { number, stackingTable, text } from "../panels/table.ts";
import { type Section, sections } from "../sections.ts";
import { page } from "../shell.ts";
import { leastForInterval } from "../statistics/bootstrap.ts";
import { leastRatio } from "../statistics/difference.ts";
import { endsWords } from "../statistics/ends-words.ts";
import type { Repeated } from "../statistics/repeated.ts";
import { orderWarning } from "./order.ts";
import { leastFoundWords, powerSentence } from "./power.ts";
import { type Cell, changeWords, type Judged, summaryOf } from "./versus.ts";

/** Renders a self-contained HTML file that needs neither network nor script. */
export function renderVersus(judged: readonly Judged[]): string {
  const parts = judged.map((one, i) => ({
    one,
    ...sections(partsOf(one, judged.length > 1 ? `w${i + 1}-` : "")),
  }));
  const runs = judged.flatMap(({ a, b }) => [...a.runs, ...b.runs]);
  const [first] = judged;
  const title = titleOf(judged);
  return page(
    {
      title: `${first === undefined ? "" : `${first.a.name} against ${first.b.name}: `}${title} · Assay`,
      links:
        parts.length === 1
          ? (parts[0]?.links ?? [])
          : judged.map(({ workload }, i) => [`#w${i + 1}-figures`, workload] as const),
      content: html`${hero(judged, title)}
${parts.map(({ one, markup }) => html`${parts.length > 1 && html`<h2 class="trial-name">Workload ${one.workload}</h2>`}${markup}`)}`,
      foot: `Assay ${runs[0]?.run.assay.version ?? ""} · ${count(runs.length, "run")}`,
    },
    pageAssets(),
  );
}

/** `B is slower in 3 of 14 figures`, `Not distinguishable`: all pairs in a few words. */
export function titleOf(judged: readonly Judged[]): string {
  const compared = judged.flatMap(({ cells }) => cells.filter(({ difference }) => difference !== undefined));
  if (compared.length === 0) return "Nothing can be compared";
  const of = (word: string) => compared.filter((cell) => cell.word === word).length;
  const words = [...new Set(compared.map(({ word }) => word))].filter(
    (word) => word !== "not distinguishable",
  );
  if (words.length === 0) return "Not distinguishable";
  return `B is ${listed(words.map((word) => `${word} in ${of(word)}`))} of ${count(compared.length, "figure")}`;
}

function hero(judged: readonly Judged[], title: string): Html {
  return html`<section class="hero" aria-labelledby="verdict">
<h1 id="verdict">${title}</h1>
${judged.map(
  (one) => html`${judged.length > 1 && html`<h3>${one.workload}</h3>`}<dl class="conclusions">
${line("Side A", sideWords(one.a))}
${line("Side B", sideWords(one.b))}
${line("B against A", summaryOf(one))}
${lineIf("Order of the runs", orderWarning(one))}
${lineIf("Power", powerSentence(one))}
${one.differing.map(({ condition, a, b, forbids }) => line(`Different ${condition}`, `A: ${a}. B: ${b}.${forbids.length > 0 ? ` So ${listed(forbids)} ${forbids.length === 1 ? "is" : "are"} not compared.` : ""}`))}
</dl>`,
)}
</section>`;
}

const line = (topic: string, words: string): Html =>
  html`<div><dt>${topic}</dt><dd><bdi>${words}</bdi></dd></div>`;

const lineIf = (topic: string, words: string | undefined): Content =>
  words === undefined ? undefined : line(topic, words);

function sideWords(candidate: Candidate): string {
  const { name, readMode, runs, verdict, caveat } = candidate;
  const flaws = [verdict === "valid" ? undefined : verdict, caveat?.short, partlyLimited(candidate)].flatMap(
    (one) => one ?? [],
  );
  return `${name} (${readMode}), ${count(runs.length, "run")}${flaws.length > 0 ? `: ${listed(flaws)}` : ""}.`;
}

function partsOf(one: Judged, prefix: string): Section[] {
  const sides = [one.a, one.b].map((candidate, i) => ({
    ...candidate,
    name: `${i === 0 ? "A" : "B"}: ${candidate.name}`,
  }));
  const scales = scalesOf(sides);
  const part = (name: string, title: string, content: Html): Section => {
    const id = `${prefix}${name}`;
    return {
      id,
      title,
      markup: html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`,
    };
  };
  return [
    part("figures", "Figures", figures(one)),
    part("percentiles", "Percentiles", percentiles(sides, scales)),
    part("over-time", "Latency over time", latencyOverTime(sides, scales, `${prefix}time`)),
    part("runs", "Runs", findings(sides)),
  ];
}

function figures({ cells }: Judged): Html {
  const columns = [
    text("Figure"),
    number("A"),
    number("B"),
    text("Runs"),
    number("B against A"),
    text("Finding"),
  ];
  const rows = cells.map((cell) => ({
    cells: [
      cell.quantity.name,
      sideCell(cell, cell.a),
      sideCell(cell, cell.b),
      strip(cell),
      ratioCell(cell),
      wordCell(cell),
    ],
  }));
  return html`<div class="side-by-side">${stackingTable(undefined, columns, rows)}</div>
<p class="note">Medians of the runs with their 95% bootstrap intervals, or with the range of the runs where a side has fewer than ${leastForInterval}; a dot for each run, hollow if it lies far from the others (outliers count). A difference counts if a Mann–Whitney test finds it at the 5% level, adjusted for all figures here, with runs of the same seed compared in pairs, and if it is at least ${Math.round((leastRatio - 1) * 100)}%. Power: the least change for the worse that would be found in 4 of 5 comparisons with as many runs and their noise: both sides are drawn again and again from their own runs, one is slowed, and the same rule judges the figure. Chance: how far the medians of two halves of one side's runs are apart, in 19 of 20 splits. Latencies are response times of <i>ok</i> operations while healthy.</p>`;
}

const under = (words: Content): Html => html`<span class="under-word">${words}</span>`;

function sideCell({ quantity }: Cell, { median, noise, values }: Repeated): Content {
  if (median === undefined) return "–";
  return html`${quantity.format(median.value)}${values.length > 1 && under(endsWords(median, quantity.format))}${noise !== undefined && under(`chance ${changeWords(1 + noise).replace("+", "±")}`)}`;
}

const strip = ({ quantity, a, b }: Cell): Content =>
  stripChart(
    [
      { label: "A", style: 0, figure: a },
      { label: "B", style: 1, figure: b },
    ],
    `${quantity.name} of ${formatCount(a.values.length)} runs of A and ${formatCount(b.values.length)} of B`,
  );

const ratioCell = (cell: Cell): Content => {
  const { ratio, leastFound } = cell;
  if (ratio === undefined) return "–";
  return html`${changeWords(ratio.value)}${under(endsWords(ratio, changeWords))}${leastFound !== undefined && under(`power ${leastFoundWords(cell)}`)}`;
};

function wordCell({ difference, word, why, quantity }: Cell): Content {
  if (difference === undefined)
    return html`<span class="word same">${word}</span>${why !== undefined && under(why)}`;
  if (difference.sign === 0) return html`<span class="word same">~ ${word}</span>`;
  const kind = difference.sign < 0 === quantity.lessIsBetter ? "better" : "worse";
  return html`<span class="word ${kind}">${word}</span>${under(difference.isFirm ? `p ${pWords(difference.p)}` : "indicative: few runs or one seed")}`;
}

const pWords = (p: number): string => (p < 0.001 ? "< 0.001" : `= ${p.toFixed(3)}`);
