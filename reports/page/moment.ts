import { printable } from "../../core/printable.ts";
import type { Shown, Timeline } from "../charts/timeline.ts";
import type { Measure } from "../data/measure.ts";
import { outcomes, type Points, secondsOf } from "../data/points.ts";
import { seriesBy } from "../data/series.ts";
import { formatCount, formatMicros, formatTime } from "../numbers.ts";

/** Content of the tip for a moment or an operation, built as elements so that no text is parsed as markup. */

export function describeMoment(timeline: Timeline, { f, measure }: Shown, seconds: number): HTMLElement[] {
  const { bucketSeconds, buckets } = timeline.series;
  const { latency, rates } = seriesBy(timeline.series, measure);
  const bucket = Math.min(buckets - 1, Math.max(0, Math.floor(seconds / bucketSeconds)));
  const series = latency.find((candidate) => candidate.f === f) ?? latency[0];
  const step = series === undefined ? -1 : series.from.findLastIndex((from) => from <= seconds);
  const isIn = series !== undefined && seconds < (series.to[step] ?? 0);
  const percentile = (name: "p50" | "p99" | "max") =>
    formatMicros((isIn ? series[name][step] : undefined) ?? Number.NaN);
  const curves = timeline.curves.flatMap(({ label, node, from, to, p50, worst }) => {
    const at = from.findLastIndex((begin) => begin <= seconds);
    if (at < 0 || seconds >= (to[at] ?? 0)) return [];
    const words = `${formatMicros((p50[at] ?? 0) * 1e3)}, worst ${formatMicros((worst[at] ?? 0) * 1e3)}`;
    return [[`${label}${node === undefined ? "" : ` ${node}`}`, words] as const];
  });
  const per = (outcome: "ok" | "fail" | "info") => `${formatCount(rates[outcome][bucket] ?? 0)}/s`;
  const leader = timeline.leaders.find(({ from, to }) => from <= seconds && seconds < to);
  const phase = timeline.phases.find(({ from, to }) => from <= seconds && seconds < to);
  const faults = timeline.faults.filter(({ from, to }) => from <= seconds && seconds <= to);
  const lanes = timeline.lanes.filter(({ from, to }) => from <= seconds && seconds <= to);
  return [
    title(formatTime(seconds)),
    rows([
      ["p50", percentile("p50")],
      ["p99", percentile("p99")],
      ["max", percentile("max")],
      ["ok", per("ok")],
      ["fail", per("fail")],
      ["unknown", per("info")],
      ...(leader ? [["leader", leader.node ?? "none"] as const] : []),
      ...(phase ? [["phase", phase.name] as const] : []),
      ...curves,
      ...faults.map(({ label, summary }) => [label, summary] as const),
      ...lanes.map(
        ({ label, node, text }) => [label, node === undefined ? text : `${node}: ${text}`] as const,
      ),
    ]),
  ];
}

export function describePoint(points: Points, i: number, measure: Measure): HTMLElement[] {
  const word = <T>(words: readonly T[], column: ArrayLike<number>): T | "" => words[column[i] ?? -1] ?? "";
  const outcome = word(outcomes, points.outcome);
  const key = word(points.keys, points.key);
  const node = word(points.nodes, points.node);
  const error = word(points.errors, points.error);
  const service = points.service[i];
  return [
    title(word(points.labels, points.label)),
    rows([
      ["operation", word(points.functions, points.f)],
      ...(key === "" ? [] : [["key", key] as const]),
      ["process", `${points.process[i] ?? "?"}${node === "" ? "" : ` on ${node}`}`],
      [measure === "response" ? "meant at" : "sent at", formatTime(secondsOf(points, i, measure))],
      ["response", formatMicros(points.response[i] ?? Number.NaN)],
      ...(service === undefined ? [] : [["service", formatMicros(service)] as const]),
      ["outcome", outcome === "info" ? "unknown" : outcome],
      ...(error === "" ? [] : [["error", error] as const]),
    ]),
    element("small", "Click to see the history of its key"),
  ];
}

const title = (text: string): HTMLElement => element("b", text);

/** Element with text from elsewhere: it cannot turn the direction of what stands around it. */
function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.dir = "auto";
  made.textContent = printable(text);
  return made;
}

function rows(entries: readonly (readonly [name: string, value: string])[]): HTMLElement {
  const list = document.createElement("dl");
  for (const [name, value] of entries) {
    list.append(element("dt", name), element("dd", value));
  }
  return list;
}
