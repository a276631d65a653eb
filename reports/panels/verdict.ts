import { measuredStaleness, stalenessFigures } from "../../checker/reads/measured-staleness.ts";
import { unreachable } from "../../core/assert.ts";
import type { Consistency } from "../../core/consistency.ts";
import type { Run } from "../../core/run.ts";
import { type Anomaly, knownLimits, type Verdict, type VerdictKind } from "../../core/verdict.ts";
import { asSentence, asTitle, count } from "../../core/wording.ts";
import type { Context } from "../context.ts";
import { paceWords } from "../data/pace.ts";
import { caveatTitles, type SpeedCaveat, speedCaveat } from "../data/speed.ts";
import { type Content, type Html, html } from "../html.ts";
import { verdictMark, verdictWords } from "../marks.ts";
import { formatCount, formatDuration, formatFigure, formatShare } from "../numbers.ts";
import { promiseWords, watchWords } from "../promise-words.ts";
import { clientNote } from "./figures.ts";
import { headline } from "./headline.ts";
import { number, type Row, stackingTable, text } from "./table.ts";

/** Top of the report: the verdict, the reason and the promise, with the numbers next to them, and the kind of run. */
export function verdictPanel(context: Context): Html {
  const { run, faults } = context;
  const caveat = speedCaveat(run);
  const proven = faults.filter(({ window }) => window.proof !== undefined).length;
  const evidence = countedAnomalies(run).length > 0 && html` <a href="#anomalies">See the evidence</a>`;
  return html`<section class="hero ${run.verdict}" aria-labelledby="verdict">
${run.mutant !== undefined && plantedBug(run.mutant)}
${run.ended !== undefined && endedEarly(run.ended)}
<div class="first"><div>
<div class="verdict">${verdictMark(run.verdict, 76)}<div>
<h1 id="verdict">${verdictWords[run.verdict]}</h1>
<p class="lead"><bdi>${leadSentence(run, proven)}</bdi>${evidence}</p>
</div></div>
<p class="promise">${judgesWatches(run) ? watchPromises(run) : readPromise(run)}</p>
${caveat !== undefined && html`<aside class="banner limited"><strong>${caveatTitles[caveat.kind]}</strong> ${asSentence(caveat.why)}${caveat.kind !== "leader-changed" && " The speeds here are not the system's."}</aside>`}
${identity(run)}
</div>${headline(context)}</div>
</section>`;
}

/** Explains the verdict in one sentence. */
export function leadSentence(run: Run, faultsProven: number): string {
  const { name, version } = run.system;
  switch (run.verdict) {
    case "valid": {
      const through = faultsProven > 0 ? ` through ${count(faultsProven, "proven fault")}` : "";
      const promise = judgesWatches(run)
        ? "promises to watches"
        : `promise of ${promiseWords[run.readMode.promises].reads}`;
      const kept = `${name} ${version} kept its ${promise}${through}.`;
      const [limit] = knownLimits(run.verdicts);
      const found =
        limit === undefined
          ? ""
          : ` The known limit of ${run.readMode.name} reads was found: ${asSentence(limit.summary)}`;
      return `${kept}${staleSentence(run)}${found}`;
    }
    case "invalid":
      return asSentence(
        countedAnomalies(run)[0]?.summary ??
          verdictOf(run, "invalid")?.summary ??
          "a checker found a violation",
      );
    case "unknown":
      return `${asSentence(verdictOf(run, "unknown")?.summary ?? "no checker ran on this history")} Nothing was decided: this is not a pass.`;
    default:
      return unreachable(run.verdict);
  }
}

/** ` 15.5% of reads (292 of 1,881) were stale, by up to 33.4 s.`; nothing if none was. */
function staleSentence({ verdicts }: Run): string {
  const measured = measuredStaleness(verdicts);
  if (measured === undefined || measured.stale === 0) return "";
  const { reads, stale, worstMs } = measured;
  return ` ${formatShare(stale / reads)} of reads (${formatCount(stale)} of ${formatCount(reads)}) were stale, by up to ${formatDuration(worstMs / 1e3)}.`;
}

/** Anomalies that count against the system: those of invalid verdicts, except documented limits. */
export function countedAnomalies(run: Pick<Run, "verdicts">): Anomaly[] {
  return run.verdicts
    .filter(({ kind }) => kind === "invalid")
    .flatMap(({ anomalies }) => anomalies.filter(({ known }) => known !== true));
}

const verdictOf = (run: Run, kind: Run["verdict"]) => run.verdicts.find((verdict) => verdict.kind === kind);

function plantedBug(mutant: string): Html {
  return html`<aside class="banner planted"><strong>Planted bug</strong> <code>${mutant}</code> was switched on for this run: the system was broken on purpose, to see whether the bug is found. This says nothing about the system without it.</aside>`;
}

const endedEarly = (why: string): Html =>
  html`<aside class="banner"><strong>Ended early</strong> ${asSentence(why)} Everything recorded until then was checked.</aside>`;

function identity(run: Run): Html {
  const facts: readonly (readonly [string, Content])[] = [
    ["System", `${run.system.name} ${run.system.version}`],
    ["Nodes", html`${run.nodes.length} <small>${run.runtime}</small>`],
    ["Workload", run.workload],
    ["Reads", html`<code>${run.readMode.name}</code>`],
    ["Faults", run.nemeses.length > 0 ? run.nemeses.join(", ") : "none"],
    ["Load", loadWords(run)],
    ["Seed", html`<code>${run.seed}</code>`],
    [
      "Started",
      html`<time datetime="${run.startedAt}">${run.startedAt.slice(0, 16).replace("T", " ")} UTC</time>`,
    ],
  ];
  return html`<dl class="identity">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const readPromise = ({ readMode, system }: Run): Html =>
  html`The promise of <code>${readMode.name}</code> reads on ${system.name}: ${promiseWords[readMode.promises].meaning}.`;

/** Whether the run was about what watches received, and not about reads. */
const judgesWatches = ({ verdicts }: Run): boolean =>
  verdicts.some(({ checker }) => checker === "watch-delivery");

function watchPromises({ system, workloadRun }: Run): Html {
  const kinds = Object.entries(workloadRun?.watches ?? {}).map(
    ([kind, { contract }]) => html`<code>${kind}</code> (${watchWords[contract]})`,
  );
  return html`The watches of ${system.name}, and what each promises: ${listedHtml(kinds)}.`;
}

const listedHtml = (parts: readonly Html[]): Content =>
  parts.map((part, i) => (i === 0 ? part : html`, ${part}`));

function loadWords({ load }: Run): string {
  const clients = count(load.processes, "client");
  const lasting = formatDuration(load.seconds);
  return load.kind === "open"
    ? `${paceWords(load)}, up to ${clients}, ${lasting}`
    : `${clients}, closed loop, ${lasting}`;
}

/** What was checked, by which checker, and how the load generator fared. */
export const checksPanel = (context: Context): Html =>
  html`<section aria-labelledby="checks"><h2 id="checks">What was checked</h2>
${checksTable(context.run, context.promises, speedCaveat(context.run))}
${context.operations.length > 0 && html`<p class="note">${clientNote(context)}</p>`}
</section>`;

/** Each checker with its verdict and what it found. A load whose speed has a caveat is not marked as fine. */
export function checksTable(run: Pick<Run, "verdicts">, promises: Consistency, caveat?: SpeedCaveat): Html {
  const columns = [text("Checker"), text("Verdict"), text("Finding"), number("Took")];
  const rows = run.verdicts.map((verdict) =>
    checkRow(verdict, promises, verdict.checker === "load" && verdict.kind === "valid" ? caveat : undefined),
  );
  const nobody = { cells: ["none", verdictCell("unknown"), "No checker ran on this history.", "–"] };
  return stackingTable(undefined, columns, rows.length > 0 ? rows : [nobody]);
}

function checkRow(
  { kind, checker, summary, seconds, figures = {}, anomalies }: Verdict,
  promises: Consistency,
  caveat: SpeedCaveat | undefined,
): Row {
  const known = anomalies.filter((anomaly) => anomaly.known === true).length;
  const words = promiseWords[promises].known;
  return {
    cells: [
      asTitle(checker),
      caveat === undefined ? verdictCell(kind) : caveatCell(caveat),
      html`${asSentence(summary)}${known > 0 && html` <span class="known">${known === 1 ? "The one shown is" : `The ${formatCount(known)} shown are`} ${words}.</span>`}${figureList(figures)}`,
      seconds === undefined ? "–" : formatDuration(seconds),
    ],
  };
}

const verdictCell = (kind: VerdictKind): Html =>
  html`<span class="kind ${kind}">${verdictMark(kind, 20)} ${verdictWords[kind]}</span>`;

const caveatCell = ({ kind }: SpeedCaveat): Html =>
  html`<span class="kind unknown">${verdictMark("unknown", 20)} ${caveatTitles[kind]}</span>`;

/** How stale reads were, where none was: older runs stored zeros. */
const isOfNothing = (name: string, figures: Readonly<Record<string, number>>): boolean =>
  figures[stalenessFigures.stale] === 0 && /^staleness ms |^versions behind /.test(name);

function figureList(figures: Readonly<Record<string, number>>): Html | undefined {
  const entries = Object.entries(figures).filter(([name]) => !isOfNothing(name, figures));
  if (entries.length === 0) return undefined;
  return html`<ul class="figures">${entries.map(([name, value]) => html`<li>${name.replace(/ ms\b/, "")} <b>${/ ms\b/.test(name) ? formatDuration(value / 1e3) : formatFigure(value)}</b></li>`)}</ul>`;
}
