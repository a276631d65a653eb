/** Reasons about the value that a register can have held, for every model with `register`. */
import type { Call, Json, Outcome } from "../../../core/op.ts";
import { showValue } from "../../../core/wording.ts";
import { same } from "../../canonical.ts";
import type { RegisterAccess } from "../../model.ts";
import { type Cells, cellReasons, type Touch } from "./cells.ts";
import type { Claim, Reasoner } from "./reason.ts";

type Access = (call: Call, outcome: Outcome) => RegisterAccess;

/** What makes a claim about a value true, where the model has no words for it. */
const plainMaking = ({ value, holds }: Claim): string =>
  holds ? `set it to ${showValue(value)}` : `changed it from ${showValue(value)}`;

export const registerReasons = (
  initial: Json,
  access: Access,
  making: Cells["making"] = plainMaking,
): Reasoner =>
  cellReasons({
    initial: () => initial,
    touch: (call, outcome) => touchOf(access(call, outcome), outcome),
    making,
  });

/** The register is a cell without a name. */
function touchOf(access: RegisterAccess, outcome: Outcome): Touch {
  const cells = [""];
  if (outcome.type === "fail" && access.kind !== "differs") return { cells };
  switch (access.kind) {
    case "read":
      return { cells, found: () => access.value };
    case "differs":
      return { cells, foundNot: () => access.value };
    case "write":
      return { cells, after: (_, value) => exactly(access.value, value) };
    case "replace":
      return { cells, foundNot: () => access.value, after: (_, value) => exactly(access.value, value) };
    case "cas":
      return { cells, found: () => access.from, after: (_, value) => exactly(access.to, value) };
  }
}

/** Whether a cell holds the value after an operation that leaves exactly one. */
export const exactly = (left: Json, value: Json): "this" | "other" => (same(left, value) ? "this" : "other");
