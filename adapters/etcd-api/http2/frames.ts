/** Frames of HTTP/2: nine bytes of length, type, flags and stream, then the payload. Source: RFC 9113, sections 4 and 6. */

export const frameType = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
} as const;

/** Reasons of a reset or of a goodbye. */
export const reason = {
  none: 0,
  protocolError: 1,
  flowControlError: 3,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  enhanceYourCalm: 11,
} as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  /** 0: the whole connection. */
  readonly stream: number;
  readonly payload: Buffer;
}

export const headBytes = 9;
/** The largest payload that a side takes where it has not said otherwise, and its window. */
export const defaultFrameBytes = 16_384;
export const defaultWindowBytes = 65_535;
export const mostWindowBytes = 2 ** 31 - 1;
const mostFrameBytes = 2 ** 24 - 1;

/** The nine bytes before a payload. */
export function frameHead(length: number, type: number, flags: number, stream: number): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head[0] = length >> 16;
  head[1] = length >> 8;
  head[2] = length;
  head[3] = type;
  head[4] = flags;
  head[5] = stream >> 24;
  head[6] = stream >> 16;
  head[7] = stream >> 8;
  head[8] = stream;
  return head;
}

/** A frame whose payload is some 32-bit numbers. */
export function numbersFrame(type: number, stream: number, ...numbers: readonly number[]): Buffer {
  const payload = Buffer.alloc(4 * numbers.length);
  for (const [place, number] of numbers.entries()) payload.writeUInt32BE(number, 4 * place);
  return Buffer.concat([frameHead(payload.length, type, 0, stream), payload]);
}

/** A frame that announces these settings. */
export function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(6 * settings.length);
  for (const [place, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, 6 * place);
    payload.writeUInt32BE(value, 6 * place + 2);
  }
  return Buffer.concat([frameHead(payload.length, frameType.settings, 0, 0), payload]);
}

/** The settings in a payload. Throws a ProtocolError if it is cut off, or at a value that no node may set. */
export function* settingsIn(payload: Buffer): Generator<readonly [id: number, value: number]> {
  if (payload.length % 6 !== 0) throw new ProtocolError(reason.frameSizeError, "settings are cut off");
  for (let at = 0; at < payload.length; at += 6) {
    const [id, value] = [payload.readUInt16BE(at), payload.readUInt32BE(at + 2)];
    if (id === setting.initialWindowSize && value > mostWindowBytes)
      throw new ProtocolError(reason.flowControlError, `a window of ${value} bytes`);
    // With frames of no bytes a question would never leave.
    if (id === setting.maxFrameSize && (value < defaultFrameBytes || value > mostFrameBytes))
      throw new ProtocolError(reason.protocolError, `frames of ${value} bytes at most`);
    yield [id, value];
  }
}

/** A violation of the protocol by the node, which ends the connection. */
export class ProtocolError extends Error {
  /** One of `reason`. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = "ProtocolError";
    this.code = code;
  }
}

/** The payload without what pads it and, in headers, without a priority. */
export function unpadded({ flags, payload, type }: Frame): Buffer {
  const isPadded = (flags & flag.padded) !== 0;
  const start = (isPadded ? 1 : 0) + (type === frameType.headers && flags & flag.priority ? 5 : 0);
  const end = payload.length - (isPadded ? (payload[0] ?? 0) : 0);
  if (end < start) throw new ProtocolError(reason.protocolError, "a frame is shorter than its padding");
  return start === 0 && end === payload.length ? payload : payload.subarray(start, end);
}

/** Cuts the bytes of a connection into its frames. */
export class FrameCutter {
  #rest: Buffer | undefined;

  /** Hands over each frame that these bytes complete, while `take` returns true. Throws a ProtocolError if one is too large. */
  push(chunk: Buffer, take: (frame: Frame) => boolean): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= headBytes) {
      const length = bytes.readUIntBE(at, 3);
      if (length > defaultFrameBytes)
        throw new ProtocolError(reason.frameSizeError, `a frame of ${length} bytes, or no HTTP/2`);
      const start = at + headBytes;
      if (start + length > bytes.length) break;
      const frame = {
        type: bytes[at + 3] as number,
        flags: bytes[at + 4] as number,
        stream: bytes.readUInt32BE(at + 5) & 0x7fffffff,
        payload: bytes.subarray(start, start + length),
      };
      at = start + length;
      if (!take(frame)) return;
    }
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at);
  }
}
