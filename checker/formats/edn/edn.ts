import { unreachable } from "../../../core/assert.ts";
import type { Json } from "../../../core/op.ts";

/**
 * A reader of EDN, the notation of Clojure's data, and of the additions of Clojure's printer. Keywords are distinct from
 * strings; lists, vectors and sets are arrays; the tag of a tagged value (`#jepsen.history.Op{…}`) and metadata are
 * dropped. Numbers that JSON cannot hold exactly (large integers, ratios, infinities) are strings of their text, so that
 * different ones stay different. Every map knows the line on which it begins.
 */
export type Edn = null | boolean | number | string | Keyword | readonly Edn[] | EdnMap;

export class Keyword {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export class EdnMap {
  readonly line: number;
  readonly #entries: ReadonlyMap<string, Edn>;

  /** Keys that are neither keywords nor strings go by their text. */
  constructor(line: number, entries: ReadonlyMap<string, Edn>) {
    this.line = line;
    this.#entries = entries;
  }

  get(key: string): Edn | undefined {
    return this.#entries.get(key);
  }

  entries(): Iterable<readonly [string, Edn]> {
    return this.#entries;
  }
}

/** A form and the line on which it begins. */
export interface EdnForm {
  readonly line: number;
  readonly form: Edn;
}

/** An EDN value as JSON: keywords become their names. */
export function ednToJson(value: Edn): Json {
  if (value instanceof Keyword) return value.name;
  if (value instanceof EdnMap) {
    return Object.fromEntries([...value.entries()].map(([key, entry]) => [key, ednToJson(entry)]));
  }
  if (Array.isArray(value)) return value.map(ednToJson);
  return value as Json;
}

/** The key of a map's entry as text. */
export function keyText(key: Edn): string {
  if (key instanceof Keyword) return key.name;
  if (typeof key === "string") return key;
  if (key === null || typeof key === "number" || typeof key === "boolean") return String(key);
  if (key instanceof EdnMap || Array.isArray(key)) return JSON.stringify(ednToJson(key));
  return unreachable(key as never);
}
