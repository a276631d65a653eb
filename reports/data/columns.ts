/**
 * Codec for typed arrays inside JSON: a column of numbers becomes the base64 of its little-endian bytes, a third of the size
 * of its digits. The report writes them, the page reads them.
 */

const kinds = { f32: Float32Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array } as const;
type Kind = keyof typeof kinds;
export type Column = InstanceType<(typeof kinds)[Kind]>;

/** Serializes `value` as JSON, with every typed array in it packed. */
export function pack(value: unknown): string {
  return JSON.stringify(value, (_, member) => {
    const kind = kindOf(member);
    if (kind === undefined) return member;
    const stored = narrowed(member as Column, kind);
    return { [`column:${kind}:${kindOf(stored)}`]: toBase64(stored) };
  });
}

/** Parses the output of `pack`, with typed arrays restored. */
export function unpack(text: string): unknown {
  return JSON.parse(text, (_, member) => {
    if (typeof member !== "object" || member === null) return member;
    const [name, packed] = firstOf(member);
    const [, kind, stored] = columnName.exec(name) ?? [];
    if (kind === undefined || typeof packed !== "string") return member;
    const column = new kinds[stored as Kind](fromBase64(packed));
    return kind === stored ? column : kinds[kind as Kind].from(column);
  });
}

const columnName = /^column:(f32|u32|u16|u8):(f32|u32|u16|u8)$/;

const firstOf = (member: object): readonly [string, unknown] => {
  for (const [name, value] of Object.entries(member)) return [name, value];
  return ["", undefined];
};

/** The same whole numbers in as few bytes as the greatest needs. */
function narrowed(column: Column, kind: Kind): Column {
  if (kind === "f32" || column.length === 0) return column;
  let greatest = 0;
  for (const value of column) if (value > greatest) greatest = value;
  return greatest < 256 ? Uint8Array.from(column) : greatest < 65_536 ? Uint16Array.from(column) : column;
}

function kindOf(value: unknown): Kind | undefined {
  return (Object.keys(kinds) as Kind[]).find((kind) => value instanceof kinds[kind]);
}

function toBase64(column: Column): string {
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  // In pieces: the number of arguments of a call is limited.
  const pieceLength = 8_192;
  let binary = "";
  for (let i = 0; i < bytes.length; i += pieceLength)
    binary += String.fromCharCode(...bytes.subarray(i, i + pieceLength));
  return btoa(binary);
}

function fromBase64(text: string): ArrayBuffer {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}
