import { describe, expect, it } from "vitest";
import type { Json } from "../../core/op.ts";
import { checkOperations } from "../linearizability/check-operations.ts";
import { accepts, unanswered } from "../testing/accepts.ts";
import { forSmallHistories, propertyRuns, type Scenario } from "../testing/agreement.ts";
import { bruteForce } from "../testing/brute-force.ts";
import { answered, mismatched } from "../testing/random-history.ts";
import { modelOf } from "./index.ts";
import { multiRegister, unknownMultiRegister } from "./multi-register.ts";
import { register } from "./register.ts";
import { unknownRegister } from "./unknown-register.ts";

const values = [0, 1, 2];
/** No history holds it: what nobody saw may have been anything. */
const other = "something else";

const scenario = (initial: Json): Scenario<Json> => ({
  model: register({ initial }),
  call: (random) =>
    random.pick([
      { f: "read" },
      { f: "write", value: random.pick(values) },
      { f: "cas", value: [random.pick(values), random.pick(values)] },
    ]),
  answer: (state, { f, value }) => {
    if (f === "read") return answered(state);
    return f === "write" || (value as Json[])[0] === state ? answered() : mismatched;
  },
  otherAnswer: (random, { call }) =>
    call.f === "read" ? answered(random.pick([...values, null])) : random.pick([answered(), mismatched]),
});

describe("a register whose initial value is unknown", () => {
  it.each([0, 1, null])("is judged as brute force with any initial value: %s", (initial) => {
    forSmallHistories(
      scenario(initial),
      (history) => {
        const expected = [...values, null, other].some((value) =>
          bruteForce(register({ initial: value }), history),
        );
        const got = checkOperations(unknownRegister(), history).kind;
        if ((got === "valid") !== expected) throw new Error(`it is ${got}, by the definition ${expected}`);
      },
      Math.ceil(propertyRuns / 3),
    );
  });

  it("is settled by the first that sees it, and not by what is unanswered", () => {
    const read = (value: Json) => [{ f: "read" }, answered(value)] as const;
    const model = unknownRegister();
    expect(accepts(model, [{ f: "read" }, unanswered], read(7), read(7))).toBe(true);
    expect(accepts(model, read(7), read(8))).toBe(false);
    expect(accepts(model, [{ f: "cas", value: [7, 8] }, mismatched], read(7))).toBe(false);
  });
});

const txn = (...parts: Json[]) => ({ f: "txn", value: parts });
const asked = (...parts: Json[]) =>
  txn(
    ...parts.map((part) => ((part as Json[])[0] === "r" ? ["r", (part as Json[])[1] ?? null, null] : part)),
  );

const transactions = (initial: Record<string, Json>): Scenario<Readonly<Record<string, Json>>> => ({
  model: multiRegister({ initial }),
  call: (random) => {
    const part = (): Json =>
      random.chance(0.5)
        ? ["r", random.pick(["x", "y"]), null]
        : ["w", random.pick(["x", "y"]), random.pick(values)];
    return txn(...Array.from({ length: random.integer(1, 2) }, part));
  },
  answer: (state, { value }) => {
    const now = { ...state };
    return answered(
      (value as Json[][]).map(([f = null, name = null, content = null]) => {
        if (f === "w") now[String(name)] = content;
        return f === "w" ? [f, name, content] : [f, name, now[String(name)] ?? null];
      }),
    );
  },
  otherAnswer: (random, { call }) =>
    answered(
      (call.value as Json[][]).map(([f = null, name = null, content = null]) =>
        f === "w" ? [f, name, content] : [f, name, random.pick([...values, null])],
      ),
    ),
});

describe("registers whose initial values are unknown", () => {
  it("are judged as brute force with any initial values", () => {
    const possible = [...values, null];
    forSmallHistories(
      transactions({ x: 1, y: 2 }),
      (history) => {
        const expected = possible.some((x) =>
          possible.some((y) => bruteForce(multiRegister({ initial: { x, y } }), history)),
        );
        const got = checkOperations(unknownMultiRegister(), history).kind;
        if ((got === "valid") !== expected) throw new Error(`it is ${got}, by the definition ${expected}`);
      },
      Math.ceil(propertyRuns / 3),
    );
  });

  it("hold what the first transaction reads", () => {
    const model = unknownMultiRegister();
    const read = (value: Json) => [asked(["r", "x", null]), answered([["r", "x", value]])] as const;
    expect(accepts(model, read(5), read(5))).toBe(true);
    expect(accepts(model, read(5), read(null))).toBe(false);
  });
});

describe("an unknown initial state", () => {
  it("is possible for registers, and refused with the reason elsewhere", () => {
    expect(modelOf("cas-register", { initialUnknown: true }).name).toBe("register");
    expect(modelOf("multi-register", { initialUnknown: true }).name).toBe("multi-register");
    expect(() => modelOf("set", { initialUnknown: true })).toThrow(
      /the initial state of a set cannot be unknown: give it with --initial/,
    );
  });
});
