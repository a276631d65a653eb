import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { cutMiddle, showValue } from "../../core/wording.ts";
import { canonical, same } from "../canonical.ts";
import { cellReasons, type Touch } from "../linearizability/explain/cells.ts";
import { placed } from "../linearizability/explain/describe-call.ts";
import type { Claim } from "../linearizability/explain/reason.ts";
import { exactly } from "../linearizability/explain/registers.ts";
import { illegal, type Model } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { anObject, type Members, member } from "./initial.ts";
import { describeCall as describeRegister, labelCall as labelRegister } from "./register-words.ts";

const calls = ["read", "write", "cas", "list", "txn"];

/**
 * Registers in groups, all absent at first: those whose keys are the same but for the last `digits` characters. Groups are
 * judged apart.
 *
 * - `read`, `write` and `cas` of a key are those of a register;
 * - `list` of a group, named by what its keys have in common, answers an object with the value of each key that is there;
 * - `txn` of a group writes the values of the object that it takes, by key, at one instant.
 */
export function groupedRegisters({ digits }: { readonly digits: number }): Model<Members, Call, Result> {
  return {
    name: "grouped-registers",
    calls,
    init: {},
    step,
    key: ({ f, key = "" }) => (isWhole(f) ? key : key.slice(0, key.length - digits)),
    readOnly: ({ f }, outcome) => f === "read" || f === "list" || outcome.type === "fail",
    fingerprint: canonical,
    describeCall,
    labelCall: (call, outcome) => (isWhole(call.f) ? call.f : labelRegister(call, outcome)),
    describeState: canonical,
    reasons: [cellReasons({ initial: () => null, touch, making })],
  };
}

/** Whether the call is about a group. */
const isWhole = (f: string): boolean => f === "list" || f === "txn";

function step(state: Members, call: Call, outcome: Outcome): Members | typeof illegal {
  const { f, key = "", value = null } = call;
  switch (f) {
    case "read":
      return outcome.type !== "ok" || same(answerOf(outcome), held(state, key)) ? state : illegal;
    case "write":
      return outcome.type === "fail" ? state : { ...state, [key]: value };
    case "cas": {
      const [from, to] = pairOf(value);
      const matches = same(held(state, key), from);
      if (outcome.type === "ok") return matches ? { ...state, [key]: to } : illegal;
      if (outcome.type === "fail") return matches ? illegal : state;
      return matches ? { ...state, [key]: to } : state;
    }
    case "list":
      return outcome.type !== "ok" || same(membersOf(answerOf(outcome)), state) ? state : illegal;
    case "txn":
      return outcome.type === "fail" ? state : { ...state, ...membersOf(value) };
    default:
      throw unknownCall("group of registers", calls, call);
  }
}

const held = (state: Members, key: string): Json => member(state, key) ?? null;

function membersOf(value: Json | undefined): Members {
  if (value === undefined || !anObject.is(value)) throw badValue("values by key are an object", value);
  return value;
}

function pairOf(value: Json): readonly [from: Json, to: Json] {
  if (!Array.isArray(value) || value.length !== 2) throw badValue("a cas takes [from, to]", value);
  return [value[0] ?? null, value[1] ?? null];
}

function describeCall(call: Call, outcome: Outcome): string {
  const isKnown = outcome.type === "ok";
  switch (call.f) {
    case "list":
      return isKnown
        ? `listed ${showValue(answerOf(outcome))}${placed(call, "under")}`
        : `tried to list the keys${placed(call, "under")}`;
    case "txn":
      return `${isKnown ? "wrote" : "tried to write"} ${showValue(call.value ?? null)} at once`;
    default:
      return describeRegister(call, outcome);
  }
}

const making = ({ cell, value }: Claim): string => `wrote ${showValue(value)} to ${cutMiddle(cell)}`;

/** Each register is a cell. */
function touch(call: Call, outcome: Outcome): Touch {
  const { f, key = "", value = null } = call;
  const answer = answerOf(outcome);
  const only = (found: Json) => (cell: string) => (cell === key ? found : undefined);
  switch (f) {
    case "read":
      return answer === undefined ? { cells: [key] } : { cells: [key], found: only(answer) };
    case "cas": {
      const [from, to] = pairOf(value);
      if (outcome.type === "fail")
        return { cells: [key], foundNot: (cell) => (cell === key ? from : undefined) };
      const after = (_: string, left: Json) => exactly(to, left);
      if (outcome.type === "ok") return { cells: [key], found: only(from), after };
      return {
        cells: [key],
        after: (_, left) =>
          same(left, to) ? "perhaps-this" : same(left, from) ? "perhaps-other" : "as-before",
      };
    }
    case "list": {
      const members = answer === undefined ? {} : membersOf(answer);
      return {
        cells: Object.keys(members),
        ...(answer !== undefined && { found: (cell: string) => held(members, cell) }),
      };
    }
    default: {
      const left = f === "write" ? { [key]: value } : membersOf(value);
      return {
        cells: Object.keys(left),
        after: (cell, held) =>
          Object.hasOwn(left, cell) ? exactly(member(left, cell) ?? null, held) : "as-before",
      };
    }
  }
}
