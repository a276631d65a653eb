import { ByteReader, ByteWriter, CodecError } from "../../kv/bytes.ts";

/**
 * What travels on a connection between two members. A opens a connection to B for what A has to say: messages go one
 * way, only `welcome` and `pong` come back, so that cutting the link from A to B leaves the other direction alone.
 *
 *     length u32, little-endian, of what follows | kind u8 | payload
 *
 * `part`s and the `last-part` make up one message that is too long to hold up the others on its way.
 */
export type WireFrame =
  | ({ readonly kind: "hello" } & Hello)
  | { readonly kind: "welcome" }
  | { readonly kind: "message"; readonly payload: Uint8Array }
  | { readonly kind: "part"; readonly payload: Uint8Array }
  | { readonly kind: "last-part"; readonly payload: Uint8Array }
  | { readonly kind: "ping" }
  | { readonly kind: "pong" };

/** Names both ends of a connection. `clientUrls`: where the speaker's clients reach it, for the list of members. */
export interface Hello {
  readonly clusterId: number;
  readonly from: number;
  readonly to: number;
  readonly clientUrls: readonly string[];
}

const kinds = ["hello", "welcome", "message", "part", "last-part", "ping", "pong"] as const;
const protocolVersion = 1;
const headerBytes = 5;
/** Longer frames come from no member. */
const frameBytesMax = 64 * 1024 * 1024;
/** "assay raft": no other protocol opens so. */
const magic = Buffer.from("assay raft");

export function encodeFrame(frame: WireFrame): Buffer {
  const payload = payloadOf(frame);
  const bytes = Buffer.allocUnsafe(headerBytes + payload.length);
  bytes.writeUInt32LE(payload.length + 1, 0);
  bytes.writeUInt8(kinds.indexOf(frame.kind), 4);
  bytes.set(payload, headerBytes);
  return bytes;
}

function payloadOf(frame: WireFrame): Uint8Array {
  switch (frame.kind) {
    case "hello":
      return encodeHello(frame);
    case "message":
    case "part":
    case "last-part":
      return frame.payload;
    default:
      return new Uint8Array(0);
  }
}

function encodeHello(hello: Hello): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(magic);
  writer.natural(protocolVersion);
  writer.natural(hello.clusterId);
  writer.natural(hello.from);
  writer.natural(hello.to);
  writer.natural(hello.clientUrls.length);
  for (const url of hello.clientUrls) writer.bytes(Buffer.from(url));
  return writer.finish();
}

function decodeHello(payload: Uint8Array): Hello {
  const reader = new ByteReader(payload);
  if (!magic.equals(reader.bytes())) throw reader.error("a hello of this protocol");
  if (reader.natural() !== protocolVersion) throw reader.error(`protocol version ${protocolVersion}`);
  const hello = {
    clusterId: reader.natural(),
    from: reader.natural(),
    to: reader.natural(),
    clientUrls: Array.from({ length: reader.count() }, () => Buffer.from(reader.bytes()).toString()),
  };
  reader.end();
  return hello;
}

/** Cuts a stream of bytes into frames. Throws a CodecError at what no member sent; nothing after it can be read. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Length of the frame that is coming in, once its header is there. */
  #expected: number | undefined;

  *push(chunk: Buffer): Generator<WireFrame> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      if (this.#expected === undefined) {
        if (this.#length < headerBytes) return;
        this.#expected = this.#gather().readUInt32LE(0) + 4;
        if (this.#expected > frameBytesMax || this.#expected < headerBytes)
          throw new CodecError(`a frame of ${this.#expected} bytes`);
      }
      if (this.#length < this.#expected) return;
      const bytes = this.#gather();
      const frame = bytes.subarray(4, this.#expected);
      this.#keep(bytes.subarray(this.#expected));
      this.#expected = undefined;
      yield decodeFrame(frame);
    }
  }

  /** Joins all that came in. Not called again until a frame is complete: a long one is copied once. */
  #gather(): Buffer {
    const [first] = this.#chunks;
    if (this.#chunks.length === 1 && first !== undefined) return first;
    const joined = Buffer.concat(this.#chunks, this.#length);
    this.#chunks = [joined];
    return joined;
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
  }
}

function decodeFrame(bytes: Buffer): WireFrame {
  const kind = kinds[bytes.readUInt8(0)];
  const payload = bytes.subarray(1);
  switch (kind) {
    case "hello":
      return { kind, ...decodeHello(payload) };
    case "message":
    case "part":
    case "last-part":
      return { kind, payload };
    case "welcome":
    case "ping":
    case "pong":
      if (payload.length > 0) throw new CodecError(`a ${kind} with content`);
      return { kind };
    default:
      throw new CodecError(`a frame of kind ${bytes.readUInt8(0)}`);
  }
}
