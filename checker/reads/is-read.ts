import type { Call, Outcome } from "../../core/op.ts";
import type { Model } from "../model.ts";

const unanswered: Outcome = {
  type: "info",
  error: { code: "timeout", definite: false, message: "no answer" },
};

/**
 * Whether the call changes nothing, whatever its answer. A refused compare-and-set changed nothing either, but is not a
 * read: it might have. A model without `readOnly` has no reads.
 */
export const isRead = (model: Model, call: Call): boolean => model.readOnly?.(call, unanswered) ?? false;
