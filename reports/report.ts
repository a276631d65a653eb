import type { CallWords } from "../checker/model.ts";
import type { History } from "../core/history.ts";
import type { Run, UsageSample } from "../core/run.ts";
import { spectraOf } from "./charts/spectrum.ts";
import { type Context, contextOf } from "./context.ts";
import { pack } from "./data/columns.ts";
import { type Points, pointsOf } from "./data/points.ts";
import type { RunFigures } from "./data/run-figures.ts";
import { embeddedJson, html } from "./html.ts";
import { verdictWords } from "./marks.ts";
import { pageAssets } from "./node-page.ts";
import { type PageData, pageDataId } from "./page-data.ts";
import { anomaliesPanel, sketchesOf } from "./panels/anomalies.ts";
import { faultsPanel } from "./panels/faults.ts";
import { lanesSections } from "./panels/lanes.ts";
import { overTimePanel } from "./panels/over-time.ts";
import { percentilesPanel } from "./panels/percentiles.ts";
import { resourcesPanel } from "./panels/resources.ts";
import { setupPanel } from "./panels/setup.ts";
import { thresholdsPanel } from "./panels/thresholds.ts";
import { checksPanel, countedAnomalies, verdictPanel } from "./panels/verdict.ts";
import { type Section, sections } from "./sections.ts";
import { page } from "./shell.ts";
import { type Studies, studyNames } from "./studies/figures.ts";
import { drawStudy, studyPanels } from "./studies/panels.ts";
import type { Judgement } from "./thresholds/judge.ts";

/** A report's page, and the figures that it shows, for other outputs. */
export interface RenderedReport {
  readonly page: string;
  readonly figures: RunFigures;
}

/** Renders the report of one run, as `reportOf`; the page alone. */
export const renderReport = (
  run: Run,
  history: History,
  usage: readonly UsageSample[],
  words: CallWords = {},
): string => reportOf(run, history, usage, words).page;

/**
 * Renders the report of one run: a self-contained HTML file that needs no network and, except for the scatter plot, no
 * script. Figures come from all operations; if the scatter plot leaves some out, the report says so. `words` describe the
 * operations of the workload's model; without them, generic words are used. `thresholds` stand first, `studies` before all charts.
 */
export function reportOf(
  run: Run,
  history: History,
  usage: readonly UsageSample[],
  words: CallWords = {},
  {
    thresholds = [],
    studies = {},
  }: { readonly thresholds?: readonly Judgement[]; readonly studies?: Studies } = {},
): RenderedReport {
  const context = contextOf(run, history, usage, words);
  const points = pointsOf(context.operations, context.end, words);
  const data: PageData = {
    timeline: context.timeline,
    points,
    sketches: sketchesOf(context),
    spectra: spectraOf(run.latency),
  };
  const { links, markup } = sections(partsOf(context, points, studies));
  const text = page(
    {
      title: `${verdictWords[run.verdict]}: ${run.system.name} ${run.system.version}, ${run.workload}, seed ${run.seed} · Assay`,
      links,
      content: html`${thresholdsPanel(thresholds)}${verdictPanel(context)}
${markup}`,
      data: embeddedJson(pageDataId, pack(data)),
      foot: `Assay ${run.assay.version} · run ${run.id}`,
    },
    pageAssets(),
  );
  return { page: text, figures: context.figures };
}

/** Parts of the report in reading order: violations come early, observations that break no promise late. */
function partsOf(context: Context, points: Points, studies: Studies): Section[] {
  const wrong = countedAnomalies(context.run).length > 0;
  const anomalies = { id: "anomalies", title: "Anomalies", markup: anomaliesPanel(context) };
  return [
    ...(wrong ? [anomalies] : []),
    ...studySections(context.run, studies),
    { id: "over-time", title: "Over time", markup: overTimePanel(context, points) },
    ...lanesSections(context),
    ...(wrong ? [] : [anomalies]),
    { id: "faults", title: "Faults", markup: faultsPanel(context) },
    { id: "percentiles", title: "Percentiles", markup: percentilesPanel(context) },
    { id: "checks", title: "Checks", markup: checksPanel(context) },
    { id: "resources", title: "Resources", markup: resourcesPanel(context) },
    { id: "setup", title: "Set-up", markup: setupPanel(context) },
  ];
}

function studySections({ system, readMode }: Run, studies: Studies): Section[] {
  const name = `${system.name} ${system.version}`;
  const key = html`${name} <code>${readMode.name}</code>`;
  const subject = { name, title: key, key, system: key, limit: undefined, style: 0, runs: [{ studies }] };
  return studyNames.map((study) => {
    const drawn = drawStudy(study, [subject]);
    const { title } = studyPanels[study];
    const markup =
      drawn && html`<section aria-labelledby="${study}"><h2 id="${study}">${title}</h2>${drawn}</section>`;
    return { id: study, title, markup };
  });
}
