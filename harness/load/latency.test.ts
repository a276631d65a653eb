import * as hdr from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import type { Operation, Outcome } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import { latencyLog, summarizeLatency } from "./latency.ts";

const ok: Outcome = { type: "ok", output: {} };
const timeout: Outcome = { type: "info", error: { code: "timeout", definite: false, message: "late" } };

function operation(f: string, ms: { intended?: number; at: number; end: number }, outcome = ok): Operation {
  const at = (time: number): Nanos => nanos(time * 1e6);
  return {
    process: 1,
    call: { f },
    outcome,
    ...(ms.intended !== undefined && { intendedAt: at(ms.intended) }),
    invokedAt: at(ms.at),
    completedAt: at(ms.end),
    callIndex: 0,
    returnIndex: 1,
  };
}

describe("summarizeLatency()", () => {
  it("counts response time from the intended start and service time from the actual one, in microseconds", () => {
    const [response, service] = summarizeLatency([operation("read", { intended: 10, at: 40, end: 42 })]);
    expect(response).toMatchObject({ f: "read", outcome: "ok", measure: "response", count: 1, max: 32_000 });
    expect(service).toMatchObject({ measure: "service", max: 2000 });
  });

  it("keeps operations and outcomes apart", () => {
    const summaries = summarizeLatency([
      operation("write", { at: 0, end: 1 }),
      operation("read", { at: 0, end: 1 }),
      operation("read", { at: 0, end: 1000 }, timeout),
    ]);
    const groups = summaries.map(({ f, outcome, measure }) => `${f} ${outcome} ${measure}`);
    expect(groups).toEqual([
      "read info response",
      "read info service",
      "read ok response",
      "read ok service",
      "write ok response",
      "write ok service",
    ]);
  });

  it("leaves out what was never answered", () => {
    const open = { ...operation("read", { at: 0, end: 1 }), completedAt: nanos(Number.POSITIVE_INFINITY) };
    expect(summarizeLatency([open])).toEqual([]);
  });

  it("gives the percentiles of a known distribution", () => {
    const all = Array.from({ length: 10_000 }, (_, i) => operation("read", { at: 0, end: (i + 1) / 10 }));
    const [summary] = summarizeLatency(all);
    const near = (expected: number) => expect.closeTo(expected, -3);
    expect(summary).toMatchObject({
      count: 10_000,
      p50: near(500_000),
      p95: near(950_000),
      p99: near(990_000),
      p999: near(999_000),
      max: near(1_000_000),
    });
  });

  it("draws the spectrum from 0 to 100 %, never falling, as fine as the count carries", () => {
    const all = Array.from({ length: 1000 }, (_, i) => operation("read", { at: 0, end: i + 1 }));
    const spectrum = summarizeLatency(all)[0]?.spectrum ?? [];
    const [percentiles, micros] = [spectrum.map(([p]) => p), spectrum.map(([, value]) => value)];
    expect(percentiles[0]).toBe(0);
    expect(percentiles.at(-1)).toBe(100);
    expect(percentiles.at(-2)).toBeGreaterThan(99.8);
    expect(percentiles).toEqual([...percentiles].sort((a, b) => a - b));
    expect(micros).toEqual([...micros].sort((a, b) => a - b));
  });
});

describe("latencyLog()", () => {
  it("is read back by HdrHistogram, a second and a tag at a time", () => {
    const log = latencyLog(
      [
        operation("read", { at: 100, end: 103 }),
        operation("read", { intended: 200, at: 250, end: 253 }),
        operation("write", { at: 1500, end: 2500 }, timeout),
      ],
      new Date("2026-01-02T03:04:05Z"),
    );
    const reader = new hdr.HistogramLogReader(log);
    const found: Record<string, unknown>[] = [];
    for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram()) {
      const { tag, totalCount, maxValue, startTimeStampMsec } = next as hdr.Histogram;
      found.push({ tag, totalCount, maxValue, startTimeStampMsec });
    }
    const begin = Date.UTC(2026, 0, 2, 3, 4, 5);
    const micros = (value: number) => expect.closeTo(value, -3);
    expect(found).toEqual([
      { tag: "read-ok-response", totalCount: 2, maxValue: micros(53_000), startTimeStampMsec: begin },
      { tag: "read-ok-service", totalCount: 2, maxValue: micros(3000), startTimeStampMsec: begin },
      {
        tag: "write-info-response",
        totalCount: 1,
        maxValue: micros(1_000_000),
        startTimeStampMsec: begin + 2000,
      },
      {
        tag: "write-info-service",
        totalCount: 1,
        maxValue: micros(1_000_000),
        startTimeStampMsec: begin + 2000,
      },
    ]);
  });
});
