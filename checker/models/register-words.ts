/** Words for the operations of a register. */
import type { Call, Json, Outcome } from "../../core/op.ts";
import { showValue } from "../../core/wording.ts";
import { labelValue, placed, plainCall } from "../linearizability/explain/describe-call.ts";
import type { Claim } from "../linearizability/explain/reason.ts";

/** `read 41 from k3`, `wrote 41 to k3`, `replaced 41 by 42 in k3`, `found that the value was not 41 in k3` */
export function describeCall(call: Call, outcome: Outcome): string {
  const isKnown = outcome.type !== "info";
  switch (call.f) {
    case "read":
      return outcome.type === "ok"
        ? `read ${showValue(outcome.output.value ?? null)}${placed(call, "from")}`
        : `tried to read${placed(call, "from")}`;
    case "write":
      return `${isKnown ? "wrote" : "tried to write"} ${showValue(call.value ?? null)}${placed(call, "to")}`;
    case "cas": {
      const [from, to] = pair(call);
      if (outcome.type === "fail")
        return `found that the value was not ${showValue(from)}${placed(call, "in")}`;
      return `${isKnown ? "replaced" : "tried to replace"} ${showValue(from)} by ${showValue(to)}${placed(call, "in")}`;
    }
    case "delete":
      return describeDelete(call, outcome);
    default:
      return plainCall(call, outcome);
  }
}

/** `deleted the value of k3`, `found nothing to delete in k3` */
function describeDelete(call: Call, outcome: Outcome): string {
  if (outcome.type === "ok" && outcome.output.value === false)
    return `found nothing to delete${placed(call, "in")}`;
  return `${outcome.type === "info" ? "tried to delete" : "deleted"} the value${placed(call, "of")}`;
}

/** `r 41`, `w 41`, `cas 41→42`, `delete` */
export function labelCall(call: Call, outcome: Outcome): string {
  switch (call.f) {
    case "read":
      return outcome.type === "ok" ? `r ${labelValue(outcome.output.value ?? null)}` : "r";
    case "write":
      return `w ${labelValue(call.value ?? null)}`;
    case "cas":
      return `cas ${pair(call).map(labelValue).join("→")}`;
    default:
      return call.f;
  }
}

/** What makes a register hold a value, or not: follows "nothing". */
export function making({ value, holds }: Claim): string {
  if (!holds) return `changed the value from ${showValue(value)}`;
  return value === null ? "removed the value" : `wrote ${showValue(value)}`;
}

const pair = ({ value }: Call): readonly [Json, Json] => {
  const [from, to] = Array.isArray(value) ? (value as readonly Json[]) : [];
  return [from ?? null, to ?? null];
};
