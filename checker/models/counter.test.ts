import { describe, expect, it } from "vitest";
import { accepts, unanswered } from "../testing/accepts.ts";
import { expectAgreement, type Scenario } from "../testing/agreement.ts";
import { expectKeysApart } from "../testing/key-agreement.ts";
import { answered } from "../testing/random-history.ts";
import { expectTrueReasons, oracleOf } from "../testing/true-reasons.ts";
import { counter } from "./counter.ts";

const scenario: Scenario<number | string> = {
  model: counter(),
  call: (random) => (random.chance(0.5) ? { f: "read" } : { f: "add", value: random.pick([-1, 1, 2]) }),
  answer: (state, { f }) => (f === "read" ? answered(state) : answered()),
  otherAnswer: (random) => answered(random.integer(-1, 4)),
};

describe("the counter", () => {
  it("is judged as brute force judges it", () => {
    expectAgreement(scenario);
  });

  it("gives reasons that are true", () => {
    expectTrueReasons(
      scenario,
      oracleOf(scenario, () => false),
    );
  });

  it("is judged so key by key and whole", () => {
    expectKeysApart(scenario);
  });

  it("adds up, what is unknown too", () => {
    const model = counter({ initial: 5 });
    const read = (value: number) => [{ f: "read" }, answered(value)] as const;
    const add = { f: "add", value: -2 };
    expect(accepts(model, read(5), [add, answered(-2)], [add, unanswered], read(1))).toBe(true);
    expect(accepts(model, [add, answered()], read(5))).toBe(false);
  });
});
