import { describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import type { Json } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { same } from "../canonical.ts";
import { accepts, unanswered } from "../testing/accepts.ts";
import { expectAgreement, type Scenario, smallValue } from "../testing/agreement.ts";
import { answered } from "../testing/random-history.ts";
import { expectTrueReasons, oracleOf } from "../testing/true-reasons.ts";
import { type Members, member } from "./initial.ts";
import { multiRegister } from "./multi-register.ts";

const model = multiRegister({ initial: { x: 0, y: 0 } });

const part = (random: Random): Json => {
  const name = random.pick(["x", "y", "z"]);
  return random.chance(0.5) ? ["read", name, null] : ["write", name, smallValue(random)];
};

const fill = (parts: readonly Json[], value: (name: string, at: number) => Json): Json =>
  parts.map((one, at) => {
    const [f, name] = one as readonly [string, string];
    return f === "read" ? [f, name, value(name, at)] : one;
  });

const scenario: Scenario<Members> = {
  model,
  call: (random) => ({ f: "txn", value: Array.from({ length: random.integer(1, 3) }, () => part(random)) }),
  answer(state, { value }) {
    const parts = value as readonly (readonly [string, string, Json])[];
    const read = (name: string, at: number) =>
      parts.slice(0, at).findLast(([f, other]) => f === "write" && other === name)?.[2] ??
      state[name] ??
      null;
    return answered(fill(parts, read));
  },
  otherAnswer: (random, { call }) => answered(fill(call.value as readonly Json[], () => smallValue(random))),
};

const txn = (...parts: Json[]) => [{ f: "txn", value: parts }, answered(parts)] as const;

describe("the multi-register", () => {
  it("is judged as brute force judges it", () => {
    expectAgreement(scenario);
  });

  it("gives reasons that are true", () => {
    expectTrueReasons(
      scenario,
      oracleOf(scenario, (state, { cell, value, holds }) => same(member(state, cell), value) === holds),
    );
  });

  it("takes a transaction's steps in order, at one instant", () => {
    expect(accepts(model, txn(["read", "x", 0], ["write", "x", 1], ["read", "x", 1]))).toBe(true);
    expect(accepts(model, txn(["write", "x", 1]), txn(["read", "x", 1], ["read", "y", 0]))).toBe(true);
    expect(accepts(model, txn(["write", "x", 1], ["read", "x", 0]))).toBe(false);
  });

  it("reads null from a register that nobody wrote, and from no other", () => {
    expect(accepts(model, txn(["read", "z", null], ["read", "toString", null]))).toBe(true);
    expect(accepts(model, txn(["read", "x", null]))).toBe(false);
  });

  it("lets an unknown transaction take effect as a whole", () => {
    const unknown = [
      {
        f: "txn",
        value: [
          ["write", "x", 1],
          ["write", "y", 1],
        ],
      },
      unanswered,
    ] as const;
    expect(accepts(model, unknown, txn(["read", "x", 1], ["read", "y", 1]))).toBe(true);
    expect(accepts(model, unknown, txn(["read", "x", 1], ["read", "y", 0]))).toBe(false);
  });

  it("refuses an initial state that is not an object", () => {
    expect(() => multiRegister({ initial: 0 })).toThrow(UsageError);
  });
});
