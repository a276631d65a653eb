import { describe, expect, it } from "vitest";
import type { Operation } from "../../../core/op.ts";
import { illegal, type Model } from "../../model.ts";
import { counter } from "../../models/counter.ts";
import { forSmallHistories, propertyRuns, type Scenario } from "../../testing/agreement.ts";
import { answered } from "../../testing/random-history.ts";
import { registerScenario } from "../../testing/register-scenario.ts";
import { Budget, unlimited } from "../limits.ts";
import { reachedStates } from "./reached-states.ts";

/** The states in which `bad` could take effect, by the definition: every legal order of the others is tried. */
function statesByDefinition<S>(model: Model<S>, history: readonly Operation[], bad: Operation): Set<string> {
  const found = new Set<string>();
  const others = history.filter((one) => one !== bad && one.callIndex <= bad.returnIndex);
  const visit = (state: S, rest: readonly Operation[]): boolean => {
    const firstReturn = Math.min(...rest.map(({ returnIndex }) => returnIndex));
    let canEnd = rest.every(({ returnIndex }) => returnIndex > bad.returnIndex);
    for (const [i, { call, outcome, callIndex }] of rest.entries()) {
      const next = callIndex > firstReturn ? illegal : model.step(state, call, outcome);
      if (next !== illegal && visit(next, rest.toSpliced(i, 1))) canEnd = true;
    }
    if (canEnd && rest.every(({ returnIndex }) => returnIndex >= bad.callIndex))
      found.add(JSON.stringify(state));
    return canEnd;
  };
  visit(model.init, others);
  return found;
}

function expectAllStates<S>(scenario: Scenario<S>): void {
  const model = scenario.model;
  forSmallHistories(
    scenario,
    (history) => {
      const culprit = history.findLastIndex(({ outcome }) => outcome.type === "ok");
      const bad = history[culprit];
      if (bad === undefined) return;
      const start = { state: model.init, placed: [] };
      const reached = reachedStates(model, [start], history, culprit, new Budget(unlimited));
      const named = [...reached.states.map(({ state }) => state), ...reached.allowing];
      expect(reached.isComplete).toBe(true);
      expect(new Set(named)).toEqual(statesByDefinition(model, history, bad));
      expect(new Set(named).size).toBe(named.length);
    },
    Math.ceil(propertyRuns / 10),
  );
}

describe("the states that operations leave", () => {
  it("are all that the definition knows, and no others: a register", () => {
    expectAllStates(registerScenario());
  });

  it("are all that the definition knows, and no others: a counter", () => {
    expectAllStates({
      model: counter(),
      call: (random) => (random.chance(0.5) ? { f: "read" } : { f: "add", value: random.pick([-1, 1, 2]) }),
      answer: (state, { f }) => (f === "read" ? answered(state) : answered()),
      otherAnswer: (random) => answered(random.integer(-1, 4)),
    });
  });

  it("are said not to be all where there are too many to list", () => {
    const add = (value: number): Operation => ({
      process: value,
      call: { f: "add", value },
      outcome: { type: "info", error: { code: "timeout", definite: false, message: "" } },
      invokedAt: 0 as Operation["invokedAt"],
      completedAt: 0 as Operation["invokedAt"],
      callIndex: 0,
      returnIndex: Number.POSITIVE_INFINITY,
    });
    const read: Operation = {
      ...add(0),
      call: { f: "read" },
      outcome: answered(-1),
      callIndex: 1,
      returnIndex: 2,
    };
    const operations = [1, 2, 4, 8, 16].map(add).concat(read);
    const start = { state: 0, placed: [] };
    const reached = reachedStates(counter(), [start], operations, 5, new Budget(unlimited));
    expect([reached.states.length, reached.isComplete]).toEqual([16, false]);
  });
});
