import { describe, expect, it } from "vitest";
import { illegal, type Model } from "../../model.ts";
import type { Scenario } from "../../testing/agreement.ts";
import { answered } from "../../testing/random-history.ts";
import { expectTrueReasons, oracleOf } from "../../testing/true-reasons.ts";
import { Budget, unlimited } from "../limits.ts";
import { listOf } from "../operation-list.ts";
import { cellReasons } from "./cells.ts";
import { explain } from "./explain.ts";
import { exactly } from "./registers.ts";

/** The model of docs/adding-a-model.md. */
const flag: Model<boolean> = {
  name: "flag",
  calls: ["raise", "read"],
  init: false,
  step(state, call, outcome) {
    if (call.f === "raise") return outcome.type === "fail" ? illegal : true;
    return outcome.type !== "ok" || outcome.output.value === state ? state : illegal;
  },
  describeCall: ({ f }, outcome) => {
    if (f === "raise") return outcome.type === "ok" ? "raised the flag" : "tried to raise the flag";
    return outcome.type === "ok"
      ? `saw that the flag was ${outcome.output.value ? "up" : "down"}`
      : "tried to look";
  },
  describeState: (isUp) => (isUp ? "up" : "down"),
  reasons: [
    cellReasons({
      initial: () => false,
      touch: ({ f }, outcome) => ({
        cells: [""],
        ...(f === "raise"
          ? { after: (_, value) => exactly(true, value) }
          : { found: () => (outcome.type === "ok" ? (outcome.output.value ?? null) : undefined) }),
      }),
      making: ({ value }) => (value === true ? "raised the flag" : "took the flag down"),
    }),
  ],
};

const scenario: Scenario<boolean> = {
  model: flag,
  call: (random) => ({ f: random.pick(["raise", "read", "read"]) }),
  answer: (state, { f }) => (f === "read" ? answered(state) : answered()),
  otherAnswer: (_, { outcome }) => answered(outcome.type === "ok" && outcome.output.value === false),
};

describe("a model of one's own", () => {
  it("gives reasons that are true, from what it says of its cells", () => {
    expectTrueReasons(
      scenario,
      oracleOf(scenario, (isUp, { value, holds }) => (isUp === value) === holds),
    );
  });

  it("speaks in its own words", () => {
    const operation = (process: number, f: string, at: number, value?: boolean) => ({
      process,
      call: { f },
      outcome: answered(value),
      invokedAt: (at * 1e6) as never,
      completedAt: ((at + 1) * 1e6) as never,
      callIndex: 2 * at,
      returnIndex: 2 * at + 2,
    });
    const history = [operation(1, "raise", 2), operation(2, "read", 6, false)];
    const { summary } = explain(flag as Model, listOf(history), 1, new Budget(unlimited));
    expect(summary).toBe(
      "process 2 saw that the flag was down at 0.006 s, but process 1 raised the flag, acknowledged 3.0 ms earlier, and nothing took the flag down in between",
    );
  });
});
