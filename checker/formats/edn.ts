import { unreachable } from "../../core/assert.ts";
import type { Json } from "../../core/op.ts";
import { own } from "../canonical.ts";
import { characterOf, escapes, numberOf } from "./edn-atoms.ts";
import { malformed } from "./malformed.ts";

/**
 * A reader of EDN, the notation of Clojure's data, and of what Clojure's printer adds to it. Keywords are told from
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

/** Every form at the top level of `text`, which begins on `line` of the file. */
export function readEdn(text: string, file: string, line = 1): EdnForm[] {
  return new Reader(text, file, line).all();
}

/** The items of `text`: those of the one vector or list that it is, or else the forms at its top level. */
export function readEdnItems(text: string, file: string): EdnForm[] {
  const reader = new Reader(text, file, 1);
  const forms = reader.all();
  return forms.length === 1 && Array.isArray(forms[0]?.form) ? reader.firstItems() : forms;
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
  #line: number;
  #depth = 0;
  /** Of the last sequence at the top level. */
  #items: readonly EdnForm[] = [];

  constructor(text: string, file: string, line: number) {
    this.#text = text;
    this.#file = file;
    this.#line = line;
  }

  all(): EdnForm[] {
    const forms: EdnForm[] = [];
    for (;;) {
      this.#skip();
      if (this.#at >= this.#text.length) return forms;
      const line = this.#line;
      forms.push({ line, form: this.#form() });
    }
  }

  firstItems(): EdnForm[] {
    return [...this.#items];
  }

  /** Passes over white space, commas, comments, discarded forms and metadata. */
  #skip(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) return;
      if (char === "\n") this.#line++;
      if (space.test(char)) this.#at++;
      else if (char === ";") this.#skipLine();
      else if (char === "^") this.#discard(1);
      else if (this.#text.startsWith("#_", this.#at)) this.#discard(2);
      else return;
    }
  }

  /** Passes over so many characters and the form after them. */
  #discard(characters: number): void {
    this.#at += characters;
    this.#depth++;
    this.#skip();
    this.#form();
    this.#depth--;
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
      case "\\":
        return this.#character();
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
    const forms: EdnForm[] = [];
    const items: Edn[] = [];
    this.#at++;
    this.#depth++;
    for (;;) {
      this.#skip();
      const char = this.#text[this.#at];
      if (char === undefined)
        throw malformed(this.#file, begin, `a "${end}" that ends what begins here`, "the end of the file");
      if (char === end) {
        this.#at++;
        if (--this.#depth === 0) this.#items = forms;
        return items;
      }
      const line = this.#line;
      const form = this.#form();
      if (this.#depth === 1) forms.push({ line, form });
      items.push(form);
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
    const value = own(escapes, char ?? "");
    if (value === undefined) throw malformed(this.#file, this.#line, "an escape", `\\${char ?? ""}`);
    return value;
  }

  /** `#{…}` a set, `#"…"` a pattern as text, `##Inf` as text, `#tag value` the value. */
  #tagged(): Edn {
    this.#at++;
    const char = this.#text[this.#at];
    if (char === "{") return this.#sequence("}");
    if (char === '"') return this.#pattern();
    const tag = this.#word();
    if (tag.startsWith("#")) return `#${tag}`;
    if (tag === "") throw malformed(this.#file, this.#line, "a tag after #", char ?? "the end of the file");
    this.#skip();
    return this.#form();
  }

  /** A regular expression: what stands between its quotes, escapes and all. */
  #pattern(): string {
    const pattern = /"(?:[^"\\]|\\[\s\S])*"/y;
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined)
      throw malformed(this.#file, this.#line, `a '"' that ends the pattern`, "the end of the file");
    this.#at += found.length;
    this.#line += found.split("\n").length - 1;
    return found.slice(1, -1);
  }

  /** `\a`, `\newline`, `\u0041`, `\(` */
  #character(): string {
    const first = this.#text[this.#at + 1];
    if (first === undefined) throw malformed(this.#file, this.#line, "a character", "the end of the file");
    this.#at += 2;
    const name = first + (delimiter.test(first) ? "" : this.#word());
    const character = characterOf(name);
    if (character === undefined) throw malformed(this.#file, this.#line, "a character", `\\${name}`);
    return character;
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
      const number = numberOf(word);
      if (number === undefined) throw malformed(this.#file, this.#line, "a number", word);
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
