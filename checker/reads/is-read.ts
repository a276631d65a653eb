import type { Call, Outcome } from "../../core/op.ts";
import type { Model } from "../model.ts";

const unanswered: Outcome = {
  type: "info",
  error: { code: "timeout", definite: false, message: "no answer" },
};

/**
 * Whether the call changes nothing, whatever it answers. A compare-and-set that was refused changed nothing either, but
 * is no read: it might have. Nothing is a read of a model that does not say what is `readOnly`.
 */
export const isRead = (model: Model, call: Call): boolean => model.readOnly?.(call, unanswered) ?? false;
