/** The page that lists runs: filter, open, compare, follow. */
import { count } from "../../core/wording.ts";
import { type Content, type Html, html } from "../html.ts";
import { verdictMark, verdictWords } from "../marks.ts";
import { pageAssets } from "../node-page.ts";
import { formatCount, formatMicros } from "../numbers.ts";
import { number, type Row, stackingTable, text } from "../panels/table.ts";
import { page } from "../shell.ts";
import { addresses, liveAddress, reportAddress } from "./addresses.ts";
import { goesOn, type RunRow, type RunState, type RunSummary } from "./row.ts";

export interface RunList {
  /** The results directory as the user named it. */
  readonly results: string;
  /** In the order in which they are listed. */
  readonly rows: readonly RunRow[];
  readonly version: string;
}

/** Renders the list. It works without scripts, except for the filter and for news. */
export function renderList({ results, rows, version }: RunList): string {
  const going = rows.filter(({ state }) => goesOn(state)).map(({ id }) => id);
  return page(
    {
      title: "Runs · Assay",
      links: [],
      served: true,
      content: html`<section class="hero" aria-labelledby="runs"><h1 id="runs">Runs</h1>
<p class="lead" data-list-part="lead">${count(rows.length, "run")} in <code>${results}</code>.${
        going.length > 0 &&
        html` <a href="${liveAddress(going)}">Follow ${going.length === 1 ? "the one that is going on" : `the ${going.length} that are going on`}</a>`
      }</p></section>
<form class="runs" data-run-list method="get" action="${addresses.compare}">
<div class="toolbar" role="toolbar" aria-label="Runs">
<input type="search" class="scripted" data-run-filter placeholder="Filter: etcd partition invalid" aria-label="Filter runs by words" autocomplete="off" spellcheck="false">
<button type="submit" data-compare>Compare</button>
<button type="submit" formaction="${addresses.live}" data-follow>Follow</button>
<output class="quiet" data-run-count aria-live="polite">Tick runs to compare, or runs that are going on to follow.</output>
</div>
<div data-list-part="table">${rows.length === 0 ? emptyNote : stackingTable(undefined, columns, rows.map(rowOf))}</div>
</form>`,
      foot: `Assay ${version}`,
    },
    pageAssets(),
  );
}

const emptyNote: Html = html`<p>No runs yet. <code>assay bench</code> makes one, and it is listed here as soon as it starts.</p>`;

const columns = [
  text("System"),
  text("Workload"),
  text("Read mode"),
  text("Faults"),
  text("Verdict"),
  number("ok"),
  number("fail"),
  number("unknown"),
  number("p99", "response time of the slowest kind of operation that succeeded at least 100 times"),
  text("Started (UTC)"),
];

function rowOf({ id, state, summary, problem }: RunRow): Row {
  const name = summary === undefined ? id : `${summary.system} ${summary.version}`;
  const cells = summary === undefined ? [problem ?? ""] : factsOf(summary);
  const address = goesOn(state) ? liveAddress([id]) : reportAddress(id);
  const link = state === "unreadable" ? name : html`<a href="${address}" title="${id}">${name}</a>`;
  const tick =
    state !== "unreadable" &&
    html`<input type="checkbox" name="run" value="${id}" data-state="${state}" aria-label="Tick ${name}, ${id}"> `;
  const figures = summary !== undefined && state === "ended" ? figuresOf(summary) : ["", "", "", ""];
  const started = summary && startedAt(summary.startedAt);
  return {
    cells: [
      html`<span class="run-name">${tick}<span>${link}${mutantOf(summary)}</span></span>`,
      ...Array.from({ length: 3 }, (_, i) => cells[i] ?? ""),
      verdictOf(state, summary),
      ...figures,
      started ?? "",
    ],
  };
}

const factsOf = ({ workload, runtime, readMode, nemeses }: RunSummary): Content[] => [
  html`${workload}<span class="run-note">${runtime}</span>`,
  html`<code>${readMode}</code>`,
  nemeses.length === 0 ? "none" : nemeses.join(", "),
];

const mutantOf = (summary: RunSummary | undefined): Content =>
  summary?.mutant !== undefined && html`<span class="run-note">planted bug: ${summary.mutant}</span>`;

const figuresOf = ({ operations, p99 }: RunSummary): Content[] => [
  ...[operations.ok, operations.fail, operations.info].map(formatCount),
  p99 === undefined ? "–" : html`${formatMicros(p99.micros)}<span class="run-note">${p99.f}</span>`,
];

const stateWords: Readonly<Record<Exclude<RunState, "ended">, string>> = {
  starting: "starting",
  running: "running",
  checking: "checking",
  killed: "killed, not checked",
  unreadable: "unreadable",
};

function verdictOf(state: RunState, summary: RunSummary | undefined): Html {
  if (state !== "ended" || summary === undefined)
    return html`<span class="state ${state}">${state === "ended" ? "" : stateWords[state]}</span>`;
  const { verdict, hasKnownLimit } = summary;
  return html`<span class="kind ${verdict}">${verdictMark(verdict, 20)} ${verdictWords[verdict]}</span>${hasKnownLimit && html`<span class="run-note">known limit found</span>`}`;
}

/** `2026-01-10 09:15` */
const startedAt = (iso: string): Html =>
  html`<time datetime="${iso}" class="no-break">${iso.slice(0, 16).replace("T", " ")}</time>`;
