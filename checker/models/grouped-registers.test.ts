import { describe, expect, it } from "vitest";
import type { Json } from "../../core/op.ts";
import { same } from "../canonical.ts";
import { accepts, unanswered } from "../testing/accepts.ts";
import { expectAgreement, type Scenario, smallValue } from "../testing/agreement.ts";
import { answered, mismatched } from "../testing/random-history.ts";
import { expectTrueReasons, oracleOf } from "../testing/true-reasons.ts";
import { groupedRegisters } from "./grouped-registers.ts";
import { type Members, member } from "./initial.ts";

const model = groupedRegisters({ digits: 1 });

const scenario: Scenario<Members> = {
  model,
  call(random) {
    const key = random.pick(["a1", "a2"]);
    const f = random.pick(["read", "write", "cas", "list", "txn"]);
    if (f === "write") return { f, key, value: smallValue(random) };
    if (f === "cas") return { f, key, value: [smallValue(random), smallValue(random)] };
    if (f === "txn") return { f, key: "a", value: { a1: smallValue(random), a2: smallValue(random) } };
    return f === "list" ? { f, key: "a" } : { f, key };
  },
  answer(state, { f, key = "", value }) {
    if (f === "read") return answered(member(state, key) ?? null);
    if (f === "list") return answered(state);
    if (f === "cas")
      return same(member(state, key) ?? null, (value as readonly Json[])[0]) ? answered(value) : mismatched;
    return answered(value);
  },
  otherAnswer(random, { call: { f, value } }) {
    if (f === "read") return answered(random.pick([null, smallValue(random)]));
    if (f === "cas") return random.chance(0.5) ? mismatched : answered(value);
    if (f !== "list") return answered(value);
    const some: Record<string, Json> = {};
    for (const key of ["a1", "a2"]) if (random.chance(0.7)) some[key] = smallValue(random);
    return answered(some);
  },
};

describe("grouped registers", () => {
  it("are judged as brute force judges them", () => {
    expectAgreement(scenario);
  });

  it("give reasons that are true", () => {
    expectTrueReasons(
      scenario,
      oracleOf(
        scenario,
        (state, { cell, value, holds }) => same(member(state, cell) ?? null, value) === holds,
      ),
    );
  });

  it("name the group of a key and of what is about a group", () => {
    expect(model.key?.({ f: "read", key: "a1" })).toBe("a");
    expect(groupedRegisters({ digits: 2 }).key?.({ f: "write", key: "k0017" })).toBe("k00");
    expect(model.key?.({ f: "list", key: "a" })).toBe("a");
    expect(model.key?.({ f: "txn", key: "a" })).toBe("a");
  });

  it("show no half of a transaction", () => {
    const txn = { f: "txn", key: "a", value: { a1: 1, a2: 2 } };
    const list = (value: Json) => [{ f: "list", key: "a" }, answered(value)] as const;
    expect(accepts(model, [txn, answered()], list({ a1: 1, a2: 2 }))).toBe(true);
    expect(accepts(model, [txn, answered()], list({ a1: 1 }))).toBe(false);
    expect(accepts(model, [txn, unanswered], list({ a1: 1, a2: 2 }))).toBe(true);
    expect(accepts(model, [txn, unanswered], list({ a2: 2 }))).toBe(false);
  });
});
