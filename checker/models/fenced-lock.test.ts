import { describe, expect, it } from "vitest";
import { same } from "../canonical.ts";
import { accepts, unanswered } from "../testing/accepts.ts";
import { expectAgreement, type Scenario } from "../testing/agreement.ts";
import { expectKeysApart } from "../testing/key-agreement.ts";
import { answered, mismatched } from "../testing/random-history.ts";
import { expectTrueReasons, oracleOf } from "../testing/true-reasons.ts";
import { fencedLock } from "./fenced-lock.ts";

const model = fencedLock();

const scenario: Scenario<typeof model.init> = {
  model,
  call: (random) => ({ f: random.pick(["acquire", "acquire", "release"]), value: random.pick(["a", "b"]) }),
  answer({ holder, token }, { f, value }) {
    if (f === "acquire") return holder === null ? answered(Number(token) + 1) : mismatched;
    return holder === value ? answered() : mismatched;
  },
  otherAnswer(random, { call }) {
    if (random.chance(0.4)) return mismatched;
    return call.f === "acquire" ? answered(random.pick([null, 1, 2, 3])) : answered();
  },
};

const acquire = (value: string, token: number) => [{ f: "acquire", value }, answered(token)] as const;
const release = (value: string) => [{ f: "release", value }, answered()] as const;

describe("the fenced lock", () => {
  it("is judged as brute force judges it", () => {
    expectAgreement(scenario);
  });

  it("gives reasons that are true", () => {
    expectTrueReasons(
      scenario,
      oracleOf(scenario, (state, { value, holds }) => same(state.holder, value) === holds),
    );
  });

  it("is judged so key by key and whole", () => {
    expectKeysApart(scenario);
  });

  it("gives tokens that rise, by one or by more", () => {
    expect(accepts(model, acquire("a", 3), release("a"), acquire("b", 9))).toBe(true);
    expect(accepts(model, acquire("a", 3), release("a"), acquire("b", 3))).toBe(false);
    expect(accepts(model, acquire("a", 3), release("a"), acquire("a", 2))).toBe(false);
  });

  it("is held by one at a time", () => {
    expect(accepts(model, acquire("a", 1), acquire("b", 2))).toBe(false);
    expect(accepts(model, acquire("a", 1), release("b"))).toBe(false);
  });

  it("keeps a token free for an acquire whose answer is unknown", () => {
    const lost = [{ f: "acquire", value: "b" }, unanswered] as const;
    const taken = [acquire("a", 1), release("a"), lost, release("b")] as const;
    expect(accepts(model, ...taken, acquire("a", 3))).toBe(true);
    expect(accepts(model, ...taken, acquire("a", 2))).toBe(false);
  });
});
