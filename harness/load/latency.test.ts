import * as hdr from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import type { Operation, Outcome } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import { latencyDistributions, latencyLog, summarizeLatency } from "./latency.ts";

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

/** Reads a percentile distribution as its format is documented: value, percentile, count so far, 1 / (1 - percentile). */
function parsed(text: string) {
  const lines = text.split("\n");
  expect(lines[0]?.trim().split(/\s+/)).toEqual(["Value", "Percentile", "TotalCount", "1/(1-Percentile)"]);
  const rows = lines
    .filter((line) => /^\s*\d/.test(line))
    .map((line) => line.trim().split(/\s+/).map(Number));
  const facts = Object.fromEntries(
    [...text.matchAll(/(Mean|Max|Total count)\s+=\s+([\d.]+)/g)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  );
  return { rows, facts };
}

describe("latencyDistributions()", () => {
  const all = Array.from({ length: 1000 }, (_, i) =>
    operation("read", { intended: 0, at: 100, end: 101 + i }),
  );
  const files = latencyDistributions([...all, operation("write", { at: 0, end: 1000 }, timeout)]);

  it("has a file for each operation, outcome and measure", () => {
    expect(Object.keys(files)).toEqual([
      "read-ok-response.hgrm",
      "read-ok-service.hgrm",
      "write-info-response.hgrm",
      "write-info-service.hgrm",
    ]);
  });

  it("says in milliseconds what the summary says in microseconds", () => {
    const { rows, facts } = parsed(files["read-ok-response.hgrm"] ?? "");
    const summary = summarizeLatency(all).find(({ measure }) => measure === "response");
    const at = (percentile: number) => rows.find(([, share = 0]) => share >= percentile)?.[0] ?? Number.NaN;
    expect(at(0.5) * 1000).toBeCloseTo(summary?.p50 ?? 0, -4);
    expect(at(0.99) * 1000).toBeCloseTo(summary?.p99 ?? 0, -4);
    expect(rows.at(-1)?.[2]).toBe(1000);
    expect(facts).toMatchObject({ "Total count": 1000, Max: expect.closeTo((summary?.max ?? 0) / 1000, -1) });
    expect((facts["Mean"] ?? 0) * 1000).toBeCloseTo(summary?.mean ?? 0, -4);
  });

  it("has a time-out at its full length, as unknown", () => {
    const { rows, facts } = parsed(files["write-info-service.hgrm"] ?? "");
    expect(facts["Total count"]).toBe(1);
    expect(rows[0]?.[0]).toBeCloseTo(1000, 0);
  });
});
