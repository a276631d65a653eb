import type { Json } from "../../core/op.ts";
import { canonical } from "../canonical.ts";
import type { ForeignEvent } from "./foreign-event.ts";
import { malformed } from "./malformed.ts";
import { answersSomething, isRead } from "./operations.ts";

/** Names of keys: different keys have different names, and `:x`, `"x"` and 5 are called `x` and `5`. */
export class KeyNames {
  readonly #names = new Map<Json, string>();
  readonly #keys = new Map<string, string>();

  of(key: Json): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const text = canonical(key);
    const plain = typeof key === "string" ? key : text;
    const name = (this.#keys.get(plain) ?? text) === text ? plain : text;
    this.#keys.set(plain, this.#keys.get(plain) ?? text);
    if (typeof key !== "object" || key === null) this.#names.set(key, name);
    return name;
  }
}

/**
 * Finds out whether all calls have `[key value]` as their value. This is decided by the calls of the whole history: a single value
 * may be a pair by chance, and answers of failed operations may hold anything.
 */
export class IndependentKeys {
  /** Whether nothing spoke against it so far. */
  mayBe = true;
  #hasAsked = false;

  see({ type, f, key, value }: ForeignEvent): void {
    if (type !== "invoke") return;
    this.#hasAsked = true;
    if (key !== undefined || !isPair(value) || !mayBeKeyed(f, value[0], value[1])) this.mayBe = false;
  }

  /** Whether they are, if the history ends here. */
  are(): boolean {
    return this.mayBe && this.#hasAsked;
  }
}

/** The value of a CAS is a pair itself, and that of a transaction may be: there, the second part must be one. */
function mayBeKeyed(f: string, key: Json, value: Json): boolean {
  if (typeof key === "object") return false;
  if (f === "cas") return isPair(value);
  if (f === "txn") return Array.isArray(value) && value.every(Array.isArray);
  return !isRead(f) || value === null || isPair(value);
}

/** The events of `[key value]` with key and value apart. An answer must have the key of its call. */
export const keyed = (events: readonly ForeignEvent[], file: string): ForeignEvent[] =>
  events.map((event) => {
    const { value, type, f, line } = event;
    if (isPair(value) && (type === "invoke" || type === "ok"))
      return { ...event, key: value[0], value: value[1] };
    if (type !== "ok") return event;
    if (value === null && !answersSomething(f)) return event;
    throw malformed(file, line, `an answer [key value], as in every call`, canonical(value));
  });

export const isPair = (value: Json): value is readonly [Json, Json] =>
  Array.isArray(value) && value.length === 2;
