/** One page for several runs: what a chooser should conclude, and the figures that support it. */
import { type VerdictKind, worst } from "../../core/verdict.ts";
import { count, listed } from "../../core/wording.ts";
import { type Html, html } from "../html.ts";
import { verdictMark } from "../marks.ts";
import { pageAssets } from "../node-page.ts";
import { type Section, sections } from "../sections.ts";
import { page } from "../shell.ts";
import { costs, failover, staleness } from "./bars.ts";
import { type Trial, trialsOf } from "./candidates.ts";
import { hasService } from "./cells.ts";
import { scalesOf } from "./charts.ts";
import { type Conclusion, conclusionsOf, verdictTitle } from "./conclusions.ts";
import type { RunDigest } from "./digest.ts";
import { failovers } from "./failovers.ts";
import { findings } from "./findings.ts";
import { latencyOverTime, percentiles } from "./over-time.ts";
import { sideBySide } from "./side-by-side.ts";
import { singleRuns } from "./single-runs.ts";
import { type Standings, standingsOf } from "./standing.ts";
import { studySections } from "./studies.ts";

/** Renders a self-contained HTML file that needs neither network nor script. Runs of different workloads are compared apart. */
export function renderComparison(digests: readonly RunDigest[]): string {
  const trials = trialsOf(digests).map((trial) => ({ ...trial, standings: standingsOf(trial.candidates) }));
  const candidates = trials.flatMap((trial) => trial.candidates);
  const verdict = worst(candidates.filter(({ mutant }) => mutant === undefined).map((one) => one.verdict));
  const parts = trials.map((trial, i) => ({
    trial,
    ...sections(partsOf(trial, trials.length > 1 ? `t${i + 1}-` : "")),
  }));
  const whole = sections(studySections(candidates, "several trials", partNamed("")));
  const names = [...new Set(digests.map(({ run }) => run.system.name))];
  return page(
    {
      title: `${listed(names)} compared: ${verdictTitle(candidates)} · Assay`,
      links: [
        ...whole.links,
        ...(parts.length === 1
          ? (parts[0]?.links ?? [])
          : trials.map((trial, i) => [`#t${i + 1}-side-by-side`, trialName(trial)] as const)),
      ],
      content: html`${hero(trials, verdict)}
${hasService(candidates) && toolbar}
${whole.markup}
${parts.map(
  ({ trial, markup }) =>
    html`${parts.length > 1 && html`<h2 class="trial-name">Workload ${trialName(trial)}</h2>`}${markup}`,
)}`,
      foot: `Assay ${digests[0]?.run.assay.version ?? ""} · ${count(digests.length, "run")}`,
    },
    pageAssets(),
  );
}

type RankedTrial = Trial & { readonly standings: Standings };

const trialName = ({ workload, variant }: Trial): string =>
  variant === "" ? workload : `${workload}, ${variant}`;

function hero(trials: readonly RankedTrial[], verdict: VerdictKind): Html {
  const candidates = trials.flatMap((trial) => trial.candidates);
  return html`<section class="hero ${verdict}" aria-labelledby="verdict">
<div class="verdict">${verdictMark(verdict, 76)}<div>
<h1 id="verdict">${verdictTitle(candidates)}</h1>
<p class="lead">${trials.map(setting).join(" ")}</p>
</div></div>
${conclusionLists(trials)}
</section>`;
}

/** What holds for all trials once, then what each has of its own. */
function conclusionLists(trials: readonly RankedTrial[]): Html[] {
  const each = trials.map((trial) => ({ trial, own: conclusionsOf(trial, trial.standings) }));
  const isEverywhere = (one: Conclusion) =>
    each.length > 1 &&
    each.every(({ own }) => own.some(({ topic, text }) => topic === one.topic && text === one.text));
  const list = (conclusions: readonly Conclusion[]) =>
    html`<dl class="conclusions">${conclusions.map(({ topic, text }) => html`<div><dt>${topic}</dt><dd><bdi>${text}</bdi></dd></div>`)}</dl>`;
  const everywhere = each[0]?.own.filter(isEverywhere) ?? [];
  return [
    ...(everywhere.length > 0 ? [list(everywhere)] : []),
    ...each.flatMap(({ trial, own }) => {
      const rest = own.filter((one) => !isEverywhere(one));
      if (rest.length === 0) return [];
      return [html`${trials.length > 1 && html`<h3>${trialName(trial)}</h3>`}${list(rest)}`];
    }),
  ];
}

/** `register on netns, 3 nodes each, through partition and kill.` */
function setting(trial: Trial): string {
  const runs = trial.candidates.flatMap((candidate) => candidate.runs.map(({ run }) => run));
  const one = (values: readonly string[], many: string) =>
    new Set(values).size === 1 ? (values[0] as string) : many;
  const faults = one(
    runs.map(({ nemeses }) => (nemeses.length === 0 ? "without faults" : `through ${listed(nemeses)}`)),
    "through different faults",
  );
  const nodes = one(
    runs.map((run) => `${count(run.nodes.length, "node")} each`),
    "different numbers of nodes",
  );
  const runtime = one(
    runs.map((run) => `on ${run.runtime}`),
    "on different runtimes",
  );
  return `Workload ${trialName(trial)} ${runtime}, ${nodes}, ${faults}.`;
}

const toolbar: Html = html`<div class="toolbar scripted" role="toolbar" aria-label="Measure of all latencies">
<span class="choices" role="group" aria-label="Measure"><button type="button" data-measure="response" aria-pressed="true">response</button><button type="button" data-measure="service" aria-pressed="false">service</button></span>
<span class="quiet"><span class="by-response">Latencies count from when an operation was meant to start.</span><span class="by-service">Latencies count from when an operation was sent.</span></span>
</div>`;

/** Makes sections whose ids begin alike. */
const partNamed =
  (prefix: string) =>
  (name: string, title: string, content: Html | undefined): Section => {
    const id = `${prefix}${name}`;
    const markup =
      content && html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`;
    return { id, title, markup };
  };

function partsOf({ candidates, standings }: RankedTrial, prefix: string): Section[] {
  const scales = scalesOf(candidates);
  const part = partNamed(prefix);
  return [
    // What was asked for comes first.
    ...studySections(candidates, "one trial", part),
    part("side-by-side", "Side by side", sideBySide(candidates, standings)),
    part("over-time", "Latency over time", latencyOverTime(candidates, scales, `${prefix}time`)),
    part("percentiles", "Percentiles", percentiles(candidates, scales)),
    part("single-runs", "Single runs", singleRuns(candidates)),
    part("failover", "Failover", failover(candidates, standings)),
    part("failovers", "Failover by fault", failovers(candidates)),
    part("staleness", "Staleness", staleness(candidates)),
    part("cost", "Cost", costs(candidates, standings)),
    part("runs", "Runs", findings(candidates)),
  ];
}
