import { exactNumber } from "../../../core/codec/exact-json.ts";
import { own } from "../../canonical.ts";

/** The characters that follow the backslash in a string's escapes, and their meaning. */
export const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  "\\": "\\",
  '"': '"',
};

const characterNames: Readonly<Record<string, string>> = {
  newline: "\n",
  space: " ",
  tab: "\t",
  return: "\r",
  formfeed: "\f",
  backspace: "\b",
};

/** The character that Clojure calls `name`; undefined where there is none. */
export function characterOf(name: string): string | undefined {
  if (/^u[0-9a-fA-F]{4}$/.test(name)) return String.fromCharCode(Number.parseInt(name.slice(1), 16));
  return name.length === 1 ? name : own(characterNames, name);
}

/** A number, or its text where JSON could not hold it exactly; undefined where the word is not a number. */
function numberOf(word: string): number | string | undefined {
  if (/^-?\d{1,15}$/.test(word)) return Number(word);
  const plain = word.replace(/[NM]$/, "").replace(/^\+/, "");
  if (/^-?\d+\/\d+$/.test(plain)) return plain;
  if (/^-?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(plain)) return exactNumber(plain);
  const number = Number(plain);
  return Number.isNaN(number) ? undefined : number;
}

/** The value of a word other than a keyword; a symbol's value is its name. Undefined where it has none. */
export function atomOf(word: string): null | boolean | number | string | undefined {
  if (word === "nil") return null;
  if (word === "true" || word === "false") return word === "true";
  if (/^[+-]?\d/.test(word)) return numberOf(word);
  return word === "" || word === ":" ? undefined : word;
}
