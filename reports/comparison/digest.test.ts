import { describe, expect, it } from "vitest";
import { operations } from "../../core/history.ts";
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

  it("digests a run that recorded nothing", () => {
    const nothing = digestOf({ ...staleFixture({ seconds: 3 }).run, faults: [] }, [], []);
    expect(nothing).toMatchObject({ kinds: {}, faults: [], end: 1, okPerSecond: 0 });
  });
});
