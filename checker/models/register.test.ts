import { describe, it } from "vitest";
import { expectAgreement } from "../testing/agreement.ts";
import { registerScenario } from "../testing/register-scenario.ts";

describe("the register model", () => {
  it("is judged as brute force judges it: crashes, equal times, repeated values, compare-and-set", () => {
    expectAgreement(registerScenario());
  });

  it("is judged so with values that are written once", () => {
    let last = 0;
    expectAgreement(registerScenario(() => ++last % 4));
  });
});
