import { assert } from "../../core/assert.ts";

/** Bytes that are not what the codec wrote: a torn or foreign file, a message from another version. */
export class CodecError extends Error {
  override readonly name = "CodecError";
}

/** Appends to a buffer that grows. Whatever it writes, ByteReader's method of the same name reads back. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(sizeHint = 128) {
    this.#bytes = new Uint8Array(sizeHint);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  boolean(value: boolean): void {
    this.byte(value ? 1 : 0);
  }

  /** A whole number from 0 to 2^53 - 1, seven bits a byte, the lowest first. */
  natural(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, `not a natural number: ${value}`);
    this.#reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Writes any double: for numbers that a client chose, which may be negative or beyond 2^53. */
  double(value: number): void {
    this.#reserve(8);
    new DataView(this.#bytes.buffer, this.#bytes.byteOffset).setFloat64(this.#length, value);
    this.#length += 8;
  }

  /** Writes bytes with their length in front. */
  bytes(value: Uint8Array): void {
    this.natural(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** The bytes written so far. The writer must not be used after it. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Reads what a ByteWriter wrote. Every method throws a CodecError if the bytes are not of its form. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.#offset];
    if (value === undefined) throw this.error("a byte, but the bytes end");
    this.#offset++;
    return value;
  }

  boolean(): boolean {
    const value = this.byte();
    if (value > 1) throw this.error("a boolean");
    return value === 1;
  }

  natural(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 0x80;
    }
    throw this.error("a number below 2^53");
  }

  double(): number {
    if (this.#bytes.length - this.#offset < 8) throw this.error("a double, but the bytes end");
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
    const value = view.getFloat64(this.#offset);
    this.#offset += 8;
    return value;
  }

  /** A copy: it does not keep the buffer alive that it was read from. */
  bytes(): Uint8Array {
    const length = this.natural();
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw this.error(`${length} bytes, but the bytes end`);
    const copy = new Uint8Array(length);
    copy.set(this.#bytes.subarray(this.#offset, end));
    this.#offset = end;
    return copy;
  }

  /** Number of items that follow. Each takes at least a byte, so that a broken count cannot ask for endless memory. */
  count(): number {
    const count = this.natural();
    if (count > this.#bytes.length - this.#offset) throw this.error(`${count} items, but the bytes end`);
    return count;
  }

  /** Throws if anything follows. */
  end(): void {
    if (this.#offset !== this.#bytes.length) throw this.error("the end");
  }

  error(expected: string): CodecError {
    return new CodecError(`expected ${expected} at byte ${this.#offset} of ${this.#bytes.length}`);
  }
}
