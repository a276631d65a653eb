import { describe, expect, it } from "vitest";
import type { FaultWindow } from "../../core/fault.ts";
import { nodeId } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { formatSpan } from "../numbers.ts";
import { medianOf } from "../statistics/median.ts";
import { type OperationDraft, operation } from "../testing/operations.ts";
import { type HealedTime, healBegan, healedWords, lowerBound } from "./heal.ts";
import { runFigures } from "./run-figures.ts";

const ms = (time: number) => nanos(time * 1e6);

/** A fault of n1 from 2 s to 4 s, whose heal began at 3.8 s. Times in milliseconds. */
const fault = (more: Partial<FaultWindow> = {}): FaultWindow => ({
  id: 1,
  name: "partition-leader",
  summary: "isolate leader n1",
  nodes: [nodeId("n1")],
  cut: [],
  from: ms(2_000),
  to: ms(4_000),
  healed: ms(3_800),
  ...more,
});

type Kind = "read" | "write";
type Outages = Partial<Record<Kind, readonly (readonly [from: number, to: number])[]>>;

/** Ten seconds of reads and writes in turn, every 10 ms, that take 5 ms; those that are sent in an outage wait until it ends. */
const operationsWith = (outages: Outages, kinds: readonly Kind[] = ["read", "write"]): OperationDraft[] =>
  Array.from({ length: 1000 }, (_, i) => {
    const [from, f] = [i * 10, kinds[i % kinds.length] as Kind];
    const outage = outages[f]?.find(([begin, end]) => from >= begin && from < end);
    return { f, from, to: outage === undefined ? from + 5 : outage[1] };
  });

const struck = (drafts: readonly OperationDraft[], window = fault()) =>
  runFigures({ operations: drafts.map(operation), faults: [window], leaders: [], end: ms(10_000) }).faults[0];
const of = (outages: Outages, window = fault()) => struck(operationsWith(outages), window);

describe("an outage", () => {
  it("that ended while the fault lasted is a recovery", () => {
    const figures = of({ write: [[2_000, 3_200]], read: [[2_000, 2_900]] });
    expect(figures).toMatchObject({
      healSeconds: 1.8,
      servedBeforeHeal: true,
      untilHealed: { any: false, writes: false, reads: false },
    });
    expect(figures?.withoutWriteSeconds).toBeCloseTo(1.2, 1);
  });

  it.each([
    ["during the heal", 3_850],
    ["in the moment in which the heal began", 3_800],
    ["when it was over", 4_000],
    ["long after it", 5_500],
  ])("that ended %s is none", (_, end) => {
    const figures = of({ write: [[2_000, end]] });
    expect(figures?.servedBeforeHeal).toBe(false);
    expect(figures?.untilHealed).toEqual({ any: false, writes: true, reads: false });
    expect(of({ write: [[2_000, end]], read: [[2_000, end]] })?.untilHealed).toMatchObject({ any: true });
  });

  it("of reads alone keeps a cluster from being served, too", () =>
    expect(of({ read: [[3_000, 4_100]] })).toMatchObject({
      servedBeforeHeal: false,
      untilHealed: { any: false, writes: false, reads: true },
    }));

  it("that came again before the heal counts, though the longest one ended before", () => {
    const figures = of({
      write: [
        [2_000, 3_000],
        [3_500, 4_100],
      ],
    });
    expect(figures?.withoutWriteSeconds).toBeCloseTo(1, 1);
    expect(figures).toMatchObject({ servedBeforeHeal: false, untilHealed: { writes: true } });
  });

  it("of less than 300 ms is a pause if a longer one ended before, but not by itself", () => {
    const pause = [3_650, 3_850] as const;
    expect(of({ write: [[2_000, 3_000], pause] })).toMatchObject({
      servedBeforeHeal: true,
      untilHealed: { writes: false },
    });
    expect(of({ write: [pause] })).toMatchObject({
      servedBeforeHeal: false,
      untilHealed: { writes: true },
    });
  });

  it("that the heal itself caused is not blamed on the fault", () =>
    expect(
      of({
        write: [
          [2_000, 2_500],
          [3_810, 4_300],
        ],
      }),
    ).toMatchObject({
      servedBeforeHeal: true,
      untilHealed: { writes: false },
    }));

  it("of less than 100 ms is a pause between two answers", () =>
    expect(of({ write: [[3_750, 3_830]] })).toMatchObject({ servedBeforeHeal: true }));

  it("of operations that fail at once lasts until one succeeds", () => {
    const refused = operationsWith({}).map((draft) =>
      draft.from >= 2_000 && draft.from < 4_000 ? { ...draft, outcome: "fail" as const } : draft,
    );
    expect(struck(refused)).toMatchObject({
      servedBeforeHeal: false,
      untilHealed: { any: true, writes: true, reads: true },
    });
  });
});

describe("a fault", () => {
  it("that nobody noticed was served throughout", () =>
    expect(of({})).toMatchObject({ servedBeforeHeal: true, untilHealed: { any: false } }));

  it("in which nothing was sent shows no service, although there was no outage", () => {
    const quiet = operationsWith({}).filter(({ from }) => from < 1_990 || from > 4_000);
    expect(struck(quiet)?.servedBeforeHeal).toBe(false);
    expect(struck([])?.servedBeforeHeal).toBe(false);
  });

  it("asks for no writes of a run that only reads", () => {
    const reads = (end: number) => struck(operationsWith({ read: [[2_000, end]] }, ["read"]));
    expect(reads(3_000)?.servedBeforeHeal).toBe(true);
    expect(reads(4_000)?.servedBeforeHeal).toBe(false);
  });

  it("of an older run is taken to have been healed in its last tenth of a second", () => {
    const { healed: _, ...older } = fault();
    expect(healBegan(older)).toBe(ms(3_900));
    expect(healBegan({ ...older, to: ms(2_200) })).toBe(ms(2_150));
    expect(of({ write: [[2_000, 3_850]] }, older)?.servedBeforeHeal).toBe(true);
    expect(of({ write: [[2_000, 3_950]] }, older)?.servedBeforeHeal).toBe(false);
  });
});

describe("a median of times, some of which were cut short by heals", () => {
  const times = (...values: readonly (number | `${number}+`)[]): HealedTime[] =>
    values.map((value) => ({ value: Number.parseFloat(`${value}`), untilHealed: `${value}`.endsWith("+") }));

  it.each([
    [times(1, 2, 3), { value: 2, untilHealed: false }],
    [times(1, 2, "3+"), { value: 2, untilHealed: false }],
    [times(1, "2+", "3+"), { value: 2, untilHealed: true }],
    [times("1+", 2, 3), { value: 2, untilHealed: true }],
    [times("1+", 2, 2), { value: 2, untilHealed: false }],
    [times("1+", 2, 2.09), { value: 2, untilHealed: false }],
    [times("1+", 2, 2.11), { value: 2, untilHealed: true }],
    [times(1, "2+"), { value: 1.5, untilHealed: true }],
    [times(1, Number.POSITIVE_INFINITY, "2+"), { value: 2, untilHealed: true }],
    [times(), { value: Number.NaN, untilHealed: false }],
  ])("%j is a lower bound if it would be higher without them", (given, expected) =>
    expect(lowerBound(given, medianOf)).toEqual(expected),
  );

  it("is never below the bound, whatever the times would have grown to", () => {
    const given = times("0.5+", 1, 1.2, "1.5+", 2, "2.5+", 4);
    const { value, untilHealed } = lowerBound(given, medianOf);
    for (const growth of [1, 1.5, 3, 100]) {
      const grown = given.map((time) => (time.untilHealed ? time.value * growth : time.value));
      expect(medianOf(grown)).toBeGreaterThanOrEqual(value);
    }
    expect(untilHealed).toBe(true);
  });

  it("says so, and nothing of what is not known", () => {
    expect(healedWords({ value: 4.02, untilHealed: true }, formatSpan)).toBe("≥\u202f4.02\u202fs");
    expect(healedWords({ value: 4.02, untilHealed: false }, formatSpan)).toBe("4.02\u202fs");
    expect(healedWords({ value: Number.NaN, untilHealed: true }, formatSpan)).toBe("–");
  });
});
