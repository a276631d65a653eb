import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { canonical } from "../canonical.ts";
import { illegal, type Model } from "../model.ts";
import { register } from "./register.ts";

/** The value, or while nothing has shown it, the values (as canonical JSON) that it has been seen not to be. */
type Unknown = { readonly value: Json } | { readonly not: readonly string[] };

/**
 * A register with an unknown initial value: a history is one of it exactly when some initial value makes it
 * a register's. The first operation that sees the value settles it; a comparison that failed only says what it is not.
 *
 * A CAS with an unknown outcome is taken to match: if it did not, it had no effect, and may as well be left out.
 */
export function unknownRegister(): Model<Unknown, Call, Result> {
  const known = register();
  return {
    name: known.name,
    calls: known.calls,
    init: { not: [] },
    step(state, call, outcome) {
      if ("not" in state) return settle(state.not, call, outcome);
      const next = known.step(state.value, call, outcome);
      return next === illegal ? illegal : { value: next };
    },
    key: (call) => call.key ?? "",
    readOnly: ({ f }, outcome) => f === "read" && outcome.type !== "ok",
    overwrites: ({ f }, outcome) => f === "write" && outcome.type !== "fail",
    fingerprint: canonical,
    describeState: (state) => ("not" in state ? "an unknown value" : canonical(state.value)),
  };
}

function settle(not: readonly string[], call: Call, outcome: Outcome): Unknown | typeof illegal {
  if (call.f === "write") return outcome.type === "fail" ? { not } : { value: call.value ?? null };
  if (call.f === "read") {
    if (outcome.type !== "ok") return { not };
    const value = outcome.output.value ?? null;
    return not.includes(canonical(value)) ? illegal : { value };
  }
  const [from = null, to = null] = call.value as readonly Json[];
  const seen = canonical(from);
  if (outcome.type === "fail") return { not: [...new Set([...not, seen])].sort() };
  if (!not.includes(seen)) return { value: to };
  return outcome.type === "ok" ? illegal : { not };
}
