import { describe, expect, it } from "vitest";
import { encodeEvent } from "../../../core/codec/history-codec.ts";
import { type HistoryEvent, operations } from "../../../core/history.ts";
import { seconds } from "../../../core/time.ts";
import { quantile, timed } from "../../../reports/data/measure.ts";
import { validFixture } from "../../../reports/testing/runs.ts";
import { liveEvent, usageTime } from "./live-event.ts";
import { LiveHistory } from "./live-history.ts";

const setting = { nodes: ["n1", "n2", "n3"], nemeses: ["partition", "kill"] };

function liveOf(events: readonly (HistoryEvent | string)[]): LiveHistory {
  const live = new LiveHistory();
  for (const event of events) {
    const read = liveEvent(typeof event === "string" ? event : encodeEvent(event));
    if (read !== undefined) live.add(read);
  }
  return live;
}

const client = (type: string, at: number, process: number, more: object = {}): string =>
  JSON.stringify({ index: 0, time: seconds(at), type, process, f: "write", ...more });
const news = (at: number, f: string, value: unknown, name?: string): string =>
  JSON.stringify({ index: 0, time: seconds(at), type: "info", process: "nemesis", f, name, value });

describe("LiveHistory", () => {
  it("agrees with the operations of the same history: counts, rates, percentiles to 10%", () => {
    const { history } = validFixture({ seconds: 8 });
    const view = liveOf(history).view(setting);
    const all = operations(history).filter(
      ({ outcome, completedAt }) => outcome && Number.isFinite(completedAt),
    );
    const { rates, latency } = view.timeline?.series.response ?? {};
    for (const type of ["ok", "fail", "info"] as const) {
      const those = all.filter(({ outcome }) => outcome.type === type);
      expect(view.counts[type]).toBe(those.length);
      rates?.[type].forEach((rate, second) => {
        const meant = those.map(({ intendedAt, invokedAt }) => Math.floor((intendedAt ?? invokedAt) / 1e9));
        expect(rate).toBe(meant.filter((one) => one === second).length);
      });
    }
    const second = all.filter(
      (one) => one.outcome.type === "ok" && Math.floor((one.intendedAt ?? one.invokedAt) / 1e9) === 2,
    );
    const took = second
      .map((one) => (one.completedAt - (one.intendedAt ?? one.invokedAt)) / 1e3)
      .sort((a, b) => a - b);
    const at = latency?.[0]?.from.indexOf(2) ?? -1;
    expect(timed(second, "response").operations).toHaveLength(took.length);
    expect((latency?.[0]?.p50[at] ?? 0) / quantile(took, 0.5)).toBeCloseTo(1, 0.9);
    expect(latency?.[0]?.max[at]).toBeCloseTo(took.at(-1) ?? 0, 0);
  });

  it("places an operation where it was meant to start, however late its answer comes", () => {
    const events = [client("invoke", 3, 1, { intended: seconds(1.5) }), client("ok", 8.5, 1)];
    const view = liveOf([...events, client("invoke", 9.9, 2)]).view(setting);
    expect([...(view.timeline?.series.response.rates.ok ?? [])].indexOf(1)).toBe(1);
    expect(view.timeline?.series.response.latency[0]?.max[0]).toBeCloseTo(7e6, -2);
  });

  it("lets a fault last, and names it, until it is healed", () => {
    const change = { id: 1, summary: "kill n2", nodes: ["n2"] };
    const begun = [news(2, "fault", { ...change, state: "begin" }, "kill"), client("invoke", 5, 1)];
    const during = liveOf(begun).view(setting);
    expect(during.faults).toEqual(["kill n2"]);
    expect(during.timeline?.faults[0]).toMatchObject({ label: "F1", from: 2, to: 5, hue: 1 });
    const after = liveOf([
      ...begun,
      news(6, "fault", { ...change, state: "end" }, "kill"),
      client("ok", 9, 1),
    ]);
    expect(after.view(setting).faults).toEqual([]);
    expect(after.view(setting).timeline?.faults[0]).toMatchObject({ from: 2, to: 6 });
  });

  it("names the leader, and nobody while there is none", () => {
    const events = [news(0, "leader", "n1"), client("invoke", 4, 1)];
    expect(liveOf(events).view(setting).leader).toBe("n1");
    expect(liveOf(events).view(setting).timeline?.leaders).toEqual([{ node: "n1", from: 0, to: 4 }]);
    expect(liveOf([...events, news(5, "leader", null)]).view(setting).leader).toBeUndefined();
  });

  it("counts neither what comes before the load, nor the last reads, nor reads in another mode", () => {
    const view = liveOf([
      ...[client("invoke", 0, 1), client("ok", 0, 1)],
      ...[client("invoke", 1, 1), client("ok", 1.1, 1)],
      ...[client("invoke", 2, 2, { mode: "stale" }), client("ok", 2.1, 2, { mode: "stale" })],
      news(3, "phase", "final"),
      ...[client("invoke", 4, 3), client("ok", 4.1, 3)],
    ]).view(setting);
    expect(view.counts).toEqual({ ok: 1, fail: 0, info: 0 });
    expect(view.phase).toBe("final");
  });

  it("lets time pass while nothing is answered", () => {
    const live = liveOf([client("invoke", 1, 1), client("ok", 1.2, 1), client("invoke", 1.3, 1)]);
    live.passed(usageTime(JSON.stringify({ time: seconds(20), node: "n1" })) ?? seconds(0));
    const view = live.view(setting);
    expect(view.elapsed).toBe(20);
    expect(view.recent).toEqual({ perSecond: 0, p50: null, p99: null });
  });

  it("skips lines that are torn, hostile or none of its business, and makes no endless charts of them", () => {
    const hostile = ["{", "null", "[]", '"x"', client("ok", 5, 1).slice(0, 30), '{"type":"ok","process":{}}'];
    const endless = [client("ok", 1e30, 1), client("ok", -1, 1), '{"time":"1","type":"ok","process":1}'];
    expect([...hostile, ...endless].map(liveEvent)).toEqual(Array(9).fill(undefined));
    expect(liveOf(hostile).view(setting).timeline).toBeUndefined();
    const month = liveOf([client("invoke", 29 * 86_400, 1), client("ok", 29 * 86_400, 1)]);
    expect(month.view(setting).timeline?.series.buckets).toBeLessThanOrEqual(2_000);
  });
});
