import { describe, expect, it } from "vitest";
import type { Json } from "../../core/op.ts";
import { same } from "../canonical.ts";
import { accepts, unanswered } from "../testing/accepts.ts";
import { expectAgreement, type Scenario, smallValue } from "../testing/agreement.ts";
import { expectKeysApart } from "../testing/key-agreement.ts";
import { answered, mismatched } from "../testing/random-history.ts";
import { expectTrueReasons, oracleOf } from "../testing/true-reasons.ts";
import { versionedRegister } from "./versioned-register.ts";

const model = versionedRegister({ initial: 0 });

const scenario: Scenario<typeof model.init> = {
  model,
  call(random) {
    const f = random.pick(["read", "read", "write", "cas"]);
    if (f === "read") return { f };
    return { f, value: f === "write" ? smallValue(random) : [smallValue(random), smallValue(random)] };
  },
  answer({ value, revision }, call) {
    if (call.f === "read") return answered(value, revision);
    if (call.f === "cas" && (call.value as readonly Json[])[0] !== value) return mismatched;
    return answered(undefined, revision + 1);
  },
  otherAnswer(random, { call }) {
    const revision = random.chance(0.3) ? undefined : random.integer(0, 4);
    if (call.f === "read") return answered(smallValue(random), revision);
    return call.f === "cas" && random.chance(0.5) ? mismatched : answered(undefined, revision);
  },
};

const write = (value: Json, revision?: number) =>
  [{ f: "write", value }, answered(undefined, revision)] as const;
const read = (value: Json, revision?: number) => [{ f: "read" }, answered(value, revision)] as const;
const lost = (value: Json) => [{ f: "write", value }, unanswered] as const;

describe("the versioned register", () => {
  it("is judged as brute force judges it", () => {
    expectAgreement(scenario);
  });

  it("gives reasons that are true", () => {
    expectTrueReasons(
      scenario,
      oracleOf(scenario, (state, { value, holds }) => same(state.value, value) === holds),
    );
  });

  it("is judged so key by key and whole", () => {
    expectKeysApart(scenario);
  });

  it("answers the revision of the write that left the value", () => {
    expect(accepts(model, write(1, 5), read(1, 5), write(2, 9), read(2, 9))).toBe(true);
    expect(accepts(model, write(1, 5), read(1, 6))).toBe(false);
  });

  it("has revisions that rise", () => {
    expect(accepts(model, write(1, 5), write(2, 5))).toBe(false);
    expect(accepts(model, write(1, 5), write(2, 4))).toBe(false);
  });

  it("leaves room for the revision of an unknown write, until a read shows it", () => {
    expect(accepts(model, write(1, 5), lost(2), read(2, 8), read(2, 8))).toBe(true);
    expect(accepts(model, write(1, 5), lost(2), read(2, 8), read(2, 9))).toBe(false);
    expect(accepts(model, write(1, 5), lost(2), lost(3), read(3, 6))).toBe(false);
  });
});
