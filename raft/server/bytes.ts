/**
 * The bytes of everything the server writes to disk and to peers: whole numbers as LEB128 varints (7 bits a byte, the
 * low ones first), byte strings behind their length. A reader trusts nothing: whatever does not decode is a
 * MalformedError.
 */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacityBytes = 256) {
    this.#buffer = Buffer.allocUnsafe(capacityBytes);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53 - 1. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  boolean(value: boolean): void {
    this.byte(value ? 1 : 0);
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  text(value: string): void {
    this.bytes(Buffer.from(value, "utf8"));
  }

  /** What was written so far. The writer must not be used after it. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  byte(): number {
    const value = this.#bytes[this.#offset];
    if (value === undefined) throw new MalformedError("ends too early");
    this.#offset++;
    return value;
  }

  varint(): number {
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
    throw new MalformedError("a number is larger than 2^53 - 1");
  }

  boolean(): boolean {
    const value = this.byte();
    if (value > 1) throw new MalformedError(`${value} is no boolean`);
    return value === 1;
  }

  /** A view of the bytes, not a copy. */
  bytes(): Uint8Array {
    const length = this.varint();
    if (length > this.remaining)
      throw new MalformedError(`${length} bytes announced, ${this.remaining} are there`);
    const value = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return value;
  }

  text(): string {
    return Buffer.from(this.bytes()).toString("utf8");
  }

  /** How many items of at least `itemBytesMin` follow: bounded by what is there, so that no count can exhaust memory. */
  count(itemBytesMin: number): number {
    const count = this.varint();
    if (count * itemBytesMin > this.remaining)
      throw new MalformedError(`${count} items announced, ${this.remaining} bytes are there`);
    return count;
  }

  end(): void {
    if (this.remaining > 0) throw new MalformedError(`${this.remaining} bytes too many`);
  }
}
