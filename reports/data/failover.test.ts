import { describe, expect, it } from "vitest";
import { type FaultWindow, leaderSpans } from "../../core/fault.ts";
import { nodeId } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { operation } from "../testing/operations.ts";
import { type Failover, type FailoverMeasure, failovers, mediansOf, pooled } from "./failover.ts";
import { runFigures } from "./run-figures.ts";

const never = Number.POSITIVE_INFINITY;
const ms = (time: number) => nanos(time * 1e6);
const [n1, n2] = [nodeId("n1"), nodeId("n2")];

const fault = (id: number, from: number, to: number, more: Partial<FaultWindow> = {}): FaultWindow => ({
  id,
  name: "kill-leader",
  summary: "kill leader n1",
  nodes: [n1],
  cut: [],
  from: ms(from),
  to: ms(to),
  led: n1,
  proof: "n1 is gone",
  ...more,
});

/** Writes every 10 ms that take 5 ms, but for the outages, whose writes wait until they end. Times in milliseconds. */
function failoversOf(
  faults: readonly FaultWindow[],
  outages: readonly (readonly [from: number, to: number])[],
  lanes: readonly { readonly from: number; readonly to: number }[] = [],
): Failover[] {
  const operations = Array.from({ length: 1000 }, (_, i) => {
    const from = i * 10;
    const outage = outages.find((one) => from >= one[0] && from < one[1]);
    return operation({ f: "write", from, to: outage === undefined ? from + 5 : outage[1] + 1 });
  });
  const leaders = leaderSpans(
    [
      { time: 0, node: n1 },
      ...faults.flatMap(({ from }, i) => [
        { time: from / 1e6 + 100, node: null },
        { time: (outages[i]?.[1] ?? 0) - 50, node: n2 },
        { time: (outages[i]?.[1] ?? 0) + 800, node: n1 },
      ]),
      { time: 10_000, node: n1 },
    ].map(({ time, node }, index) => ({
      index,
      time: ms(time),
      type: "info" as const,
      process: "nemesis" as const,
      f: "leader" as const,
      value: node,
    })),
  );
  const figures = runFigures({ operations, faults, leaders, end: ms(10_000) });
  const stale = lanes.map(({ from, to }) => ({
    label: "stale reads",
    node: n1,
    from: ms(from),
    to: ms(to),
    text: "",
    colour: "noticed" as const,
  }));
  return failovers(faults, figures.faults, [{ lanes: stale }]);
}

const valuesOf = (failover: Failover | undefined, measure: FailoverMeasure): number[] =>
  failover?.samples[measure].map(({ value }) => value) ?? [];

describe("the failovers of a run", () => {
  it("say for each strike when the leader was lost, and known again, and how long nobody could write", () => {
    const [kill] = failoversOf(
      [fault(1, 1000, 2000), fault(2, 5000, 6000)],
      [
        [1000, 1700],
        [5000, 5400],
      ],
    );
    expect(kill).toMatchObject({ name: "kill-leader", strikes: 2, unproven: 0 });
    expect(valuesOf(kill, "detected")).toEqual([0.1, 0.1]);
    expect(valuesOf(kill, "elected").map((seconds) => seconds.toFixed(2))).toEqual(["0.65", "0.35"]);
    expect(valuesOf(kill, "unwritable").map((seconds) => seconds.toFixed(1))).toEqual(["0.7", "0.4"]);
    expect(valuesOf(kill, "stale")).toEqual([0, 0]);
  });

  it("have no time until latency is healthy where too few operations were healthy to say what that is", () => {
    // A fault every 400 ms: no operation is ever healthy.
    const often = Array.from({ length: 24 }, (_, i) => fault(i + 1, i * 400, i * 400 + 200));
    const [kill] = failoversOf(often, []);
    expect(kill?.samples.unwritable).toHaveLength(24);
    expect(kill?.samples.healthy).toEqual([]);
    expect(mediansOf(kill as Failover).healthy.median).toBeNaN();
  });

  it("count only faults that were proven", () => {
    const { proof: _, ...unproven } = fault(2, 5000, 6000);
    const [kill] = failoversOf([fault(1, 1000, 2000), unproven], [[1000, 1700]]);
    expect(kill).toMatchObject({ strikes: 1, unproven: 1 });
    expect(kill?.samples.unwritable).toHaveLength(1);
  });

  it("have a stale window that belongs to the fault before it, until the next one", () => {
    const faults = [fault(1, 1000, 2000), fault(2, 5000, 6000, { name: "pause-leader" })];
    const [kill, pause] = failoversOf(
      faults,
      [[1000, 1700]],
      [
        { from: 1200, to: 1300 },
        { from: 1500, to: 2100 },
        { from: 5100, to: 5150 },
      ],
    );
    expect(valuesOf(kill, "stale")[0]).toBeCloseTo(0.9);
    expect(valuesOf(pause, "stale")[0]).toBeCloseTo(0.05);
  });

  it("mark what ended only when the fault was healed, and count the strikes after which clients were served before", () => {
    const begins = [0, 1, 2, 3, 4, 5].map((i) => 3000 + i * 1100);
    const faults = begins.map((from, i) => fault(i + 1, from, from + 520, { healed: ms(from + 500) }));
    const struck = (lasts: (i: number) => number) =>
      failoversOf(
        faults,
        begins.map((from, i) => [from, from + lasts(i)] as const),
      );
    const [quick] = struck(() => 300);
    expect(quick).toMatchObject({ strikes: 6, served: 6 });
    expect(quick && mediansOf(quick).unwritable.isLowerBound).toBe(false);
    const [slow] = struck(() => 505);
    expect(slow).toMatchObject({ strikes: 6, served: 0 });
    for (const measure of ["unwritable", "healthy"] as const)
      expect(slow && mediansOf(slow)[measure]).toMatchObject({ isLowerBound: true, high: never });
    // Another leader was named 50 ms before the end of the outage, when the heal had not begun.
    expect(slow && mediansOf(slow).elected.isLowerBound).toBe(false);
    const [half] = pooled([struck((i) => (i < 3 ? 300 : 505)), struck(() => 300)]);
    expect(half).toMatchObject({ strikes: 12, served: 9 });
    expect(half && mediansOf(half).unwritable).toMatchObject({ isLowerBound: false, high: never });
  });

  it("mark a leader that was lost and found only in the heal, and stale reads that went on until then", () => {
    const healed = { healed: ms(1_090) };
    const [early] = failoversOf([fault(1, 1000, 2000, healed)], [[1000, 1700]], [{ from: 1050, to: 1300 }]);
    for (const measure of ["detected", "elected", "stale"] as const)
      expect(early?.samples[measure][0]?.untilHealed).toBe(true);
    const [late] = failoversOf(
      [fault(1, 1000, 2000, { healed: ms(1_900) })],
      [[1000, 1700]],
      [{ from: 1050, to: 1300 }],
    );
    for (const measure of ["detected", "elected", "stale"] as const)
      expect(late?.samples[measure][0]?.untilHealed).toBe(false);
  });

  it("take latency that is back after the heal for the system's own, if clients were served before", () => {
    const of = (healed: number) =>
      failoversOf([fault(1, 3000, 3330, { healed: ms(healed) })], [[3000, 3300]])[0]?.samples.healthy;
    // Served from 301 ms on, and in time from 310 ms on.
    expect(of(3_305)).toEqual([{ value: 0.31, untilHealed: false }]);
    expect(of(3_300)).toEqual([{ value: 0.31, untilHealed: true }]);
  });

  it("have no time without reads where nothing was read", () => {
    const [kill] = failoversOf([fault(1, 1000, 2000)], [[1000, 1700]]);
    expect(kill?.samples.unreadable).toEqual([]);
    expect(kill && mediansOf(kill).unreadable.median).toBeNaN();
  });

  it("are pooled over runs, and what did not happen counts as longest", () => {
    const run = failoversOf([fault(1, 1000, 2000)], [[1000, 1700]]);
    const never = failoversOf([fault(1, 1000, 2000)], [[1000, 10_000]]);
    const [all] = pooled([run, run, never]);
    expect(all).toMatchObject({ name: "kill-leader", strikes: 3 });
    expect(all && mediansOf(all).unwritable.median).toBeCloseTo(0.7, 1);
    expect(valuesOf(all, "healthy").at(-1)).toBe(Number.POSITIVE_INFINITY);
  });
});
