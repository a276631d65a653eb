import { Keyword } from "./edn/edn.ts";

/** The number of short words that are kept; further ones are not shared. */
const mostWords = 20_000;
const shortest = 13;
const longest = 64;

/**
 * Words that occur repeatedly, each kept once. A substring keeps the whole text in memory, so words that are kept are
 * copied.
 */
export class Interned {
  readonly #words = new Map<string, string>();
  readonly #keywords = new Map<string, Keyword>();

  of(word: string): string {
    // The engine copies a substring this short anyway.
    if (word.length < shortest || word.length > longest) return word;
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const copy = word.split("").join("");
    if (this.#words.size < mostWords) this.#words.set(copy, copy);
    return copy;
  }

  /** The name in a word that begins with a colon. */
  keyword(word: string): Keyword {
    const known = this.#keywords.get(word);
    if (known !== undefined) return known;
    const keyword = new Keyword(word.slice(1).split("").join(""));
    if (this.#keywords.size < mostWords) this.#keywords.set(word, keyword);
    return keyword;
  }
}
