import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { createRandom } from "../../core/random.ts";
import type { Nemesis } from "./nemesis.ts";
import {
  assertScheduleFits,
  describePlan,
  type Endings,
  fitted,
  plannedSteps,
  spanAround,
  turns,
} from "./pace.ts";

const nemesis = (name: string): Nemesis => ({
  name,
  summary: name,
  requires: new Set(),
  inject: async () => undefined,
});
const steps = ["a", "b", "c"].map((name) => [nemesis(name)]);
const asked = { faultSeconds: 4, gapSeconds: 2.5 };
const none = new Set<never>();
const spans = ({ faultSeconds, gapSeconds }: typeof asked) => ({
  faultSeconds: spanAround(faultSeconds),
  gapSeconds: spanAround(gapSeconds),
});

describe("a schedule's pace", () => {
  it("is what was asked if that fits", () => {
    expect(fitted(asked, none, steps, 30)).toEqual(asked);
    expect(fitted(asked, none, [], 1)).toEqual(asked);
  });

  it("is shortened to fit into 10 s, faults and gaps alike", () => {
    const { faultSeconds, gapSeconds } = fitted(asked, none, steps, 10);
    expect(faultSeconds).toBeCloseTo(1.6, 1);
    expect(gapSeconds).toBeCloseTo(1.1, 1);
  });

  it("leaves what the user chose, and shortens the other", () => {
    expect(fitted(asked, new Set(["faultSeconds"] as const), steps, 17)).toMatchObject({ faultSeconds: 4 });
    expect(fitted(asked, new Set(["gapSeconds"] as const), steps, 17)).toMatchObject({ gapSeconds: 2.5 });
    expect(fitted(asked, new Set(["faultSeconds", "gapSeconds"] as const), steps, 25)).toEqual(asked);
  });

  it("is refused if even 0.3 s are too long, or if all lengths were chosen", () => {
    const refused = (fixed: Parameters<typeof fitted>[1], seconds: number) => () =>
      fitted(asked, fixed, steps, seconds);
    expect(refused(none, 2)).toThrow(UsageError);
    expect(refused(none, 2)).toThrow(
      "3 faults and the gaps before can take up to 2.25 s, but the load lasts 2 s: use --seconds 3",
    );
    expect(refused(new Set(["faultSeconds", "gapSeconds"] as const), 24)).toThrow("--seconds 25");
  });

  it("lets every step strike once, whatever the seed, the load and the lengths, and is accepted by the trial", () => {
    const length = fc.double({ min: 0.05, max: 20, noNaN: true });
    const load = fc.double({ min: 2.5, max: 60, noNaN: true });
    fc.assert(
      fc.property(length, length, load, fc.nat(), (faultSeconds, gapSeconds, seconds, seed) => {
        const pace = spans(fitted({ faultSeconds, gapSeconds }, none, steps, seconds));
        assertScheduleFits(steps, pace, seconds);
        const planned = plannedSteps(steps, pace, createRandom(seed), seconds);
        expect(new Set(planned)).toEqual(new Set(steps));
      }),
    );
  });
});

describe("a schedule's plan", () => {
  it("says how many faults of which length come", () => {
    const pace = spans({ faultSeconds: 1, gapSeconds: 1 });
    expect(describePlan(steps, pace, createRandom(1), 20)).toMatch(
      /^plan: 20 s of load, (9|10|11) faults of 0.8 to 1.3 s \(a, b and c in turn\), 0.8 to 1.3 s apart$/,
    );
    expect(describePlan([], pace, createRandom(1), 5)).toBe("plan: 5 s of load, no faults");
  });

  it("says how many strikes were asked for, and that the load may end before its time", () => {
    const pace = spans({ faultSeconds: 1, gapSeconds: 1 });
    const planned = (endings: Endings, seconds = 900) =>
      describePlan(steps, { ...pace, endings }, createRandom(1), seconds);
    expect(planned({ strikes: 30, endWhenServed: true })).toBe(
      "plan: at most 900 s of load, 90 faults of 0.8 to 1.3 s, less if the leader was struck and the others serve again (a, b and c in turn), 0.8 to 1.3 s apart",
    );
    expect(planned({ strikes: 2 })).toMatch(/^plan: at most 900 s of load, 6 faults of/);
    expect(planned({ strikes: 30 }, 20)).toMatch(/, (9|10|11) faults of/);
    expect(planned({ endWhenServed: true }, 20)).toMatch(/, at least (9|10|11) faults of/);
  });

  it("begins with as much calm as was asked for, which the load must have room for", () => {
    const pace = { ...spans({ faultSeconds: 1, gapSeconds: 1 }), calmSeconds: 10 };
    const drawn = turns(createRandom(1), pace);
    const [first, second] = [drawn.next().value, drawn.next().value];
    expect(first.gap).toBeGreaterThan(10.7e9);
    expect(second.gap).toBeLessThan(1.3e9);
    expect(() => assertScheduleFits(steps, pace, 17)).toThrow("can take up to 17.5 s");
    expect(plannedSteps(steps, pace, createRandom(1), 20).length).toBeLessThan(7);
  });
});
