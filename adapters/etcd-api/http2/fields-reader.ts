/** Puts the parts of a block of header fields together, and decodes it. Source: RFC 9113, section 4.3. */
import { type Frame, flag, frameType, ProtocolError, reason, unpadded } from "./frames.ts";
import { decodeFields, type Fields } from "./hpack.ts";

/** A node that says more than this in one block says something else. */
const mostFieldBytes = 1 << 18;
const mostParts = 1 << 8;

export class FieldsReader {
  /** Blocks that came already: a node says the same in most of its answers. */
  readonly #known = new Map<string, Fields>();
  #parts: Buffer[] = [];
  #bytes = 0;
  #stream = 0;
  #isLast = false;
  isOpen = false;

  /** Returns the fields and whether the stream ends with them, where the frame completes them. */
  read(frame: Frame): { readonly fields: Fields; readonly isLast: boolean } | undefined {
    const isStart = frame.type === frameType.headers;
    if (isStart) {
      this.#stream = frame.stream;
      this.#isLast = (frame.flags & flag.endStream) !== 0;
    } else if (!this.isOpen) throw new ProtocolError(reason.protocolError, "header fields without a start");
    else if (frame.stream !== this.#stream)
      throw new ProtocolError(reason.protocolError, "header fields go on at another stream");
    this.isOpen = (frame.flags & flag.endHeaders) === 0;
    const part = isStart ? unpadded(frame) : frame.payload;
    if (isStart && !this.isOpen) return { fields: this.#decode(part), isLast: this.#isLast };
    this.#parts.push(Buffer.from(part));
    this.#bytes += part.length;
    if (this.#bytes > mostFieldBytes || this.#parts.length > mostParts)
      throw new ProtocolError(reason.enhanceYourCalm, `more than ${mostFieldBytes} bytes of header fields`);
    if (this.isOpen) return undefined;
    const block = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    return { fields: this.#decode(block), isLast: this.#isLast };
  }

  #decode(block: Buffer): Fields {
    const bytes = block.toString("latin1");
    const known = this.#known.get(bytes);
    if (known !== undefined) return known;
    const fields = decoded(block);
    if (this.#known.size < 64 && block.length <= 512) this.#known.set(bytes, fields);
    return fields;
  }
}

function decoded(block: Buffer): Fields {
  try {
    return decodeFields(block);
  } catch (error) {
    if (error instanceof RangeError) throw new ProtocolError(reason.compressionError, error.message);
    throw error;
  }
}
