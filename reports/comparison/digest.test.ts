import { describe, expect, it } from "vitest";
import { operations } from "../../core/history.ts";
import { nodeId } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { contextOf } from "../context.ts";
import { isReading } from "../data/availability.ts";
import { staleFixture, validFixture } from "../testing/runs.ts";
import { digestOf, kinds, measured } from "./digest.ts";

const { run, history, usage } = validFixture({ seconds: 12 });
const digest = digestOf(run, history, usage);

describe("digestOf()", () => {
  it("agrees with the run's own report on outages, rate and length", () => {
    const { figures, timeline } = contextOf(run, history, usage, {});
    const length = (outage = figures.withoutAny) => ((outage?.to ?? 0) - (outage?.from ?? 0)) / 1e9;
    expect(digest.kinds.write?.longestWithout).toBe(length(figures.withoutWrite));
    expect(digest.kinds.read?.longestWithout).toBe(length(figures.withoutRead));
    expect(digest.okPerSecond).toBe(figures.okPerSecond);
    expect(digest.end).toBe(timeline.end);
  });

  it("counts each operation as a write or as a read, never as both", () => {
    const answered = operations(history).filter(({ outcome }) => outcome.type === "ok");
    const phases = (kind: "write" | "read") => digest.kinds[kind]?.response.spectrum.at(-1)?.[0] ?? 0;
    expect(10 ** phases("read")).toBeCloseTo(answered.filter(isReading).length, 6);
    expect(10 ** phases("read") + 10 ** phases("write")).toBeCloseTo(answered.length, 6);
  });

  it("ends each spectrum at the slowest operation, and never falls", () => {
    for (const kind of kinds) {
      const spectrum = digest.kinds[kind]?.response.spectrum ?? [];
      const own = operations(history).filter(
        (one) => isReading(one) === (kind === "read") && one.outcome.type === "ok",
      );
      const slowest = Math.max(
        ...own.map((one) => (one.completedAt - (one.intendedAt ?? one.invokedAt)) / 1e3),
      );
      expect(spectrum.at(-1)?.[1]).toBe(slowest);
      expect(spectrum.every(([, micros], i) => i === 0 || micros >= (spectrum[i - 1]?.[1] ?? 0))).toBe(true);
    }
  });

  it("tells service times from response times", () => {
    const write = digest.kinds.write;
    if (write === undefined) throw new Error("no writes");
    expect(measured(write, "service").fault.p99).toBeLessThan(measured(write, "response").fault.p99);
  });

  it("has no figures of a kind that was not asked for, and no cost without samples", () => {
    const reads = history.filter((event) => event.type === "notice" || event.f === "read");
    expect(Object.keys(digestOf(run, reads, []).kinds)).toEqual(["read"]);
    expect(digestOf(run, reads, [])).not.toHaveProperty("cost");
  });

  it("counts the rate until the last operation that was sent, if nothing succeeds any more", () => {
    const stalled = history.map((event) =>
      event.type === "ok" && event.time > 4e9 ? { ...event, type: "info" as const, error: "timeout" } : event,
    ) as typeof history;
    const { okPerSecond } = digestOf(run, stalled, usage);
    expect(okPerSecond).toBeLessThan(digest.okPerSecond / 2);
  });

  it("divides the cost by what succeeded while it was sampled, and not by what was put in place before", () => {
    const { cpuMsPerThousand = 0 } = digest.cost ?? {};
    const main = history.findIndex((event) => event.f === "phase" && event.value === "main");
    const written = operations(history).filter(({ outcome }) => outcome.type === "ok").length;
    const before = Array.from({ length: 2 * written }, (_, i) => ({
      index: i,
      time: nanos(0),
      type: i % 2 === 0 ? ("invoke" as const) : ("ok" as const),
      process: 9_999_999,
      f: "write",
      key: "before",
      value: 1,
      node: nodeId("n1"),
    }));
    const whole = [...history.slice(0, main), ...before, ...history.slice(main)];
    const preloaded = whole.map((event, index) => ({ ...event, index }));
    expect(main).toBeGreaterThanOrEqual(0);
    expect(digestOf(run, preloaded, usage).cost?.cpuMsPerThousand).toBeCloseTo(cpuMsPerThousand, 6);
  });

  it("digests a run that recorded nothing", () => {
    const nothing = digestOf({ ...staleFixture({ seconds: 3 }).run, faults: [] }, [], []);
    expect(nothing).toMatchObject({ kinds: {}, faults: [], end: 1, okPerSecond: 0 });
  });
});
