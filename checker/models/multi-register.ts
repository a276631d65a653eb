import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { canonical, same } from "../canonical.ts";
import { illegal, type Model } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { anObject, initialOf, type Members, member } from "./initial.ts";

/**
 * Several registers, as in `initial` at first and absent otherwise, with one call: `txn`, a list of
 * `["read", name, value]` and `["write", name, value]` that take effect at one instant, in their order. In the answer
 * the values of reads are filled in; null was read from a register that nobody wrote.
 */
export const multiRegister = (options: { initial?: Json } = {}): Model<Members, Call, Result> =>
  registers(initialOf("multi-register", options.initial, {}, anObject), false);

/** The same where nobody knows what the registers hold at first: each holds what the first transaction reads from it. */
export const unknownMultiRegister = (): Model<Members, Call, Result> => registers({}, true);

function registers(init: Members, initialUnknown: boolean): Model<Members, Call, Result> {
  return {
    name: "multi-register",
    calls: ["txn"],
    init,
    step: (state, call, outcome) => step(state, call, outcome, initialUnknown),
    // The first read of what nobody knows settles it.
    readOnly: ({ value }, outcome) =>
      (!initialUnknown || outcome.type !== "ok") && steps(value).every(({ writes }) => !writes),
    fingerprint: canonical,
    describe: (state) => `${canonical(state)}${initialUnknown ? ", the others unknown" : ""}`,
  };
}

function step(
  state: Members,
  call: Call,
  outcome: Outcome,
  initialUnknown: boolean,
): Members | typeof illegal {
  if (call.f !== "txn") throw unknownCall("multi-register", "txn", call);
  if (outcome.type === "fail") return illegal;
  let next = state;
  for (const { writes, name, value } of steps(answerOf(outcome) ?? call.value)) {
    const isSettled = writes || (initialUnknown && outcome.type === "ok" && member(next, name) === undefined);
    if (isSettled) next = { ...next, [name]: value };
    else if (outcome.type === "ok" && !same(member(next, name), value)) return illegal;
  }
  return next;
}

interface Step {
  readonly writes: boolean;
  readonly name: string;
  readonly value: Json;
}

function steps(value: Json | undefined): Step[] {
  if (!Array.isArray(value)) throw badValue("a txn takes a list of reads and writes", value);
  return value.map((part: Json) => {
    if (!Array.isArray(part) || !isName(part[1])) throw badValue("a txn is of [f, name, value]", part);
    const [f, name, content] = part;
    if (f !== "read" && f !== "r" && f !== "write" && f !== "w")
      throw badValue("a txn reads or writes", part);
    return { writes: f === "write" || f === "w", name: String(name), value: content ?? null };
  });
}

const isName = (name: Json | undefined): name is string | number =>
  typeof name === "string" || typeof name === "number";
