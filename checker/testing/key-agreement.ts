import { checkOperations } from "../linearizability/check-operations.ts";
import { whole } from "../linearizability/whole.ts";
import type { Model } from "../model.ts";
import { forSmallHistories, propertyRuns, type Scenario } from "./agreement.ts";
import { bruteForce } from "./brute-force.ts";

/**
 * The promise `key` holds: small random histories on two keys are linearizable as a whole, by the definition, exactly
 * when the part on every key is. `scenario` is of one key.
 */
export function expectKeysApart<S>(scenario: Scenario<S>, runs = Math.ceil(propertyRuns / 10)): void {
  const { model } = scenario;
  const all = whole(model);
  const twoKeys: Scenario<Readonly<Record<string, S>>> = {
    model: all,
    call: (random) => ({ ...scenario.call(random), key: random.pick(["a", "b"]) }),
    answer: (state, call) => scenario.answer(state[call.key ?? ""] ?? model.init, call),
    otherAnswer: scenario.otherAnswer,
  };
  forSmallHistories(
    twoKeys,
    (history) => {
      const expected = bruteForce(all, history);
      const apart = ["a", "b"].every((key) =>
        isValid(
          model,
          history.filter(({ call }) => call.key === key),
        ),
      );
      if (apart !== expected) throw new Error(`key by key it is ${apart}, by the definition ${expected}`);
      if (isValid(all, history) !== expected) throw new Error(`whole it is not ${expected}`);
    },
    runs,
  );
}

const isValid = <S>(model: Model<S>, history: Parameters<typeof checkOperations>[1]): boolean =>
  checkOperations(model, history).kind === "valid";
