import type { LatencySummary, Run } from "../core/run.ts";
import { type VerdictKind, worst } from "../core/verdict.ts";
import { count } from "../core/wording.ts";
import { speedCaveat } from "./data/speed.ts";
import { type Content, type Html, html } from "./html.ts";
import { verdictMark, verdictWords } from "./marks.ts";
import { pageAssets } from "./node-page.ts";
import { formatCount, formatFigure, formatMicros } from "./numbers.ts";
import { number, type Row, stackingTable, text } from "./panels/table.ts";
import { countedAnomalies, leadSentence } from "./panels/verdict.ts";
import { page } from "./shell.ts";

/** A run and the path of its report, relative to the index. */
export interface IndexedRun {
  readonly run: Run;
  readonly href: string;
}

/** Operations that get columns of their own; a workload has few. */
const functionLimit = 4;

/** Index of the runs of one command, side by side: verdicts, then figures, with links to the reports. */
export function renderIndex(runs: readonly IndexedRun[]): string {
  const verdict = worst(runs.map(({ run }) => run.verdict));
  const functions = [...new Set(runs.flatMap(({ run }) => run.latency.map(({ f }) => f)))].sort();
  return page(
    {
      title: `${verdictWords[verdict]}: ${count(runs.length, "run")} · Assay`,
      links: [
        ["#verdicts", "Verdicts"],
        ["#speed", "Speed"],
      ],
      content: html`<section class="hero ${verdict}" aria-labelledby="verdict">
<div class="verdict">${verdictMark(verdict, 76)}<div>
<h1 id="verdict">${verdictWords[verdict]}</h1>
<p class="lead">${tally(runs)}</p>
</div></div></section>
${verdictsSection(runs)}
${speedSection(runs, functions.slice(0, functionLimit))}`,
      foot: `Assay ${runs[0]?.run.assay.version ?? ""} · ${count(runs.length, "run")}`,
    },
    pageAssets(),
  );
}

/** `3 runs: 2 valid, 1 invalid.` */
function tally(runs: readonly IndexedRun[]): string {
  const parts = (["invalid", "unknown", "valid"] as const satisfies readonly VerdictKind[]).flatMap(
    (kind) => {
      const count = runs.filter(({ run }) => run.verdict === kind).length;
      return count > 0 ? [`${formatCount(count)} ${kind}`] : [];
    },
  );
  return `${count(runs.length, "run")}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}.`;
}

const linked = ({ run, href }: IndexedRun): Html =>
  html`<a href="${href}">${run.system.name} ${run.system.version}</a>`;

function verdictsSection(runs: readonly IndexedRun[]): Html {
  const columns = [
    text("System"),
    text("Verdict"),
    text("Trial and finding"),
    number("Faults with effect"),
    number("ok"),
    number("fail"),
    number("unknown"),
  ];
  return html`<section aria-labelledby="verdicts"><h2 id="verdicts">Verdicts</h2>
${stackingTable(undefined, columns, runs.map(verdictRow))}</section>`;
}

function verdictRow(indexed: IndexedRun): Row {
  const { run } = indexed;
  const proven = run.faults.filter(({ proof }) => proof !== undefined).length;
  const more = countedAnomalies(run).length - 1;
  return {
    cells: [
      linked(indexed),
      html`<span class="kind ${run.verdict}">${verdictMark(run.verdict, 20)} ${verdictWords[run.verdict]}</span>`,
      html`<span class="trial">${run.workload}, <code>${run.readMode.name}</code> reads, ${run.runtime}, seed <code>${run.seed}</code>${
        run.mutant !== undefined && html` <span class="tag">planted bug ${run.mutant}</span>`
      }</span> ${leadSentence(run, proven)}${more > 0 && ` And ${count(more, "more anomaly", "more anomalies")}.`}`,
      `${proven} of ${run.faults.length}`,
      formatCount(run.operations.ok),
      formatCount(run.operations.fail),
      formatCount(run.operations.info),
    ],
  };
}

function speedSection(runs: readonly IndexedRun[], functions: readonly string[]): Html {
  const columns = [
    text("System"),
    text("Load"),
    number("ok per second"),
    ...functions.flatMap((f) => [number(`${f} p50`), number(`${f} p99`)]),
  ];
  return html`<section aria-labelledby="speed"><h2 id="speed">Speed</h2>
${stackingTable(
  undefined,
  columns,
  runs.map((indexed) => speedRow(indexed, functions)),
)}
<p class="note">Response times of ok operations, from their intended start. Compare latencies only at the same offered rate. A speed next to an invalid verdict is not a result.</p></section>`;
}

function speedRow(indexed: IndexedRun, functions: readonly string[]): Row {
  const { run } = indexed;
  const load =
    run.load.kind === "open"
      ? `${formatFigure(run.load.rate)}/s offered, up to ${count(run.load.processes, "client")}`
      : `closed loop, ${count(run.load.processes, "client")}`;
  const perSecond = run.phases.load > 0 ? run.operations.ok / run.phases.load : Number.NaN;
  return {
    cells: [
      linked(indexed),
      html`${load}${caveats(run)}`,
      Number.isFinite(perSecond) ? formatFigure(Math.round(perSecond * 10) / 10) : "–",
      ...functions.flatMap((f) => {
        const summary = run.latency.find((one) => isOkResponse(one) && one.f === f);
        return [formatMicros(summary?.p50 ?? Number.NaN), formatMicros(summary?.p99 ?? Number.NaN)];
      }),
    ],
  };
}

const isOkResponse = ({ outcome, measure }: LatencySummary): boolean =>
  outcome === "ok" && measure === "response";

function caveats(run: Run): Content {
  const caveat = speedCaveat(run);
  return [
    caveat !== undefined && html` <span class="caveat" title="${caveat.why}">${caveat.short}</span>`,
    run.verdict === "invalid" && html` <span class="caveat">of an invalid history</span>`,
  ];
}
