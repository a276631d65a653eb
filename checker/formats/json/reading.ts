import { deepest, isTooDeep, parseExactJson } from "../../../core/codec/exact-json.ts";
import type { Json } from "../../../core/op.ts";
import type { Source } from "../format.ts";
import { malformed } from "../malformed.ts";
import { eachLine, piecesOf } from "../text-lines.ts";

/** The members of an object as they were written. */
export type JsonObject = Readonly<Record<string, Json>>;

/** Calls `each` for every object of a source, with the line on which it begins: those of one array, or one object a line. */
export async function eachObject(
  source: Source,
  each: (object: JsonObject, line: number) => void,
): Promise<void> {
  if (isArray(source.head)) await eachItem(source, each);
  else
    await eachLine(source, (text, line) => {
      if (text.trim() !== "") each(objectOf(text, line, source.file), line);
    });
}

/** Whether a text that begins with `head` is an array. */
export const isArray = (head: string): boolean => /^\uFEFF?\s*\[/.test(head);

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The object that a text holds, which begins on `line` of the file. */
export function objectOf(text: string, line: number, file: string): JsonObject {
  if (isTooDeep(text)) throw tooDeep(file, line);
  const value = parse(text, line, file);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed(file, line, "an object {…}", text.trim());
  return value as JsonObject;
}

const tooDeep = (file: string, line: number) =>
  malformed(file, line, `values nested at most ${deepest} deep`, "deeper ones");

/** `text` begins on `line` of the file. */
function parse(text: string, line: number, file: string): Json {
  try {
    return parseExactJson(text);
  } catch (reason) {
    const { message } = reason as Error;
    // The engine says where in its message.
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    const at = line + text.slice(0, position).split("\n").length - 1;
    const what = text.trim() === "" ? "nothing" : text.trim();
    throw malformed(file, at, `JSON (${message.replace(/,? \.{0,3}".*" is not valid JSON/s, "")})`, what);
  }
}

/** Calls `each` for every item of an array, which must be an object. */
export async function eachItem(
  source: Source,
  each: (object: JsonObject, line: number) => void,
): Promise<undefined> {
  const splitter = new ItemSplitter(source.file, (text, line) =>
    each(objectOf(text, line, source.file), line),
  );
  for await (const piece of piecesOf(source)) splitter.push(piece);
  splitter.end();
}

/** Finds the items of an array in its text, without looking at what they hold. */
class ItemSplitter {
  readonly #file: string;
  readonly #read: (text: string, line: number) => void;
  /** The beginning of the current item, from earlier pieces. */
  #item = "";
  #hasItem = false;
  #line = 1;
  #itemLine = 1;
  /** 0 before the array, 1 between its items; -1 after it. */
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #isAfterComma = false;

  constructor(file: string, read: (text: string, line: number) => void) {
    this.#file = file;
    this.#read = read;
  }

  push(piece: string): void {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const char = piece.charCodeAt(at);
      if (char === newline) this.#line++;
      if (this.#isString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (char === backslash) this.#isEscaped = true;
        else if (char === quote) this.#isString = false;
        continue;
      }
      if (char <= space) continue;
      if (this.#depth === 1 && (char === comma || char === closingBracket)) {
        this.#finish(this.#item + piece.slice(from, at), char === comma);
        from = at + 1;
      } else from = this.#inside(char, at, from);
    }
    if (this.#depth > 0) this.#item += piece.slice(from);
  }

  end(): void {
    if (this.#depth !== -1)
      throw malformed(this.#file, this.#line, 'a "]" that ends the array', "the end of the file");
  }

  /** Handles a character that does not separate items. Returns where the text of the item begins in the piece. */
  #inside(char: number, at: number, from: number): number {
    if (this.#depth <= 0) return this.#outside(char, at);
    if (!this.#hasItem) {
      this.#hasItem = true;
      this.#itemLine = this.#line;
    }
    if (this.#depth === 1 && char === closingBrace)
      throw malformed(this.#file, this.#line, "an object {…}", "}");
    if (char === quote) this.#isString = true;
    else if (char === openingBracket || char === openingBrace) this.#depth++;
    else if (char === closingBracket || char === closingBrace) this.#depth--;
    if (this.#depth > deepest) throw tooDeep(this.#file, this.#itemLine);
    return from;
  }

  #outside(char: number, at: number): number {
    if (this.#depth < 0)
      throw malformed(this.#file, this.#line, "nothing after the array", String.fromCharCode(char));
    if (char !== openingBracket)
      throw malformed(this.#file, this.#line, "an array", String.fromCharCode(char));
    this.#depth = 1;
    return at + 1;
  }

  #finish(text: string, isComma: boolean): void {
    if (!this.#hasItem && (isComma || this.#isAfterComma))
      throw malformed(this.#file, this.#line, "an object {…}", isComma ? "," : "]");
    // An item's line is the one of its first character, not that of the white space before it.
    if (this.#hasItem) this.#read(text.trimStart(), this.#itemLine);
    this.#item = "";
    this.#hasItem = false;
    this.#isAfterComma = isComma;
    if (!isComma) this.#depth = -1;
  }
}

const newline = 10;
const space = 32;
const quote = 34;
const comma = 44;
const openingBracket = 91;
const backslash = 92;
const closingBracket = 93;
const openingBrace = 123;
const closingBrace = 125;
