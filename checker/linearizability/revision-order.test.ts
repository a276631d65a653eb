import { describe, expect, it } from "vitest";
import { operations } from "../../core/history.ts";
import type { Json, Operation } from "../../core/op.ts";
import type { Model } from "../model.ts";
import { models } from "../models/index.ts";
import { expectWitness, forSmallHistories, type Scenario } from "../testing/agreement.ts";
import { bruteForce } from "../testing/brute-force.ts";
import { historyOf, type Line } from "../testing/history-of.ts";
import { answered, mismatched } from "../testing/random-history.ts";
import { checkOperations } from "./check-operations.ts";
import { Budget, unlimited } from "./limits.ts";
import { listOf } from "./operation-list.ts";
import { revisionOrder } from "./revision-order.ts";
import { verifyOrder } from "./verify-order.ts";

const orderOf = (model: Model, history: readonly Operation[]) =>
  revisionOrder(model, listOf(history), new Budget(unlimited));

const order = (...lines: readonly Line[]) => {
  const found = orderOf(models.register(), operations(historyOf(...lines)));
  return found && [...found];
};

describe("the order that revisions give", () => {
  it("puts writes before the reads of their revision, and is legal", () => {
    const found = order(
      [0, "invoke", "write", 1],
      [1, "invoke", "write", 1],
      [2, "invoke", "read"],
      [2, "ok", "read", 1, { revision: 5 }],
      [0, "ok", "write", 1, { revision: 6 }],
      [1, "ok", "write", 1, { revision: 5 }],
    );
    expect(found).toEqual([1, 2, 0]);
  });

  it("puts in an unknown write where a read needs it", () => {
    const found = order(
      [0, "invoke", "write", 7],
      [0, "info", "write"],
      [1, "invoke", "write", 1],
      [1, "ok", "write", 1, { revision: 3 }],
      [2, "invoke", "read"],
      [2, "ok", "read", 7, { modRevision: 4 }],
    );
    expect(found).toEqual([1, 0, 2]);
  });

  it("inserts operations without a revision where they fit", () => {
    const found = order(
      [0, "invoke", "write", 1],
      [1, "invoke", "write", 2],
      [2, "invoke", "cas", [1, 9]],
      [3, "invoke", "read"],
      [0, "ok", "write", 1, { revision: 3 }],
      [1, "ok", "write", 2, { revision: 4 }],
      [2, "fail", "cas", [1, 9], { error: "mismatch" }],
      [3, "ok", "read", 1],
    );
    expect(found).toEqual([2, 0, 3, 1]);
  });

  it("proves nothing where it is against real time, or a change has no revision", () => {
    const against = order(
      [0, "invoke", "write", 1],
      [0, "ok", "write", 1, { revision: 9 }],
      [1, "invoke", "write", 2],
      [1, "ok", "write", 2, { revision: 8 }],
    );
    expect(against).toBeUndefined();
    expect(order([0, "invoke", "write", 1], [0, "ok", "write", 1])).toBeUndefined();
  });
});

/** A register that counts revisions in addition to the value. A wrong answer lies about them, too. */
function withRevisions(): Scenario<{ value: Json; revision: number }> {
  const register = models.register({ initial: 0 });
  return {
    model: {
      ...register,
      init: { value: 0, revision: 0 },
      step(state, call, outcome) {
        const next = register.step(state.value, call, outcome);
        if (typeof next === "symbol") return next;
        return call.f === "read" || outcome.type === "fail"
          ? state
          : { value: next, revision: state.revision + 1 };
      },
    } as Scenario<{ value: Json; revision: number }>["model"],
    call: (random) => {
      const f = random.pick(["read", "write", "write", "cas"]);
      if (f === "read") return { f };
      return {
        f,
        value: f === "write" ? random.integer(0, 2) : [random.integer(0, 2), random.integer(0, 2)],
      };
    },
    answer({ value, revision }, call) {
      if (call.f === "read") return answered(value, revision);
      const matches = call.f === "write" || (call.value as readonly Json[])[0] === value;
      return matches ? answered(undefined, revision + 1) : mismatched;
    },
    otherAnswer: (random, { call }) =>
      answered(call.f === "read" ? random.integer(0, 2) : undefined, random.integer(0, 5)),
  };
}

describe("revisions change no verdict", () => {
  it.each(["register", "versioned-register"] as const)("of the %s, true ones and lies", (name) => {
    const model = models[name]({ initial: 0 }) as Model<unknown>;
    let found = 0;
    forSmallHistories(withRevisions(), (history) => {
      const expected = bruteForce(model, history);
      const ordered = orderOf(model as Model, history);
      if (ordered !== undefined) {
        found++;
        if (!expected) throw new Error("an order is found for an illegal history");
        if (!verifyOrder(model, history, ordered))
          throw new Error("the order that revisions give is not legal");
      }
      const { kind } = checkOperations(model as Model, history);
      if ((kind === "valid") !== expected) throw new Error(`the checker says ${kind}`);
      expectWitness(model, history, expected ? "valid" : "invalid");
    });
    expect(found).toBeGreaterThan(0);
  });
});
