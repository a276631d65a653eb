import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { cutMiddle, listed, showValue } from "../../core/wording.ts";
import { canonical, same } from "../canonical.ts";
import { cellReasons, type Touch } from "../linearizability/explain/cells.ts";
import { labelValue, plainCall } from "../linearizability/explain/describe-call.ts";
import type { Claim } from "../linearizability/explain/reason.ts";
import { exactly } from "../linearizability/explain/registers.ts";
import { illegal, type Model } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { anObject, initialOf, type Members, member } from "./initial.ts";

const calls = ["txn"];

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
  const cells = {
    initial: (name: string) => member(init, name) ?? null,
    touch,
    making: ({ cell, value }: Claim) => `wrote ${showValue(value)} to ${cutMiddle(cell)}`,
  };
  return {
    name: "multi-register",
    calls,
    init,
    step: (state, call, outcome) => step(state, call, outcome, initialUnknown),
    // The first read of what nobody knows settles it.
    readOnly: ({ value }, outcome) =>
      (!initialUnknown || outcome.type !== "ok") && steps(value).every(({ writes }) => !writes),
    fingerprint: canonical,
    describeCall,
    labelCall: (call, outcome) =>
      listSteps(call, outcome, (step) =>
        `${step.writes ? "w" : "r"} ${step.name} ${shownValue(step, outcome, labelValue)}`.trim(),
      ),
    describeState: (state) => `${canonical(state)}${initialUnknown ? ", the others unknown" : ""}`,
    // The initial values of registers are part of each reason.
    ...(!initialUnknown && { reasons: [cellReasons(cells)] }),
  };
}

function step(
  state: Members,
  call: Call,
  outcome: Outcome,
  initialUnknown: boolean,
): Members | typeof illegal {
  if (call.f !== "txn") throw unknownCall("multi-register", calls, call);
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

/** `read 0 from x and wrote 1 to y` */
function describeCall(call: Call, outcome: Outcome): string {
  if (call.f !== "txn") return plainCall(call, outcome);
  const isKnown = outcome.type === "ok";
  const words = listSteps(call, outcome, (step) => {
    const verb = step.writes ? (isKnown ? "wrote" : "write") : "read";
    const value = shownValue(step, outcome, showValue);
    return `${verb}${value === "" ? "" : ` ${value}`} ${step.writes ? "to" : "from"} ${cutMiddle(step.name)}`;
  });
  return isKnown ? words : `tried to ${words}`;
}

/** More steps of a transaction than this are counted. */
const mostSteps = 5;

function listSteps(call: Call, outcome: Outcome, inWords: (step: Step) => string): string {
  const all = steps(answerOf(outcome) ?? call.value);
  const shown = all.slice(0, mostSteps).map(inWords);
  return listed(all.length > shown.length ? [...shown, `${all.length - shown.length} more`] : shown);
}

/** The value of a step; empty for a read without an answer. */
const shownValue = (step: Step, outcome: Outcome, show: (value: Json) => string): string =>
  step.writes || outcome.type === "ok" ? show(step.value) : "";

/** Each register is a cell. What a transaction reads after its own write does not show what it found. */
function touch(call: Call, outcome: Outcome): Touch {
  const found = new Map<string, Json>();
  const left = new Map<string, Json>();
  for (const { writes, name, value } of steps(answerOf(outcome) ?? call.value)) {
    if (writes) left.set(name, value);
    else if (outcome.type === "ok" && !left.has(name) && !found.has(name)) found.set(name, value);
  }
  return {
    cells: [...new Set([...found.keys(), ...left.keys()])],
    found: (name) => found.get(name),
    ...(left.size > 0 && {
      after: (name: string, value: Json) =>
        left.has(name) ? exactly(left.get(name) ?? null, value) : "as-before",
    }),
  };
}
