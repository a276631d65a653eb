import { unreachable } from "../../core/assert.ts";
import type { Json } from "../../core/op.ts";
import { malformed } from "./malformed.ts";

/**
 * A reader of EDN, the notation of Clojure's data: as much of it as histories use. Keywords are told from strings;
 * lists, vectors and sets are arrays; the tag of a tagged value (`#jepsen.history.Op{…}`) is dropped. Every map knows
 * the line on which it begins.
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

/** Every form at the top level of `text`. */
export function readEdn(text: string, file: string): Edn[] {
  return new Reader(text, file).all();
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

const space = /[\s,]/;
const delimiter = /[\s,()[\]{}";]/;
const closing = { "(": ")", "[": "]", "{": "}" } as const;

class Reader {
  readonly #text: string;
  readonly #file: string;
  #at = 0;
  #line = 1;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  all(): Edn[] {
    const forms: Edn[] = [];
    for (;;) {
      this.#skip();
      if (this.#at >= this.#text.length) return forms;
      forms.push(this.#form());
    }
  }

  /** Passes over white space, commas, comments and discarded forms. */
  #skip(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) return;
      if (char === "\n") this.#line++;
      if (space.test(char)) this.#at++;
      else if (char === ";") this.#skipLine();
      else if (this.#text.startsWith("#_", this.#at)) {
        this.#at += 2;
        this.#skip();
        this.#form();
      } else return;
    }
  }

  #skipLine(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #form(): Edn {
    const char = this.#text[this.#at];
    switch (char) {
      case undefined:
        throw malformed(this.#file, this.#line, "a value", "the end of the file");
      case "(":
      case "[":
        return this.#sequence(closing[char]);
      case "{":
        return this.#map();
      case '"':
        return this.#string();
      case "#":
        return this.#tagged();
      case ")":
      case "]":
      case "}":
        throw malformed(this.#file, this.#line, "a value", char);
      default:
        return this.#atom();
    }
  }

  #sequence(end: ")" | "]" | "}"): Edn[] {
    const begin = this.#line;
    const items: Edn[] = [];
    this.#at++;
    for (;;) {
      this.#skip();
      const char = this.#text[this.#at];
      if (char === undefined)
        throw malformed(this.#file, begin, `a "${end}" that ends what begins here`, "the end of the file");
      if (char === end) {
        this.#at++;
        return items;
      }
      items.push(this.#form());
    }
  }

  #map(): EdnMap {
    const line = this.#line;
    const items = this.#sequence("}");
    if (items.length % 2 !== 0) throw malformed(this.#file, line, "a map with a value for every key");
    const entries = new Map<string, Edn>();
    for (let i = 0; i < items.length; i += 2) entries.set(keyText(items[i] as Edn), items[i + 1] as Edn);
    return new EdnMap(line, entries);
  }

  #string(): string {
    const begin = this.#line;
    let value = "";
    for (this.#at++; ; this.#at++) {
      const char = this.#text[this.#at];
      if (char === undefined)
        throw malformed(this.#file, begin, `a '"' that ends the string`, "the end of the file");
      if (char === '"') break;
      if (char === "\n") this.#line++;
      value += char === "\\" ? this.#escape() : char;
    }
    this.#at++;
    return value;
  }

  #escape(): string {
    const char = this.#text[++this.#at];
    if (char === "u") {
      const code = this.#text.slice(this.#at + 1, this.#at + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(code))
        throw malformed(this.#file, this.#line, "four hexadecimal digits", code);
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const escapes: Record<string, string> = {
      n: "\n",
      t: "\t",
      r: "\r",
      b: "\b",
      f: "\f",
      "\\": "\\",
      '"': '"',
    };
    const value = escapes[char ?? ""];
    if (value === undefined) throw malformed(this.#file, this.#line, "an escape", `\\${char ?? ""}`);
    return value;
  }

  /** `#{…}` a set, `#tag value` the value. */
  #tagged(): Edn {
    this.#at++;
    if (this.#text[this.#at] === "{") return this.#sequence("}");
    this.#word();
    this.#skip();
    return this.#form();
  }

  #word(): string {
    const begin = this.#at;
    while (this.#at < this.#text.length && !delimiter.test(this.#text[this.#at] as string)) this.#at++;
    return this.#text.slice(begin, this.#at);
  }

  #atom(): Edn {
    const word = this.#word();
    if (word.startsWith(":") && word.length > 1) return new Keyword(word.slice(1));
    if (word === "nil") return null;
    if (word === "true") return true;
    if (word === "false") return false;
    if (/^[+-]?\d/.test(word)) {
      const number = Number(word.replace(/[NM]$/, ""));
      if (Number.isNaN(number)) throw malformed(this.#file, this.#line, "a number", word);
      return number;
    }
    if (word === "" || word === ":")
      throw malformed(this.#file, this.#line, "a value", word || this.#text[this.#at]);
    return word;
  }
}

function keyText(key: Edn): string {
  if (key instanceof Keyword) return key.name;
  if (typeof key === "string") return key;
  if (key === null || typeof key === "number" || typeof key === "boolean") return String(key);
  if (key instanceof EdnMap || Array.isArray(key)) return JSON.stringify(ednToJson(key));
  return unreachable(key as never);
}
