import type { Timeline } from "../charts/timeline.ts";
import { outcomes, type Points } from "../data/points.ts";
import { formatCount, formatMicros, formatTime } from "../numbers.ts";

/** Content of the tip for a moment or an operation, built as elements so that no text is parsed as markup. */

export function describeMoment(timeline: Timeline, f: string, seconds: number): HTMLElement[] {
  const { bucketSeconds, buckets, latency, throughput } = timeline.series;
  const bucket = Math.min(buckets - 1, Math.max(0, Math.floor(seconds / bucketSeconds)));
  const series = latency.find((candidate) => candidate.f === f) ?? latency[0];
  const per = (outcome: "ok" | "fail" | "info") => `${formatCount(throughput[outcome][bucket] ?? 0)}/s`;
  const leader = timeline.leaders.find(({ from, to }) => from <= seconds && seconds < to);
  const phase = timeline.phases.find(({ from, to }) => from <= seconds && seconds < to);
  const faults = timeline.faults.filter(({ from, to }) => from <= seconds && seconds <= to);
  const lanes = timeline.lanes.filter(({ from, to }) => from <= seconds && seconds <= to);
  return [
    title(formatTime(seconds)),
    rows([
      ["p50", formatMicros(series?.p50[bucket] ?? Number.NaN)],
      ["p99", formatMicros(series?.p99[bucket] ?? Number.NaN)],
      ["max", formatMicros(series?.max[bucket] ?? Number.NaN)],
      ["ok", per("ok")],
      ["fail", per("fail")],
      ["unknown", per("info")],
      ...(leader ? [["leader", leader.node ?? "none"] as const] : []),
      ...(phase ? [["phase", phase.name] as const] : []),
      ...faults.map(({ label, summary }) => [label, summary] as const),
      ...lanes.map(
        ({ label, node, text }) => [label, node === undefined ? text : `${node}: ${text}`] as const,
      ),
    ]),
  ];
}

export function describePoint(points: Points, i: number): HTMLElement[] {
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
      ["at", formatTime(((points.at[i] ?? 0) * points.unitMicros) / 1e6)],
      ["response", formatMicros(points.response[i] ?? Number.NaN)],
      ...(service === undefined ? [] : [["service", formatMicros(service)] as const]),
      ["outcome", outcome === "info" ? "unknown" : outcome],
      ...(error === "" ? [] : [["error", error] as const]),
    ]),
  ];
}

function title(text: string): HTMLElement {
  const element = document.createElement("b");
  element.textContent = text;
  return element;
}

function rows(entries: readonly (readonly [name: string, value: string])[]): HTMLElement {
  const list = document.createElement("dl");
  for (const [name, value] of entries) {
    const [term, definition] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    definition.textContent = value;
    list.append(term, definition);
  }
  return list;
}
