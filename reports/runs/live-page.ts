/** The page that follows runs while they go on. Its code draws what the server sends. */
import { count } from "../../core/wording.ts";
import { type Html, html } from "../html.ts";
import { pageAssets } from "../node-page.ts";
import { page } from "../shell.ts";
import { addresses, queryOf, reportAddress } from "./addresses.ts";
import type { RunRow } from "./row.ts";

/** Renders the frame: a section for each run, in which its figures and charts appear. */
export function renderLive(rows: readonly RunRow[], version: string): string {
  return page(
    {
      title: `${rows.length === 1 ? "A run" : count(rows.length, "run")} going on · Assay`,
      links: [
        [addresses.list, "All runs"],
        ...(rows.length > 1 ? rows.map((row, i) => [`#r${i + 1}`, nameOf(row)] as const) : []),
      ],
      served: true,
      content: html`<div class="live" data-live="${addresses.events}${queryOf(rows.map(({ id }) => id))}">
<noscript><p class="note">Following a run needs JavaScript. Its report, once it has ended, works without.</p></noscript>
<p class="banner" data-live-broken hidden>The server does not answer. What is shown here is from before; the page tries again by itself.</p>
${rows.map(liveSection)}
</div>`,
      foot: `Assay ${version}`,
    },
    pageAssets(),
  );
}

const nameOf = ({ id, summary }: RunRow): string =>
  summary === undefined ? id : `${summary.system} ${summary.version}`;

function liveSection(row: RunRow, i: number): Html {
  const { id, summary } = row;
  const name = `r${i + 1}`;
  const setting =
    summary &&
    `Workload ${summary.workload} on ${summary.runtime}, ${summary.readMode} reads, ${summary.nemeses.length === 0 ? "without faults" : `through ${summary.nemeses.join(", ")}`}.`;
  return html`<section class="hero live-run" data-live-run="${id}" aria-labelledby="${name}">
<h1 id="${name}">${nameOf(row)}</h1>
<p class="lead">${setting} <code>${id}</code></p>
<p class="lead" data-live-report hidden><a href="${reportAddress(id)}">Open the report</a></p>
<dl class="identity">${facts.map(([key, words]) => html`<div><dt>${words}</dt><dd data-live-fact="${key}">–</dd></div>`)}</dl>
<div class="charts scripted">
<h3>Leader and nodes</h3>
<div class="plot" data-live-plot="lanes"></div>
<h3>Percentiles of the response time</h3>
<p class="legend">${["p50", "p95", "p99", "max"].map((one) => html`<span class="key line-key ${one}">${one}</span> `)}<span class="quiet">of <i>ok</i> operations where they were meant to start, to 10%</span></p>
<div class="plot" data-live-plot="percentiles"></div>
<h3>Operations per second, by outcome</h3>
<p class="legend"><span class="key ok">ok</span> <span class="key fail">fail</span> <span class="key info">unknown</span></p>
<div class="plot" data-live-plot="throughput"></div>
</div>
</section>`;
}

const facts = [
  ["phase", "Phase"],
  ["rate", "ok per second"],
  ["p50", "p50"],
  ["p99", "p99"],
  ["counts", "ok, fail, unknown"],
  ["elapsed", "Elapsed"],
  ["leader", "Leader"],
  ["faults", "Fault"],
] as const;
