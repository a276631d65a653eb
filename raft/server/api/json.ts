import type { MessageTypeDefinition, PackageDefinition } from "@grpc/proto-loader";
import { ApiError } from "./errors.ts";

/** The part of a protobuf descriptor that the mapping needs. */
interface Descriptor {
  readonly name: string;
  readonly field: readonly Field[];
  readonly enumType: readonly {
    readonly name: string;
    readonly value: readonly { readonly name: string; readonly number: number }[];
  }[];
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
}

type Fields = Record<string, unknown>;

/** Maximum nesting: nothing that this API understands is deeper, and every stack allows it. */
const maxDepth = 300;

/**
 * protobuf's JSON mapping, as etcd's gateway speaks it: bytes in base64, 64-bit numbers as strings, enums by name; what
 * has its default value is left out. It takes names as in the file or in camel case, numbers as numbers or strings,
 * enums by name or number, and passes over names that it does not know.
 */
export class JsonMapping {
  readonly #definitions: PackageDefinition;

  constructor(definitions: PackageDefinition) {
    this.#definitions = definitions;
  }

  /** Converts JSON for the message's own codec. Throws an ApiError that says what is wrong, and where. */
  decode(type: MessageTypeDefinition<object, object>, json: unknown): object {
    return this.#decodeMessage(descriptor(type), json, "the request", 0);
  }

  encode(type: MessageTypeDefinition<object, object>, message: object): object {
    return this.#encodeMessage(descriptor(type), message);
  }

  #decodeMessage(type: Descriptor, json: unknown, path: string, depth: number): object {
    if (typeof json !== "object" || json === null || Array.isArray(json)) throw expected(path, "an object");
    if (depth > maxDepth) throw expected(path, "less nesting");
    const message: Fields = {};
    for (const field of type.field) {
      const value = (json as Fields)[field.name] ?? (json as Fields)[camelCase(field.name)];
      if (value === undefined || value === null) continue;
      const where = `${path}.${field.name}`;
      if (field.label !== "LABEL_REPEATED") {
        message[field.name] = this.#decodeValue(type, field, value, where, depth);
      } else if (Array.isArray(value)) {
        message[field.name] = value.map((each, i) =>
          this.#decodeValue(type, field, each, `${where}[${i}]`, depth),
        );
      } else {
        throw expected(where, "a list");
      }
    }
    return message;
  }

  #decodeValue(type: Descriptor, field: Field, value: unknown, path: string, depth: number): unknown {
    switch (field.type) {
      case "TYPE_BYTES":
        return decodeBytes(value, path);
      case "TYPE_INT64":
      case "TYPE_UINT64":
      case "TYPE_UINT32":
        return decodeInteger(value, path);
      case "TYPE_BOOL":
        if (typeof value !== "boolean") throw expected(path, "true or false");
        return value;
      case "TYPE_STRING":
        if (typeof value !== "string") throw expected(path, "a string");
        return value;
      case "TYPE_ENUM":
        return decodeEnum(type, field, value, path);
      default:
        return this.#decodeMessage(this.#message(field), value, path, depth + 1);
    }
  }

  #encodeMessage(type: Descriptor, message: object): object {
    const json: Fields = {};
    for (const field of type.field) {
      const value = (message as Fields)[field.name];
      if (value === undefined) continue;
      if (Array.isArray(value)) {
        if (value.length > 0) json[field.name] = value.map((each) => this.#encodeValue(field, each));
      } else if (!isDefault(value) && !isFirstOfEnum(type, field, value)) {
        json[field.name] = this.#encodeValue(field, value);
      }
    }
    return json;
  }

  #encodeValue(field: Field, value: unknown): unknown {
    switch (field.type) {
      case "TYPE_BYTES":
        return base64(value as Uint8Array);
      case "TYPE_INT64":
      case "TYPE_UINT64":
        return String(value);
      case "TYPE_MESSAGE":
        return this.#encodeMessage(this.#message(field), value as object);
      default:
        return value;
    }
  }

  /** A name without a package is one of the file's own: no two files have the same. */
  #message({ typeName }: Field): Descriptor {
    const known =
      this.#definitions[typeName] ??
      this.#definitions[`etcdserverpb.${typeName}`] ??
      this.#definitions[`mvccpb.${typeName}`];
    return descriptor(known as MessageTypeDefinition<object, object>);
  }
}

const descriptor = ({ type }: MessageTypeDefinition<object, object>): Descriptor => type as Descriptor;

const expected = (path: string, what: string): ApiError =>
  new ApiError("malformed", `${path} must be ${what}`);

const camelCase = (name: string): string =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

const isDefault = (value: unknown): boolean =>
  value === 0 || value === false || value === "" || (value instanceof Uint8Array && value.length === 0);

const isFirstOfEnum = (type: Descriptor, { type: kind, typeName }: Field, value: unknown): boolean =>
  kind === "TYPE_ENUM" && type.enumType.find(({ name }) => name === typeName)?.value[0]?.name === value;

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");

/** Either alphabet of base64, with or without padding. */
function decodeBytes(value: unknown, path: string): Buffer {
  if (typeof value !== "string" || !/^[\w+/-]*={0,2}$/.test(value)) throw expected(path, "bytes in base64");
  // One digit more than whole groups of four holds no byte.
  if (value.replace(/=+$/, "").length % 4 === 1) throw expected(path, "bytes in base64");
  return Buffer.from(value, "base64");
}

function decodeInteger(value: unknown, path: string): number {
  const isText = typeof value === "string" && /^-?\d{1,20}$/.test(value);
  const number = isText || typeof value === "number" ? Number(value) : Number.NaN;
  if (!Number.isInteger(number) || Math.abs(number) > 2 ** 63) throw expected(path, "a whole number");
  return number;
}

function decodeEnum(type: Descriptor, { typeName }: Field, value: unknown, path: string): number {
  const values = type.enumType.find(({ name }) => name === typeName)?.value ?? [];
  const known = values.find(({ name, number }) => name === value || number === value);
  if (known === undefined) throw expected(path, `one of ${values.map(({ name }) => name).join(", ")}`);
  return known.number;
}
