import type { Call, Json, Operation, Outcome } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { register } from "../models/register.ts";
import { type Scenario, smallValue } from "./agreement.ts";
import { answered, mismatched } from "./random-history.ts";

/** A register whose written values come from `value`, and that is deleted now and then. */
export function registerScenario(
  value: (random: Random) => Json = smallValue,
  initial: Json = 0,
): Scenario<Json> {
  return {
    model: register({ initial }),
    call(random) {
      const f = random.pick(["read", "read", "read", "write", "write", "cas", "cas", "delete"]);
      if (f === "read" || f === "delete") return { f };
      return f === "write" ? { f, value: value(random) } : { f, value: [smallValue(random), value(random)] };
    },
    answer: answerRegister,
    otherAnswer(random, { call }: Operation) {
      if (call.f === "read") return answered(random.chance(0.2) ? null : smallValue(random));
      if (call.f === "delete") return answered(random.pick([true, false, undefined]));
      return call.f === "cas" && random.chance(0.5) ? mismatched : answered();
    },
  };
}

function answerRegister(state: Json, call: Call): Outcome {
  if (call.f === "read") return answered(state);
  if (call.f === "write") return answered();
  if (call.f === "delete") return answered(state !== null);
  const [from] = call.value as readonly Json[];
  return from === state ? answered() : mismatched;
}
