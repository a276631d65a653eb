import { describe, expect, it } from "vitest";
import type { Json, Outcome } from "../../core/op.ts";
import { accepts, unanswered } from "../testing/accepts.ts";
import { expectAgreement, type Scenario, smallValue } from "../testing/agreement.ts";
import { expectKeysApart } from "../testing/key-agreement.ts";
import { answered, mismatched } from "../testing/random-history.ts";
import { expectTrueReasons, oracleOf } from "../testing/true-reasons.ts";
import { set } from "./set.ts";

const scenario: Scenario<readonly string[]> = {
  model: set(),
  call(random) {
    const f = random.pick(["add", "add", "remove", "remove", "contains", "read", "list"]);
    return f === "read" || f === "list" ? { f } : { f, value: smallValue(random) };
  },
  answer(state, { f, value }) {
    const isIn = state.includes(String(value));
    if (f === "read" || f === "list") return answered(state.map(Number));
    if (f === "remove") return answered(isIn);
    if (f === "contains") return answered(isIn);
    return f === "add" && isIn ? mismatched : answered();
  },
  otherAnswer(random, { call }) {
    if (call.f === "contains") return answered(random.chance(0.5));
    if (call.f === "remove") return random.chance(0.7) ? answered(random.chance(0.5)) : answered();
    if (call.f === "read" || call.f === "list") return answered([0, 1, 2].filter(() => random.chance(0.4)));
    return random.chance(0.6) ? mismatched : answered();
  },
};

const does = (f: string, value: Json, outcome: Outcome = answered()) => [{ f, value }, outcome] as const;
const read = (...elements: Json[]) => [{ f: "read" }, answered(elements)] as const;

describe("the set", () => {
  it("is judged as brute force judges it", () => {
    expectAgreement(scenario);
  });

  it("gives reasons that are true", () => {
    expectTrueReasons(
      scenario,
      oracleOf(scenario, (state, { cell, value, holds }) => (state.includes(cell) === value) === holds),
    );
  });

  it("is judged so key by key and whole", () => {
    expectKeysApart(scenario);
  });

  it("has an element once, and is read in any order", () => {
    const model = set({ initial: [10] });
    expect(accepts(model, does("add", 9), does("add", 9), read(10, 9), read(9, 10))).toBe(true);
    expect(accepts(model, read(10, 10))).toBe(false);
    expect(accepts(model, does("remove", 10), does("contains", 10, answered(false)), read())).toBe(true);
    expect(accepts(model, does("remove", 10, unanswered), read(10))).toBe(false);
  });

  it("holds a remove to what it answers: whether the element was in", () => {
    const model = set({ initial: [1] });
    expect(accepts(model, does("remove", 1, answered(true)), does("remove", 1, answered(false)))).toBe(true);
    expect(accepts(model, does("remove", 1, answered(false)))).toBe(false);
    expect(accepts(model, does("remove", 2, answered(true)))).toBe(false);
    // An acknowledgement that repeats the element says nothing of it.
    expect(accepts(model, does("remove", 2, answered(2)), does("remove", true, answered(true)))).toBe(true);
  });

  it("is listed as it is read", () => {
    const list = (...elements: Json[]) => [{ f: "list", key: "s3" }, answered(elements)] as const;
    expect(accepts(set(), does("add", 9), list(9))).toBe(true);
    expect(accepts(set(), does("add", 9), list())).toBe(false);
    expect(set().describeCall?.(...list(9, 10))).toBe("listed [9,10] in s3");
    expect(set().describeCall?.({ f: "list", key: "s3" }, unanswered)).toBe("tried to list s3");
    expect(set().describeCall?.({ f: "remove", key: "s3", value: 9 }, answered(false))).toBe(
      "found no 9 to remove from s3",
    );
  });

  it("takes a refused add for an observation that the element was in, a refused remove that it was not", () => {
    expect(accepts(set(), does("add", 1), does("add", 1, mismatched), does("remove", 2, mismatched))).toBe(
      true,
    );
    expect(accepts(set(), does("add", 1, mismatched))).toBe(false);
    expect(accepts(set({ initial: [1] }), does("remove", 1, mismatched))).toBe(false);
  });
});
