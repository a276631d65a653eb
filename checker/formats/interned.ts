import { Keyword } from "./edn/edn.ts";

/** Short words that are kept; further ones are not shared. */
const mostWords = 20_000;
const shortest = 13;
const longest = 64;

/**
 * Words that occur again and again, each kept once. A part of a text keeps the whole text in memory, so a word that is kept
 * is copied out of it.
 */
export class Interned {
  readonly #words = new Map<string, string>();
  readonly #keywords = new Map<string, Keyword>();

  of(word: string): string {
    // A part this short is copied by the engine anyway.
    if (word.length < shortest || word.length > longest) return word;
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const copy = word.split("").join("");
    if (this.#words.size < mostWords) this.#words.set(copy, copy);
    return copy;
  }

  /** Of a word that begins with a colon. */
  keyword(word: string): Keyword {
    const known = this.#keywords.get(word);
    if (known !== undefined) return known;
    const keyword = new Keyword(word.slice(1).split("").join(""));
    if (this.#keywords.size < mostWords) this.#keywords.set(word, keyword);
    return keyword;
  }
}
