/** Words and reasons that the models of locks share. */
import type { Call, Json, Outcome } from "../../core/op.ts";
import { showValue } from "../../core/wording.ts";
import { cellReasons, type Touch } from "../linearizability/explain/cells.ts";
import { placed, plainCall } from "../linearizability/explain/describe-call.ts";
import type { Claim, Reasoner } from "../linearizability/explain/reason.ts";
import { exactly } from "../linearizability/explain/registers.ts";

/** The requester: the same for all calls that do not name one. */
export const asker = ({ value }: Call): Json => value ?? "somebody";

/** `acquired the lock as "a"`, `was refused the lock k3`, `found that it did not hold the lock` */
export function describeLockCall(call: Call, outcome: Outcome): string {
  const isKnown = outcome.type === "ok";
  const lock = `the lock${placed(call)}`;
  const as = call.value === undefined || call.value === null ? "" : ` as ${showValue(call.value)}`;
  switch (call.f) {
    case "acquire":
      if (outcome.type === "fail") return `was refused ${lock}${as}`;
      return `${isKnown ? "acquired" : "tried to acquire"} ${lock}${as}`;
    case "release":
      if (outcome.type === "fail") return `found that it did not hold ${lock}${as}`;
      return `${isKnown ? "released" : "tried to release"} ${lock}${as}`;
    default:
      return plainCall(call, outcome);
  }
}

/** The holder is a cell without a name: null where the lock is free. */
export const lockReasons = (holder: Json): Reasoner => cellReasons({ initial: () => holder, touch, making });

function touch(call: Call, outcome: Outcome): Touch {
  const cells = [""];
  const [from, to] = call.f === "acquire" ? [null, asker(call)] : [asker(call), null];
  if (outcome.type === "fail") return { cells, foundNot: () => from };
  return { cells, found: () => from, after: (_, value) => exactly(to, value) };
}

function making({ value, holds }: Claim): string {
  if (value === null) return holds ? "released the lock" : "acquired the lock";
  const name = value === "somebody" ? "" : ` as ${showValue(value)}`;
  return `${holds ? "acquired" : "released"} the lock${name}`;
}
