import { describe, it } from "vitest";
import { same } from "../canonical.ts";
import { expectAgreement } from "../testing/agreement.ts";
import { registerScenario } from "../testing/register-scenario.ts";
import { expectTrueReasons, oracleOf } from "../testing/true-reasons.ts";

describe("the register model", () => {
  it("is judged as brute force judges it: crashes, equal times, repeated values, compare-and-set", () => {
    expectAgreement(registerScenario());
  });

  it("gives reasons that are true", () => {
    const scenario = registerScenario();
    const oracle = oracleOf(scenario, (state, { value, holds }) => same(state, value) === holds);
    expectTrueReasons(scenario, oracle);
  });

  it("is judged so with values that are written once", () => {
    let last = 0;
    expectAgreement(registerScenario(() => ++last % 4));
  });
});
