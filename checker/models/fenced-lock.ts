import { isExactNumber, wholeJson, wholeNumber } from "../../core/codec/exact-json.ts";
import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { canonical, same } from "../canonical.ts";
import { type Numbered, numberReasons } from "../linearizability/explain/numbers.ts";
import { illegal, type Model } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { asker, describeLockCall, lockReasons } from "./lock-words.ts";

const calls = ["acquire", "release"];

/** `token` is the least that the last one given can be. */
type Lock = { readonly holder: Json; readonly token: number | string };

/**
 * A mutex whose `acquire` answers a fencing token: a whole number above all that were given before, so that what the
 * lock protects can refuse those who held it once. The first is above 0. An answer of null says nothing of the token.
 */
export function fencedLock(options: { initial?: Json } = {}): Model<Lock, Call, Result> {
  const holder = options.initial ?? null;
  return {
    name: "fenced-lock",
    calls,
    init: { holder, token: 0 },
    step,
    key: (call) => call.key ?? "",
    readOnly: (_, outcome) => outcome.type === "fail",
    fingerprint: canonical,
    describeCall: (call, outcome) => {
      const token = tokenOf(call, outcome);
      return `${describeLockCall(call, outcome)}${token === undefined ? "" : ` with token ${token.at}`}`;
    },
    describeState: ({ holder, token }) =>
      `${holder === null ? "free" : `held by ${canonical(holder)}`}, tokens given up to ${token}`,
    reasons: [lockReasons(holder), numberReasons("token", tokenOf)],
  };
}

function step(state: Lock, call: Call, outcome: Outcome): Lock | typeof illegal {
  const asks = asker(call);
  switch (call.f) {
    case "acquire":
      if (state.holder === null) return outcome.type === "fail" ? illegal : give(state, asks, outcome);
      break;
    case "release":
      if (same(state.holder, asks)) return outcome.type === "fail" ? illegal : { ...state, holder: null };
      break;
    default:
      throw unknownCall("fenced-lock", calls, call);
  }
  return outcome.type === "ok" ? illegal : state;
}

function give(state: Lock, holder: Json, outcome: Outcome): Lock | typeof illegal {
  const token = answerOf(outcome) ?? null;
  if (token === null) return { holder, token: wholeJson(whole(state.token) + 1n) };
  if (!isExactNumber(token)) throw badValue("an acquire answers its token, a number", token);
  return whole(token) > whole(state.token) ? { holder, token } : illegal;
}

function whole(token: number | string): bigint {
  const value = wholeNumber(token);
  if (value === undefined) throw badValue("a token is a whole number", token);
  return value;
}

function tokenOf({ f }: Call, outcome: Outcome): Numbered | undefined {
  const token = f === "acquire" ? answerOf(outcome) : undefined;
  return typeof token === "number" ? { at: token, given: true } : undefined;
}
