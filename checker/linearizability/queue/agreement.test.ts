import { describe, expect, it } from "vitest";
import type { Json, Operation, Outcome } from "../../../core/op.ts";
import type { Model } from "../../model.ts";
import { fifoQueue } from "../../models/fifo-queue.ts";
import { expectAgreement, forSmallHistories, type Scenario } from "../../testing/agreement.ts";
import { bruteForce } from "../../testing/brute-force.ts";
import { answered } from "../../testing/random-history.ts";
import { checkOperations } from "../check-operations.ts";
import { Budget, unlimited } from "../limits.ts";
import { listOf } from "../operation-list.ts";
import { verifyOrder } from "../verify-order.ts";
import type { QueueModel } from "./items.ts";
import { decideQueue } from "./unique.ts";

/** A queue into which values are put once, as a rule; two are there from the first. */
function scenario(): Scenario<readonly Json[]> {
  let last = 0;
  return {
    model: fifoQueue({ initial: [10, 11] }),
    call: (random) => (random.chance(0.55) ? { f: "dequeue" } : { f: "enqueue", value: 1 + (last++ % 7) }),
    answer: (state, { f }) => (f === "dequeue" ? answered(state[0] ?? null) : answered()),
    otherAnswer: (random) => answered(random.pick([null, 1, 2, 3, 4, 5, 6, 7, 10, 11])),
  };
}

const notYet: Outcome = { type: "info", error: { code: "timeout", definite: false, message: "not yet" } };

/** What was known when the operations at `returned` had returned: of the others called before `end`, nothing. */
const knownAt = (history: readonly Operation[], end: number, returned: ReadonlySet<number>): Operation[] =>
  history.flatMap((operation, i) => {
    if (operation.callIndex > end) return [];
    if (returned.has(i)) return [operation];
    return [{ ...operation, outcome: notYet, returnIndex: Number.POSITIVE_INFINITY }];
  });

/** The same where the others are left out or, some time, answer what they will: every such history. */
function foreseenAt(
  history: readonly Operation[],
  end: number,
  returned: ReadonlySet<number>,
): Operation[][] {
  let all: Operation[][] = [[]];
  for (const [i, operation] of history.entries()) {
    if (operation.callIndex > end) continue;
    const open = { ...operation, returnIndex: Number.POSITIVE_INFINITY };
    all = returned.has(i)
      ? all.map((some) => [...some, operation])
      : all.flatMap((some) => [some, [...some, open]]);
  }
  return all;
}

describe("a queue into which values are put once", () => {
  it("is judged as brute force judges it, with a witness", () => {
    expectAgreement(scenario());
  });

  it("is decided without search where every dequeue is answered, and never wrongly", () => {
    const model = fifoQueue({ initial: [10, 11] }) as unknown as Model & QueueModel;
    const seen = { ordered: 0, contradiction: 0, undecided: 0 };
    forSmallHistories(scenario(), (history) => {
      const expected = bruteForce(model, history);
      const result = decideQueue(model, listOf(history), new Budget(unlimited));
      seen[result.kind]++;
      if (result.kind === "ordered" && !verifyOrder(model, history, result.order))
        throw new Error("the order is not legal");
      if (result.kind === "contradiction" && expected) throw new Error("a contradiction of a legal history");
      const isOpen = history.some(({ call, outcome }) => call.f === "dequeue" && outcome.type === "info");
      const values = history.filter(({ call }) => call.f === "enqueue").map(({ call }) => call.value);
      if (result.kind === "undecided" && !isOpen && new Set(values).size === values.length)
        throw new Error(`undecided, though every dequeue was answered: ${expected}`);
    });
    expect(seen.ordered).toBeGreaterThan(seen.undecided);
    expect(seen.contradiction).toBeGreaterThan(seen.undecided);
  });

  it("blames the first operation that cannot be placed", () => {
    const { model } = scenario();
    forSmallHistories(scenario(), (history) => {
      const judgement = checkOperations(model as Model, history);
      if (judgement.kind !== "invalid") return;
      const culprit = history[judgement.culprit] as Operation;
      const past = new Set(
        history.flatMap(({ returnIndex }, i) =>
          returnIndex < culprit.returnIndex || (returnIndex === culprit.returnIndex && i < judgement.culprit)
            ? [i]
            : [],
        ),
      );
      if (!bruteForce(model, knownAt(history, culprit.returnIndex, past)))
        throw new Error("an operation before the culprit cannot be placed");
      past.add(judgement.culprit);
      if (foreseenAt(history, culprit.returnIndex, past).some((foreseen) => bruteForce(model, foreseen)))
        throw new Error("the culprit can be placed");
    });
  });
});
