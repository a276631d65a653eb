/**
 * Header fields of HTTP/2 as bytes, without the table that both sides may build up: each block stands for itself. A side
 * that wants it so announces a table of 0 bytes. Source: RFC 7541.
 */
import { decodeHuffman } from "./huffman.ts";

export type Fields = Readonly<Record<string, string>>;

/** Encodes fields in their order, none of which is remembered by the other side. */
export const encodeFields = (fields: Fields): Buffer =>
  Buffer.concat(
    Object.entries(fields).map(([name, value]) => {
      const whole = staticTable.findIndex((row) => row[0] === name && row[1] === value && value !== "");
      if (whole >= 0) return encodeNumber(whole + 1, 7, 0x80);
      const named = staticTable.findIndex((row) => row[0] === name);
      const start = encodeNumber(named + 1, 4, 0);
      return Buffer.concat([start, ...(named < 0 ? [encodeText(name)] : []), encodeText(value)]);
    }),
  );

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([encodeNumber(bytes.length, 7, 0), bytes]);
}

/** Encodes a number whose first byte has this many bits for it; `rest`: the other bits of that byte. */
function encodeNumber(value: number, bits: number, rest: number): Buffer {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.of(rest | value);
  const bytes = [rest | most];
  let left = value - most;
  for (; left > 0x7f; left >>= 7) bytes.push((left & 0x7f) | 0x80);
  return Buffer.from([...bytes, left]);
}

/** Decodes one block. Of fields with the same name the last one counts. Throws a RangeError if it is none. */
export function decodeFields(block: Buffer): Fields {
  const fields: Record<string, string> = {};
  const reader = new BlockReader(block);
  while (!reader.isAtEnd) {
    const field = reader.field();
    if (field !== undefined) fields[field[0]] = field[1];
  }
  return fields;
}

class BlockReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The next field; undefined where its place holds a size of the table instead. */
  field(): readonly [name: string, value: string] | undefined {
    const first = this.#bytes[this.#at] as number;
    if (first & 0x80) return known(this.#number(7));
    if ((first & 0xe0) === 0x20) {
      if (this.#number(5) > 0) throw new RangeError("the node uses a table of header fields that it may not");
      return undefined;
    }
    // A field that is to be remembered does not fit a table of 0 bytes.
    const named = this.#number(first & 0x40 ? 6 : 4);
    return [named === 0 ? this.#text() : known(named)[0], this.#text()];
  }

  #number(bits: number): number {
    const most = 2 ** bits - 1;
    const start = this.#byte() & most;
    if (start < most) return start;
    let value = most;
    for (let scale = 1; scale < 2 ** 28; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number in a header field is too large");
  }

  #text(): string {
    const isCoded = ((this.#bytes[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#number(7);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("a header field ends after its block");
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return (isCoded ? decodeHuffman(bytes) : bytes).toString("latin1");
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError("a header field ends after its block");
    return byte;
  }
}

function known(number: number): readonly [name: string, value: string] {
  const row = staticTable[number - 1];
  if (row === undefined) throw new RangeError(`there is no header field ${number}`);
  return row;
}

/** RFC 7541, appendix A; numbers count from 1. */
const staticTable: readonly (readonly [name: string, value: string])[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ["accept-language", ""],
  ["accept-ranges", ""],
  ["accept", ""],
  ["access-control-allow-origin", ""],
  ["age", ""],
  ["allow", ""],
  ["authorization", ""],
  ["cache-control", ""],
  ["content-disposition", ""],
  ["content-encoding", ""],
  ["content-language", ""],
  ["content-length", ""],
  ["content-location", ""],
  ["content-range", ""],
  ["content-type", ""],
  ["cookie", ""],
  ["date", ""],
  ["etag", ""],
  ["expect", ""],
  ["expires", ""],
  ["from", ""],
  ["host", ""],
  ["if-match", ""],
  ["if-modified-since", ""],
  ["if-none-match", ""],
  ["if-range", ""],
  ["if-unmodified-since", ""],
  ["last-modified", ""],
  ["link", ""],
  ["location", ""],
  ["max-forwards", ""],
  ["proxy-authenticate", ""],
  ["proxy-authorization", ""],
  ["range", ""],
  ["referer", ""],
  ["refresh", ""],
  ["retry-after", ""],
  ["server", ""],
  ["set-cookie", ""],
  ["strict-transport-security", ""],
  ["transfer-encoding", ""],
  ["user-agent", ""],
  ["vary", ""],
  ["via", ""],
  ["www-authenticate", ""],
];
