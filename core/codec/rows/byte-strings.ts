/** Strings by the bytes that a JSON text has between their quotes: each is decoded once, and has a number from 0 on. */
export class ByteStrings {
  readonly strings: string[] = [];
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** Numbers plus one, by hash; 0 where free. */
  #slots = new Int32Array(1024);
  #hashes = new Int32Array(512);
  /** Where the bytes of each string end; those of the next begin there. */
  #ends = new Int32Array(512);
  #bytes = new Uint8Array(8192);

  /** Numbers the words 0, 1, … */
  constructor(words: readonly string[]) {
    const encoder = new TextEncoder();
    for (const word of words) {
      const bytes = encoder.encode(word);
      this.numberOf(bytes, 0, bytes.length, hashOf(bytes));
    }
  }

  /**
   * The number of the string whose text stands between `from` and `to`; `hash` is that of its bytes. -1: the text is not that of
   * a JSON string.
   */
  numberOf(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) return this.#add(slot, bytes, from, to, hash);
      if (this.#hashes[number] === hash && this.#isSame(number, bytes, from, to)) return number;
    }
  }

  #isSame(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = number === 0 ? 0 : (this.#ends[number - 1] as number);
    const length = to - from;
    if ((this.#ends[number] as number) - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.#bytes[start + i] !== bytes[from + i]) return false;
    return true;
  }

  #add(slot: number, bytes: Uint8Array, from: number, to: number, hash: number): number {
    const text = this.#decoder.decode(bytes.subarray(from, to));
    const string = text.includes("\\") ? unescaped(text) : text;
    if (string === undefined) return -1;
    const number = this.strings.length;
    this.strings.push(string);
    const start = number === 0 ? 0 : (this.#ends[number - 1] as number);
    const end = start + to - from;
    if (number === this.#ends.length) {
      this.#ends = larger(this.#ends, 2 * number);
      this.#hashes = larger(this.#hashes, 2 * number);
    }
    if (end > this.#bytes.length) {
      const old = this.#bytes;
      this.#bytes = new Uint8Array(2 * end);
      this.#bytes.set(old);
    }
    this.#bytes.set(bytes.subarray(from, to), start);
    this.#ends[number] = end;
    this.#hashes[number] = hash;
    this.#slots[slot] = number + 1;
    if (2 * this.strings.length > this.#slots.length) this.#rehash();
    return number;
  }

  #rehash(): void {
    const mask = 2 * this.#slots.length - 1;
    this.#slots = new Int32Array(mask + 1);
    for (let number = 0; number < this.strings.length; number++) {
      let slot = spread(this.#hashes[number] as number) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }
}

/** The hash of no bytes. */
export const emptyHash = 0x811c9dc5 | 0;

/** The hash of some bytes and one more (FNV-1a). */
export const hashed = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193);

const hashOf = (bytes: Uint8Array): number => bytes.reduce(hashed, emptyHash);

/** Lets the lower bits depend on the higher ones. */
const spread = (hash: number): number => hash ^ (hash >>> 15);

function unescaped(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}

function larger(column: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(column);
  return copy;
}
