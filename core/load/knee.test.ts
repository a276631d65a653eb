import { describe, expect, it } from "vitest";
import { type AtRate, whyBeyond } from "./knee.ts";

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
