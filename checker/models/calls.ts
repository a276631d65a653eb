import type { Call, Json, Outcome } from "../../core/op.ts";
import { listed } from "../../core/wording.ts";

/** What an operation answered: undefined where it is not known, null where it answered nothing. */
export const answerOf = (outcome: Outcome): Json | undefined =>
  outcome.type === "ok" ? (outcome.output.value ?? null) : undefined;

/** A call that no operation of the model has: the history is another model's. */
export const unknownCall = (model: string, calls: readonly string[], { f }: Call): TypeError =>
  new TypeError(`a ${model} knows ${listed(calls)}, not ${JSON.stringify(f)}`);

/** A call's argument, or an answer, of a shape that the model cannot read. */
export const badValue = (what: string, value: Json | undefined): TypeError =>
  new TypeError(`${what}, not ${JSON.stringify(value ?? null)}`);
