import { assert } from "../../core/assert.ts";

/**
 * Jute, ZooKeeper's encoding of records: fields one after another without names; numbers big-endian; a text or buffer
 * is its length in bytes (-1: null) and the bytes; a vector is its count and the elements.
 */
export class JuteWriter {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  int(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeInt32BE(value, at);
    return this;
  }

  long(value: bigint): this {
    const at = this.#grow(8);
    this.#bytes.writeBigInt64BE(value, at);
    return this;
  }

  bool(value: boolean): this {
    const at = this.#grow(1);
    this.#bytes.writeUInt8(value ? 1 : 0, at);
    return this;
  }

  buffer(value: Uint8Array): this {
    this.int(value.length);
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  text(value: string): this {
    return this.buffer(Buffer.from(value));
  }

  vector<T>(items: readonly T[], write: (item: T) => void): this {
    this.int(items.length);
    for (const item of items) write(item);
    return this;
  }

  /** The bytes written so far. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Room for `count` bytes more; returns where they start. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }
}

/** Reads a record's fields in order. Throws a RangeError if the record ends too early. */
export class JuteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int(): number {
    const value = this.#bytes.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  long(): bigint {
    const value = this.#bytes.readBigInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  bool(): boolean {
    const value = this.#bytes.readUInt8(this.#at);
    this.#at += 1;
    return value !== 0;
  }

  /** A null buffer reads as an empty one: ZooKeeper itself does not distinguish a node without data from one with empty data. */
  buffer(): Buffer {
    const length = Math.max(0, this.int());
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError(`a buffer of ${length} bytes ends after its record`);
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  text(): string {
    return this.buffer().toString();
  }

  vector<T>(read: () => T): T[] {
    const count = Math.max(0, this.int());
    assert(count <= this.#bytes.length - this.#at, `a vector of ${count} ends after its record`);
    return Array.from({ length: count }, read);
  }
}
