import type { CallWords } from "../checker/model.ts";
import type { History } from "../core/history.ts";
import type { Sketch } from "./charts/sketch.ts";
import { type Context, contextOf } from "./context.ts";
import { pack } from "./data/columns.ts";
import { type Points, pointsOf } from "./data/points.ts";
import { embeddedJson, html } from "./html.ts";
import type { JudgedHistory } from "./judged-history.ts";
import { verdictWords } from "./marks.ts";
import { pageAssets } from "./node-page.ts";
import { type PageData, pageDataId } from "./page-data.ts";
import { anomaliesPanel, sketchesOf } from "./panels/anomalies.ts";
import { faultsPanel } from "./panels/faults.ts";
import { historyFiguresPanel, readingPanel, timelinePanel, wholeSketch } from "./panels/history.ts";
import { historyChecksPanel, historyVerdictPanel } from "./panels/history-verdict.ts";
import { lanesSections } from "./panels/lanes.ts";
import { overTimePanel } from "./panels/over-time.ts";
import { countedAnomalies } from "./panels/verdict.ts";
import { type Section, sections } from "./sections.ts";
import { page } from "./shell.ts";

/** Renders the report of a history file: like that of a run, without what was not measured. */
export function renderHistoryReport(judged: JudgedHistory, history: History, words: CallWords): string {
  const context = contextOf(judged, history, [], words);
  const points = pointsOf(context.operations, context.end, words);
  const whole = wholeSketch(context);
  const data: PageData = {
    timeline: context.timeline,
    points,
    sketches: [...sketchesOf(context), ...(whole === undefined ? [] : [whole])],
    spectra: [],
  };
  const { links, markup } = sections(partsOf(context, points, whole));
  return page(
    {
      title: `${verdictWords[judged.verdict]}: ${judged.file} · Assay`,
      links,
      content: html`${historyVerdictPanel(context)}
${markup}`,
      data: embeddedJson(pageDataId, pack(data)),
      foot: `Assay ${judged.assay.version} · ${judged.file}`,
    },
    pageAssets(),
  );
}

function partsOf(context: Context<JudgedHistory>, points: Points, whole: Sketch | undefined): Section[] {
  const wrong = countedAnomalies(context.run).length > 0;
  const anomalies = { id: "anomalies", title: "Anomalies", markup: anomaliesPanel(context) };
  const faults = context.faults.length > 0 ? faultsPanel(context) : undefined;
  // For a short history without times, the drawing says more than a chart.
  const charts = context.operations.length > 0 && (context.isTimed || whole === undefined);
  return [
    ...(wrong ? [anomalies] : []),
    { id: "figures", title: "Figures", markup: historyFiguresPanel(context) },
    { id: "timeline", title: "Timeline", markup: timelinePanel(whole) },
    { id: "over-time", title: "Over time", markup: charts ? overTimePanel(context, points) : undefined },
    ...(context.isTimed ? lanesSections(context) : []),
    ...(wrong ? [] : [anomalies]),
    { id: "faults", title: "Faults", markup: faults },
    { id: "checks", title: "Checks", markup: historyChecksPanel(context) },
    { id: "reading", title: "Reading", markup: readingPanel(context) },
  ];
}
