import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { canonical, same } from "../canonical.ts";
import { registerReasons } from "../linearizability/explain/registers.ts";
import { illegal, type Model, type RegisterAccess } from "../model.ts";
import { unknownCall } from "./calls.ts";
import { describeCall, labelCall, making } from "./register-words.ts";

const calls = ["read", "write", "cas", "delete"];

/**
 * One value a key, absent at first (`initial`, null by default):
 *
 * - `read` answers the value;
 * - `write` replaces it by the call's value;
 * - `cas` with `[from, to]` replaces `from` by `to` (`ok`), or observed that the value was not `from` (`mismatch`);
 * - `delete` leaves null, which stands for no value. It answers whether there was a value (true, false), or nothing.
 */
export function register(options: { initial?: Json } = {}): Model<Json, Call, Result> {
  const init = options.initial ?? null;
  return {
    name: "register",
    calls,
    init,
    step: stepRegister,
    key: (call) => call.key ?? "",
    readOnly: (call, outcome) =>
      call.f === "read" || outcome.type === "fail" || (call.f === "delete" && foundValue(outcome) === false),
    overwrites: ({ f }, outcome) =>
      outcome.type !== "fail" && (f === "write" || (f === "delete" && foundValue(outcome) === undefined)),
    register: access,
    fingerprint: canonical,
    describeCall,
    labelCall,
    describeState: canonical,
    reasons: [registerReasons(init, access, making)],
  };
}

function stepRegister(state: Json, call: Call, outcome: Outcome): Json | typeof illegal {
  switch (call.f) {
    case "read":
      return outcome.type !== "ok" || same(outcome.output.value, state) ? state : illegal;
    case "write":
      return outcome.type === "fail" ? state : (call.value ?? null);
    case "cas":
      return stepCas(state, casValues(call), outcome);
    case "delete":
      return stepDelete(state, outcome);
    default:
      throw unknownCall("register", calls, call);
  }
}

function stepCas(state: Json, [from, to]: readonly [Json, Json], outcome: Outcome): Json | typeof illegal {
  const matches = same(state, from);
  if (outcome.type === "ok") return matches ? to : illegal;
  if (outcome.type === "fail") return matches ? illegal : state;
  return matches ? to : state;
}

function stepDelete(state: Json, outcome: Outcome): Json | typeof illegal {
  if (outcome.type === "fail") return state;
  const found = foundValue(outcome);
  return found === undefined || found === (state !== null) ? null : illegal;
}

/** Whether a delete found a value to remove; undefined where its answer does not say. */
function foundValue(outcome: Outcome): boolean | undefined {
  const answer = outcome.type === "ok" ? outcome.output.value : undefined;
  return typeof answer === "boolean" ? answer : undefined;
}

function access(call: Call, outcome: Outcome): RegisterAccess {
  switch (call.f) {
    case "read":
      return { kind: "read", value: (outcome.type === "ok" ? outcome.output.value : undefined) ?? null };
    case "write":
      return { kind: "write", value: call.value ?? null };
    case "delete": {
      const found = foundValue(outcome);
      return { kind: found === undefined ? "write" : found ? "replace" : "read", value: null };
    }
    default: {
      const [from, to] = casValues(call);
      return outcome.type === "fail" ? { kind: "differs", value: from } : { kind: "cas", from, to };
    }
  }
}

/** The `[from, to]` of a CAS. */
function casValues(call: Call): readonly [from: Json, to: Json] {
  const pair = call.value;
  if (!Array.isArray(pair) || pair.length !== 2)
    throw new TypeError(`a cas takes [from, to], not ${JSON.stringify(pair)}`);
  return [pair[0] ?? null, pair[1] ?? null];
}
