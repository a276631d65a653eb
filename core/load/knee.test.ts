import { describe, expect, it } from "vitest";
import { type AtRate, lowLoadP99, whyBeyond } from "./knee.ts";

const why = (one: Partial<AtRate>) => whyBeyond({ done: 1, errors: 0, p99: 10, ...one }, 10);

describe("a rate", () => {
  it("is borne up to the limits", () => {
    expect(why({})).toBeUndefined();
    expect(why({ done: 0.99, errors: 0.0009, p99: 50 })).toBeUndefined();
  });

  it.each([
    [{ done: 0.989 }, "not done"],
    [{ errors: 0.001 }, "errors"],
    [{ p99: 50.1 }, "slow"],
    [{ p99: Number.NaN }, "slow"],
    [{ done: 0.5, errors: 0.5, p99: 900 }, "errors"],
  ] as const)("of which %o is known is beyond the knee: %s", (one, reason) => expect(why(one)).toBe(reason));

  it("is beyond the knee if nothing succeeded at the lowest rate", () =>
    expect(whyBeyond({ done: 1, errors: 0, p99: 1 }, Number.NaN)).toBe("slow"));
});

describe("the p99 at low load", () => {
  it.each([
    [[12], 12],
    [[12, 40, 90], 12],
    [[30, 12, 40, 50, 60, 90], 12],
    [[30, 9, 14, 60, 70, 80, 90, 99, 120, 130, 140], 14],
    [[Number.NaN, 9, 14, 60, 70, 80, 90, 99, 120, 130, 140], 9],
    [[Number.NaN, 40], Number.NaN],
    [[], Number.NaN],
  ])("of rates with %j is %d: the median of the lowest third", (p99s, low) =>
    expect(lowLoadP99(p99s)).toBe(low),
  );
});
