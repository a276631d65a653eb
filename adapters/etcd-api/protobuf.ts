/**
 * Protocol buffers, as far as etcd's messages need them. A message is a table of its fields; it is encoded from and
 * decoded to a plain object with the same names. 64-bit numbers are decimal strings, because member ids do not fit a
 * double. A scalar that is absent on the wire decodes to its default; fields that are not in the table are skipped.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */

/** `enum`: a value is its name, `names` is in the order of the numbers. */
type FieldType = Scalar | { readonly names: readonly string[] } | MessageType;
type Scalar = "bool" | "bytes" | "string" | "uint32" | "int64" | "uint64";

export interface MessageType {
  readonly fields: readonly Field[];
}

interface Field {
  readonly number: number;
  readonly name: string;
  readonly type: FieldType;
  readonly rule: Rule;
}

/** `optional`: a message that may be absent, and then is absent in the object. */
type Rule = "one" | "repeated" | "optional";

/** `message({ key: [1, "bytes"], kvs: [2, keyValue, "repeated"] })` */
export const message = (
  fields: Readonly<Record<string, readonly [number: number, type: FieldType, rule?: Rule]>>,
): MessageType => ({
  fields: Object.entries(fields).map(([name, [number, type, rule = "one"]]) => ({
    number,
    name,
    type,
    rule,
  })),
});

/** How a field's value is laid out, by the lowest three bits of its tag. */
const layout = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(128);
  #length: number;

  /** `prefix`: this many bytes come before the message, for the caller to fill. */
  constructor(prefix = 0) {
    this.#length = prefix;
  }

  /** The bytes written so far. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  message({ fields }: MessageType, value: object): this {
    const values = value as Readonly<Record<string, unknown>>;
    for (const field of fields) {
      const given = values[field.name];
      if (given === undefined) continue;
      if (field.rule === "repeated") for (const item of given as readonly unknown[]) this.#field(field, item);
      else this.#field(field, given);
    }
    return this;
  }

  #field({ number, type }: Field, value: unknown): void {
    if (typeof type === "object") {
      if ("fields" in type)
        this.#delimited(number, new ProtobufWriter().message(type, value as object).bytes());
      else this.#small(number, type.names.indexOf(value as string));
      return;
    }
    switch (type) {
      case "bool":
        this.#small(number, value === true ? 1 : 0);
        return;
      case "bytes":
        this.#delimited(number, value as Uint8Array);
        return;
      case "string":
        this.#delimited(number, Buffer.from(value as string));
        return;
      case "uint32":
        this.#small(number, value as number);
        return;
      default:
        this.#tag(number, layout.varint);
        this.#varint(BigInt(value as string));
    }
  }

  #tag(number: number, wire: number): void {
    this.#smallVarint(number * 8 + wire);
  }

  #small(number: number, value: number): void {
    this.#tag(number, layout.varint);
    this.#smallVarint(value);
  }

  #delimited(number: number, bytes: Uint8Array): void {
    this.#tag(number, layout.delimited);
    this.#smallVarint(bytes.length);
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Writes a number of at most 2^53. */
  #smallVarint(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 0x80);
    this.#byte(rest);
  }

  /** Writes 64 bits; negative numbers as their two's complement. */
  #varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    for (; rest > 0x7fn; rest >>= 7n) this.#byte(Number(rest & 0x7fn) | 0x80);
    this.#byte(Number(rest));
  }

  #byte(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  /** Makes room for `count` bytes more; returns where they start. */
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

/** Decodes one message. Throws a RangeError if the bytes are no such message, or a message in it is missing. */
export function decodeMessage(type: MessageType, bytes: Buffer): Readonly<Record<string, unknown>> {
  return new ProtobufReader(bytes).message(type);
}

class ProtobufReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  message({ fields }: MessageType): Readonly<Record<string, unknown>> {
    const values: Record<string, unknown> = {};
    while (this.#at < this.#bytes.length) {
      const tag = this.#smallVarint();
      const [number, wire] = [Math.floor(tag / 8), tag % 8];
      const field = fields.find((candidate) => candidate.number === number);
      if (field === undefined) {
        this.#skip(wire);
        continue;
      }
      const value = this.#value(field, wire);
      if (field.rule !== "repeated") values[field.name] = value;
      else if (values[field.name] === undefined) values[field.name] = [value];
      else (values[field.name] as unknown[]).push(value);
    }
    for (const field of fields) {
      if (values[field.name] === undefined && field.rule !== "optional") values[field.name] = absent(field);
    }
    return values;
  }

  #value({ name, type }: Field, wire: number): unknown {
    const delimited = type === "bytes" || type === "string" || (typeof type === "object" && "fields" in type);
    if (wire !== (delimited ? layout.delimited : layout.varint))
      throw new RangeError(`${name} has the wire type ${wire}`);
    if (typeof type === "object") {
      if ("fields" in type) return new ProtobufReader(this.#delimited()).message(type);
      return type.names[this.#smallVarint()];
    }
    switch (type) {
      case "bool":
        return this.#smallVarint() !== 0;
      case "bytes":
        return this.#delimited();
      case "string":
        return this.#delimited().toString();
      case "uint32":
        return this.#smallVarint();
      case "int64":
        return this.#decimal(BigInt.asIntN);
      case "uint64":
        return this.#decimal(BigInt.asUintN);
    }
  }

  #skip(wire: number): void {
    if (wire === layout.varint) this.#decimal(BigInt.asUintN);
    else if (wire === layout.fixed64) this.#take(8);
    else if (wire === layout.delimited) this.#delimited();
    else if (wire === layout.fixed32) this.#take(4);
    else throw new RangeError(`no wire type ${wire}`);
  }

  #delimited(): Buffer {
    return this.#take(this.#smallVarint());
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new RangeError(`${count} bytes end after their message`);
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError("the message ends within a number");
    return byte;
  }

  #smallVarint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number that must be small is larger than 2^53");
  }

  /** Seven bytes fit a double; BigInt is slower. */
  #decimal(wrap: (bits: number, value: bigint) => bigint): string {
    let small = 0;
    let scale = 1;
    for (let i = 0; i < 7; i++, scale *= 128) {
      const byte = this.#byte();
      small += (byte & 0x7f) * scale;
      if (byte < 0x80) return String(small);
    }
    let large = BigInt(small);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      large += BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return wrap(64, large).toString();
    }
    throw new RangeError("a number is longer than 64 bits");
  }
}

function absent({ name, type, rule }: Field): unknown {
  if (rule === "repeated") return [];
  if (typeof type === "object") {
    if ("names" in type) return type.names[0];
    throw new RangeError(`no ${name} in the answer`);
  }
  return defaults[type];
}

const defaults: Readonly<Record<Scalar, unknown>> = {
  bool: false,
  bytes: Buffer.alloc(0),
  string: "",
  uint32: 0,
  int64: "0",
  uint64: "0",
};
