import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { canonical, same } from "../canonical.ts";
import { cellReasons, type Touch } from "../linearizability/explain/cells.ts";
import { type Numbered, numberReasons } from "../linearizability/explain/numbers.ts";
import { exactly } from "../linearizability/explain/registers.ts";
import { illegal, type Model } from "../model.ts";
import { unknownCall } from "./calls.ts";
import { describeCall, labelCall, making } from "./register-words.ts";

const calls = ["read", "write", "cas"];

/** `revision` is the value's; where not `exact`, the least that it can be. */
type Versioned = { readonly value: Json; readonly revision: number; readonly exact: boolean };

/**
 * A register whose every write has a revision: a whole number, higher than all before, by one or by more.
 *
 * - `read` answers the value, and as `revision` that of the write that left it;
 * - `write` and `cas` are a register's, and answer the revision that they made.
 *
 * Answers without a revision do not constrain it. The revision of the initial value is not known, but no less than 0.
 */
export function versionedRegister(options: { initial?: Json } = {}): Model<Versioned, Call, Result> {
  const initial = options.initial ?? null;
  return {
    name: "versioned-register",
    calls,
    init: { value: initial, revision: 0, exact: false },
    step,
    key: (call) => call.key ?? "",
    // A read that answers a revision may settle what was left open.
    readOnly: ({ f }, outcome) =>
      outcome.type === "fail" || (f === "read" && revisionOf(outcome) === undefined),
    fingerprint: canonical,
    describeCall: (call, outcome) => {
      const revision = revisionOf(outcome);
      return `${describeCall(call, outcome)}${revision === undefined ? "" : ` at revision ${revision}`}`;
    },
    labelCall,
    describeState: ({ value, revision, exact }) =>
      `${canonical(value)} at ${exact ? "" : "at least "}${revision}`,
    reasons: [cellReasons({ initial: () => initial, touch, making }), numberReasons("revision", numbered)],
  };
}

const revisionOf = (outcome: Outcome): number | undefined =>
  outcome.type === "ok" ? outcome.output.revision : undefined;

function step(state: Versioned, call: Call, outcome: Outcome): Versioned | typeof illegal {
  switch (call.f) {
    case "read":
      return outcome.type !== "ok" || same(outcome.output.value, state.value)
        ? settle(state, revisionOf(outcome))
        : illegal;
    case "write":
      return outcome.type === "fail" ? illegal : replace(state, call.value ?? null, revisionOf(outcome));
    case "cas": {
      const [from, to] = call.value as readonly [Json, Json];
      if (same(state.value, from))
        return outcome.type === "fail" ? illegal : replace(state, to, revisionOf(outcome));
      return outcome.type === "ok" ? illegal : state;
    }
    default:
      throw unknownCall("versioned-register", calls, call);
  }
}

function settle(state: Versioned, revision: number | undefined): Versioned | typeof illegal {
  if (revision === undefined) return state;
  const possible = state.exact ? revision === state.revision : revision >= state.revision;
  return possible ? { ...state, revision, exact: true } : illegal;
}

function replace(state: Versioned, value: Json, revision: number | undefined): Versioned | typeof illegal {
  if (revision === undefined) return { value, revision: state.revision + 1, exact: false };
  return revision > state.revision ? { value, revision, exact: true } : illegal;
}

/** The value is a cell without a name. */
function touch(call: Call, outcome: Outcome): Touch {
  const cells = [""];
  switch (call.f) {
    case "read":
      return { cells, found: () => (outcome.type === "ok" ? (outcome.output.value ?? null) : undefined) };
    case "write":
      return { cells, after: (_, value) => exactly(call.value ?? null, value) };
    default: {
      const [from, to] = call.value as readonly [Json, Json];
      if (outcome.type === "fail") return { cells, foundNot: () => from };
      return { cells, found: () => from, after: (_, value) => exactly(to, value) };
    }
  }
}

function numbered(call: Call, outcome: Outcome): Numbered | undefined {
  const at = revisionOf(outcome);
  if (at === undefined || outcome.type !== "ok") return undefined;
  if (call.f === "read") return { at, given: false, value: outcome.output.value ?? null };
  const left = call.f === "write" ? call.value : (call.value as readonly Json[])[1];
  return { at, given: true, value: left ?? null };
}
