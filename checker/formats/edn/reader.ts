import { deepest } from "../../../core/codec/exact-json.ts";
import { own } from "../../canonical.ts";
import { Interned } from "../interned.ts";
import { malformed } from "../malformed.ts";
import { atomOf, characterOf, escapes } from "./atoms.ts";
import { type Edn, type EdnForm, EdnMap, keyText } from "./edn.ts";

const space = /\s/;
const delimiter = /[\s,()[\]{}";]/;
const word = /[^\s,()[\]{}";]*/y;
const closing = { "(": ")", "[": "]", "{": "}" } as const;
const words = new Interned();

/** The text ends within a form. */
const incomplete = Symbol("incomplete");

/**
 * Reads form after form from a text that comes in pieces. `entersList`: where the text is one vector or list of
 * collections, its items are read in place of it.
 */
export class EdnReader {
  readonly #file: string;
  readonly #entersList: boolean;
  #text = "";
  #at = 0;
  #line: number;
  #depth = 0;
  #isLast = false;
  /** No form ends before the text is this long; shorter ones were tried. */
  #least = 0;
  /** The character that ends the list whose items are read; `closed` after it. */
  #list: ")" | "]" | "closed" | undefined;
  #hasRead = false;

  constructor(file: string, line = 1, entersList = false) {
    this.#file = file;
    this.#line = line;
    this.#entersList = entersList;
  }

  /** `isLast`: nothing follows this piece. */
  append(piece: string, isLast: boolean): void {
    this.#text = this.#text.slice(this.#at) + piece;
    this.#at = 0;
    this.#isLast = isLast;
  }

  /** The next form; `more` where another piece is needed first. */
  next(): EdnForm | "more" | "end" {
    if (!this.#isLast && this.#text.length - this.#at < this.#least) return "more";
    const [at, line, list] = [this.#at, this.#line, this.#list];
    try {
      const form = this.#next();
      this.#least = 0;
      return form;
    } catch (reason) {
      if (reason !== incomplete) throw reason;
      [this.#at, this.#line, this.#list, this.#depth] = [at, line, list, 0];
      // A form that is longer than the text is tried again when the text is twice as long, not at every piece.
      this.#least = 2 * (this.#text.length - at);
      return "more";
    }
  }

  #next(): EdnForm | "end" {
    this.#skip();
    if (this.#list !== undefined && this.#list !== "closed" && this.#text[this.#at] === this.#list) {
      this.#at++;
      this.#list = "closed";
      this.#skip();
    }
    if (this.#at >= this.#text.length) return this.#end();
    if (this.#list === "closed")
      throw malformed(this.#file, this.#line, "nothing after the list of operations", this.#text[this.#at]);
    if (this.#entersList && !this.#hasRead && this.#list === undefined && this.#enters()) return this.#next();
    const line = this.#line;
    const form = this.#form();
    this.#hasRead = true;
    return { line, form };
  }

  #end(): "end" {
    if (!this.#isLast) throw incomplete;
    if (this.#list === undefined || this.#list === "closed") return "end";
    throw malformed(this.#file, this.#line, `a "${this.#list}" that ends the list`, "the end of the file");
  }

  /** Whether a list of collections begins here: if so, passes over its beginning. */
  #enters(): boolean {
    const char = this.#text[this.#at];
    if (char !== "[" && char !== "(") return false;
    const [at, line] = [this.#at, this.#line];
    this.#at++;
    this.#skip();
    const first = this.#text[this.#at];
    if (first === undefined && !this.#isLast) throw incomplete;
    if (first === undefined || /[[({#)\]]/.test(first)) {
      this.#list = closing[char] as ")" | "]";
      return true;
    }
    [this.#at, this.#line] = [at, line];
    return false;
  }

  /** Passes over white space, commas, comments, discarded forms and metadata. */
  #skip(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === " " || char === ",") this.#at++;
      else if (char === "\n") {
        this.#line++;
        this.#at++;
      } else if (char === ";") this.#skipLine();
      else if (char === "^") this.#discard(1);
      else if (char === "#" && this.#char(1) === "_") this.#discard(2);
      else if (char !== undefined && (char < "!" || char > "~") && space.test(char)) this.#at++;
      else return;
    }
  }

  /** The character `ahead` places on; undefined at the end of the file. */
  #char(after = 0): string | undefined {
    const char = this.#text[this.#at + after];
    if (char === undefined && !this.#isLast) throw incomplete;
    return char;
  }

  /** Skips this many characters and the form after them. */
  #discard(characters: number): void {
    this.#at += characters;
    this.#enter();
    this.#skip();
    this.#form();
    this.#depth--;
  }

  /** Limits the depth of recursion. */
  #enter(): void {
    if (++this.#depth > deepest)
      throw malformed(this.#file, this.#line, `values nested at most ${deepest} deep`, "deeper ones");
  }

  #skipLine(): void {
    const end = this.#text.indexOf("\n", this.#at);
    if (end < 0 && !this.#isLast) throw incomplete;
    this.#at = end < 0 ? this.#text.length : end;
  }

  #form(): Edn {
    this.#enter();
    const form = this.#formAt(this.#char());
    this.#depth--;
    return form;
  }

  #formAt(char: string | undefined): Edn {
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
    const items: Edn[] = [];
    this.#at++;
    for (;;) {
      this.#skip();
      const char = this.#char();
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
    if (items.length % 2 !== 0) throw malformed(this.#file, line, "a map with a value for each key");
    const entries = new Map<string, Edn>();
    for (let i = 0; i < items.length; i += 2) entries.set(keyText(items[i] as Edn), items[i + 1] as Edn);
    return new EdnMap(line, entries);
  }

  #string(): string {
    const begin = this.#line;
    let value = "";
    let from = ++this.#at;
    for (; ; this.#at++) {
      const char = this.#char();
      if (char === undefined)
        throw malformed(this.#file, begin, `a '"' that ends the string`, "the end of the file");
      if (char === '"') break;
      if (char === "\n") this.#line++;
      if (char !== "\\") continue;
      value += this.#text.slice(from, this.#at) + this.#escape();
      from = this.#at + 1;
    }
    value += this.#text.slice(from, this.#at++);
    return words.of(value);
  }

  #escape(): string {
    this.#at++;
    const char = this.#char();
    if (char === "u") {
      this.#char(4);
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
    const char = this.#char();
    if (char === "{") return this.#sequence("}");
    if (char === '"') return this.#pattern();
    const tag = this.#word();
    if (tag.startsWith("#")) return `#${tag}`;
    if (tag === "") throw malformed(this.#file, this.#line, "a tag after #", char ?? "the end of the file");
    this.#skip();
    return this.#form();
  }

  /** A regular expression: the text between its quotes, including escapes. */
  #pattern(): string {
    const pattern = /"(?:[^"\\]|\\[\s\S])*"/y;
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined && !this.#isLast) throw incomplete;
    if (found === undefined)
      throw malformed(this.#file, this.#line, `a '"' that ends the pattern`, "the end of the file");
    this.#at += found.length;
    this.#line += found.split("\n").length - 1;
    return found.slice(1, -1);
  }

  /** `\a`, `\newline`, `\u0041`, `\(` */
  #character(): string {
    const first = this.#char(1);
    if (first === undefined) throw malformed(this.#file, this.#line, "a character", "the end of the file");
    this.#at += 2;
    const name = first + (delimiter.test(first) ? "" : this.#word());
    const character = characterOf(name);
    if (character === undefined) throw malformed(this.#file, this.#line, "a character", `\\${name}`);
    return character;
  }

  #word(): string {
    word.lastIndex = this.#at;
    const [found = ""] = word.exec(this.#text) ?? [];
    this.#at += found.length;
    if (this.#at >= this.#text.length && !this.#isLast) throw incomplete;
    return words.of(found);
  }

  #atom(): Edn {
    const text = this.#word();
    if (text.startsWith(":") && text.length > 1) return words.keyword(text);
    const atom = atomOf(text);
    if (atom !== undefined) return atom;
    const expected = text === "" || text === ":" ? "a value" : "a number";
    throw malformed(this.#file, this.#line, expected, text || this.#text[this.#at]);
  }
}
