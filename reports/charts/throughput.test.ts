import { describe, expect, it } from "vitest";
import { nanos, seconds } from "../../core/time.ts";
import { seriesOf } from "../data/series.ts";
import { operation } from "../testing/operations.ts";
import { throughputChart } from "./throughput.ts";
import type { Timeline } from "./timeline.ts";

/** 100 answers a second, and `failures` at 1 s; some were meant to start later than they were sent, so that measures differ. */
function chartOf(
  failures: number,
  measure: "response" | "service" = "response",
  requested?: Timeline["requested"],
): string {
  const ok = Array.from({ length: 300 }, (_, i) => operation({ from: i * 10, to: i * 10 + 1 }));
  const failed = Array.from({ length: failures }, () =>
    operation({ intended: 1_010, from: 2_510, to: 2_511, outcome: "fail" }),
  );
  const timeline: Timeline = {
    end: 3,
    nodes: [],
    faults: [],
    leaders: [],
    phases: [],
    lanes: [],
    curves: [],
    usage: { nodes: [] },
    ...(requested !== undefined && { requested }),
    series: seriesOf([...ok, ...failed], [], nanos(seconds(3))),
  };
  return throughputChart(timeline, { from: 0, to: 3, width: 600 }, { measure }).markup;
}

describe("throughputChart()", () => {
  it("is scaled to what succeeded, and cuts failures with a mark that says how many there were", () => {
    const chart = chartOf(2_000);
    const labels = [...chart.matchAll(/text-anchor="end">([\d,]+)</g)].map(([, label]) =>
      Number(label?.replace(",", "")),
    );
    expect(Math.max(...labels)).toBeLessThan(300);
    expect(chart).toMatch(/<g class="cut"><path d="M.*?"\/><text [^>]*>up to [\d,]{6}\/s</);
  });

  it("has no mark where everything fits", () => {
    expect(chartOf(0)).not.toContain('class="cut"');
  });

  it("draws what was requested, and makes room for it up to twice what succeeded", () => {
    const ramp = (to: number) => ({ at: Float32Array.of(0, 3), rate: Float32Array.of(100, to) });
    const heights = (chart: string) =>
      [...(/class="line requested" d="M[\d.]+ ([\d.]+)L[\d.]+ ([\d.-]+)"/.exec(chart)?.slice(1) ?? [])].map(
        Number,
      );
    const [from = 0, to = 0] = heights(chartOf(0, "response", ramp(190)));
    expect(from).toBeGreaterThan(to);
    expect(to).toBeGreaterThan(17);
    expect(heights(chartOf(0, "response", ramp(2_000)))[1]).toBeLessThan(17);
    expect(chartOf(0)).not.toContain("requested");
  });

  it("puts an operation where it was meant to start, or where it was sent", () => {
    const markAt = (chart: string) => Number(/<g class="cut"><path d="M([\d.]+)/.exec(chart)?.[1]);
    expect(markAt(chartOf(2_000, "service")) - markAt(chartOf(2_000))).toBeGreaterThan(200);
  });
});
