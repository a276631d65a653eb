import { describe, expect, it } from "vitest";
import type { Json, Operation } from "../../core/op.ts";
import { same } from "../canonical.ts";
import { accepts, unanswered } from "../testing/accepts.ts";
import { expectAgreement, type Scenario } from "../testing/agreement.ts";
import { expectKeysApart } from "../testing/key-agreement.ts";
import { answered } from "../testing/random-history.ts";
import { expectTrueReasons, type Oracle } from "../testing/true-reasons.ts";
import { fifoQueue } from "./fifo-queue.ts";

const scenario: Scenario<readonly Json[]> = {
  model: fifoQueue(),
  call: (random) => (random.chance(0.5) ? { f: "dequeue" } : { f: "enqueue", value: random.integer(1, 3) }),
  answer: (state, { f }) => (f === "dequeue" ? answered(state[0] ?? null) : answered()),
  otherAnswer: (random) => answered(random.pick([null, 1, 2, 3])),
};

/** A claim is that a value is in the queue: true as often as it was put in and not taken. */
const oracle: Oracle = {
  atFirst: () => false,
  mayMake: ({ call }, { value }) => call.f === "enqueue" && same(call.value, value),
  needs: (operation, { value }) => isTaken(operation, value),
  ends: (operation, { value }) => isTaken(operation, value),
};

const isTaken = ({ call, outcome }: Operation, value: Json): boolean =>
  call.f === "dequeue" && outcome.type === "ok" && same(outcome.output.value, value);

const enqueue = (value: Json) => [{ f: "enqueue", value }, answered()] as const;
const dequeue = (value: Json) => [{ f: "dequeue" }, answered(value)] as const;

describe("the FIFO queue", () => {
  it("is judged as brute force judges it", () => {
    expectAgreement(scenario);
  });

  it("gives reasons that are true", () => {
    expectTrueReasons(scenario, oracle);
  });

  it("is judged so key by key and whole", () => {
    expectKeysApart(scenario);
  });

  it("gives back in the order in which it took, and null when empty", () => {
    const model = fifoQueue({ initial: [1] });
    expect(accepts(model, enqueue(2), dequeue(1), dequeue(2), dequeue(null))).toBe(true);
    expect(accepts(model, enqueue(2), dequeue(2))).toBe(false);
    expect(accepts(model, dequeue(null))).toBe(false);
  });

  it("loses the head to a dequeue whose answer is unknown", () => {
    const lost = [{ f: "dequeue" }, unanswered] as const;
    expect(accepts(fifoQueue(), enqueue(1), enqueue(2), lost, dequeue(2))).toBe(true);
    expect(accepts(fifoQueue(), lost, dequeue(null))).toBe(true);
  });
});
