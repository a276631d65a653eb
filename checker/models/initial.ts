import { UsageError } from "../../core/errors.ts";
import type { Json } from "../../core/op.ts";

/** Values by name. Read it with `member`: names come from histories, and every object has some of its own. */
export type Members = Readonly<Record<string, Json>>;

export const member = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** An initial state as a user gave it, `otherwise` where not given; a UsageError where it is not of the model's shape. */
export function initialOf<T extends Json>(
  model: string,
  given: Json | undefined,
  otherwise: T,
  shape: { is(value: Json): value is T; readonly words: string },
): T {
  if (given === undefined) return otherwise;
  if (shape.is(given)) return given;
  throw new UsageError(`the initial state of a ${model} is ${shape.words}, not ${JSON.stringify(given)}`);
}

export const anArray = {
  is: (value: Json): value is readonly Json[] => Array.isArray(value),
  words: "an array",
};
export const anObject = {
  is: (value: Json): value is Members => typeof value === "object" && value !== null && !Array.isArray(value),
  words: 'an object, such as {"x": 0}',
};
