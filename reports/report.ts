import type { History } from "../core/history.ts";
import type { Run, UsageSample } from "../core/run.ts";
import { spectraOf } from "./charts/spectrum.ts";
import { contextOf } from "./context.ts";
import { pack } from "./data/columns.ts";
import { pointsOf } from "./data/points.ts";
import { embeddedJson, html } from "./html.ts";
import { verdictWords } from "./marks.ts";
import { pageAssets } from "./node-page.ts";
import { type PageData, pageDataId } from "./page-data.ts";
import { anomaliesPanel, sketchesOf } from "./panels/anomalies.ts";
import { faultsPanel } from "./panels/faults.ts";
import { figuresPanel } from "./panels/figures.ts";
import { overTimePanel } from "./panels/over-time.ts";
import { percentilesPanel } from "./panels/percentiles.ts";
import { resourcesPanel } from "./panels/resources.ts";
import { setupPanel } from "./panels/setup.ts";
import { stalenessPanel } from "./panels/staleness.ts";
import { verdictPanel } from "./panels/verdict.ts";
import { page } from "./shell.ts";

/**
 * The report of one run: an HTML file that needs nothing else, neither a network nor, for all but the scatter, a script.
 * Figures come from all operations; where a run is too long for its scatter to hold them all, the report says so.
 */
export function renderReport(run: Run, history: History, usage: readonly UsageSample[]): string {
  const context = contextOf(run, history, usage);
  const points = pointsOf(context.operations, context.end);
  const data: PageData = {
    timeline: context.timeline,
    points,
    sketches: sketchesOf(context),
    spectra: spectraOf(run.latency),
  };
  const anomalies = anomaliesPanel(context);
  const staleness = stalenessPanel(context);
  const percentiles = percentilesPanel(context);
  const resources = resourcesPanel(context);
  const links: (readonly [string, string])[] = [
    ["#figures", "Figures"],
    ...(anomalies ? [["#anomalies", "Anomalies"] as const] : []),
    ["#over-time", "Over time"],
    ...(staleness ? [["#staleness", "Staleness"] as const] : []),
    ["#faults", "Faults"],
    ...(percentiles ? [["#percentiles", "Percentiles"] as const] : []),
    ...(resources ? [["#resources", "Resources"] as const] : []),
    ["#setup", "Set-up"],
  ];
  return page(
    {
      title: `${verdictWords[run.verdict]}: ${run.system.name} ${run.system.version}, ${run.workload}, seed ${run.seed} · Assay`,
      links,
      content: html`${verdictPanel(context)}
${figuresPanel(context)}
${anomalies}
${overTimePanel(context, points)}
${staleness}
${faultsPanel(context)}
${percentiles}
${resources}
${setupPanel(context)}`,
      data: embeddedJson(pageDataId, pack(data)),
      foot: `Assay ${run.assay.version} · run ${run.id}`,
    },
    pageAssets(),
  );
}
