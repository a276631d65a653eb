/** Words for the operations of a store of keys. */
import type { Call, Json, Outcome } from "../../../core/op.ts";
import { cutMiddle, showValue } from "../../../core/wording.ts";
import { plainCall } from "../../linearizability/explain/describe-call.ts";
import type { Numbered } from "../../linearizability/explain/numbers.ts";
import { answerOf } from "../calls.ts";
import { anObject } from "../initial.ts";

/** `read 41 from k3`, `put 41 in k3`, `deleted k3`, `listed [["a",1]] under a`, `did {"compare":…} and got …` */
export function describeKvCall(call: Call, outcome: Outcome): string {
  const isKnown = outcome.type === "ok";
  const answer = answerOf(outcome);
  const key = cutMiddle(call.key ?? "");
  switch (call.f) {
    case "get":
      return isKnown ? `read ${showValue(answer)} from ${key}` : `tried to read ${key}`;
    case "put":
      return `${isKnown ? "put" : "tried to put"} ${showValue(call.value ?? null)} in ${key}`;
    case "delete":
      if (answer === false) return `found no ${key} to delete`;
      return `${isKnown ? "deleted" : "tried to delete"} ${key}`;
    case "list": {
      const under = key === "" ? "" : ` under ${key}`;
      return isKnown ? `listed ${showValue(answer)}${under}` : `tried to list the keys${under}`;
    }
    default:
      return isKnown ? transaction(call.value, answer) : plainCall(call, outcome);
  }
}

function transaction(value: Json | undefined, answer: Json | undefined): string {
  const succeeded = anObject.is(answer ?? null) ? (answer as { succeeded?: Json }).succeeded : undefined;
  const ending =
    succeeded === undefined
      ? ""
      : ` and found that its comparisons ${succeeded === true ? "held" : "did not hold"}`;
  return `did the transaction ${showValue(value)}${ending}`;
}

/** The store's revision after an operation; one that changes the store is given a revision of its own. */
export function revisionOfCall({ f }: Call, outcome: Outcome): Numbered | undefined {
  if (outcome.type !== "ok" || outcome.output.revision === undefined) return undefined;
  const given = f === "put" || (f === "delete" && outcome.output.value === true);
  return { at: outcome.output.revision, given };
}
