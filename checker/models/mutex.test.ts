import { describe, expect, it } from "vitest";
import type { Json, Outcome } from "../../core/op.ts";
import { same } from "../canonical.ts";
import { accepts, unanswered } from "../testing/accepts.ts";
import { expectAgreement, type Scenario } from "../testing/agreement.ts";
import { expectKeysApart } from "../testing/key-agreement.ts";
import { answered, mismatched } from "../testing/random-history.ts";
import { expectTrueReasons, oracleOf } from "../testing/true-reasons.ts";
import { mutex } from "./mutex.ts";

const scenario: Scenario<Json> = {
  model: mutex(),
  call: (random) => ({ f: random.pick(["acquire", "release"]), value: random.pick(["a", "b"]) }),
  answer: (holder, { f, value }) => ((f === "acquire" ? null : value) === holder ? answered() : mismatched),
  otherAnswer: (random) => (random.chance(0.5) ? answered() : mismatched),
};

const does = (f: string, value?: Json, outcome: Outcome = answered()) =>
  [{ f, ...(value !== undefined && { value }) }, outcome] as const;

describe("the mutex", () => {
  it("is judged as brute force judges it", () => {
    expectAgreement(scenario);
  });

  it("gives reasons that are true", () => {
    expectTrueReasons(
      scenario,
      oracleOf(scenario, (holder, { value, holds }) => same(holder, value) === holds),
    );
  });

  it("is judged so key by key and whole", () => {
    expectKeysApart(scenario);
  });

  it("is held by one at a time, who alone can release it", () => {
    expect(accepts(mutex(), does("acquire", "a"), does("release", "a"), does("acquire", "b"))).toBe(true);
    expect(accepts(mutex(), does("acquire", "a"), does("acquire", "b"))).toBe(false);
    expect(accepts(mutex(), does("acquire", "a"), does("release", "b"))).toBe(false);
    expect(accepts(mutex({ initial: "a" }), does("acquire", "b", mismatched))).toBe(true);
    expect(accepts(mutex(), does("acquire", "b", mismatched))).toBe(false);
  });

  it("takes turns where nobody is named", () => {
    expect(accepts(mutex(), does("acquire"), does("release"), does("acquire"))).toBe(true);
    expect(accepts(mutex(), does("acquire"), does("acquire"))).toBe(false);
    expect(accepts(mutex(), does("release"))).toBe(false);
  });

  it("may have gone to one who never heard of it", () => {
    expect(accepts(mutex(), does("acquire", "a", unanswered), does("acquire", "b", mismatched))).toBe(true);
  });
});
