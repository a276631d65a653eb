/**
 * How gRPC wraps a call in HTTP/2: a message is a byte of flags, four bytes of length and the message; the status comes
 * in the trailers, or in the headers where there is nothing else.
 * Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import { reason } from "./http2/frames.ts";
import type { Fields } from "./http2/hpack.ts";
import { type MessageType, ProtobufWriter } from "./protobuf.ts";
import { status } from "./status.ts";

/** How a call ended. */
export interface Ending {
  /** A status of gRPC's. */
  readonly code: number;
  readonly details: string;
  /** The node says that it did nothing with the request. */
  readonly isUntaken?: true;
}

const prefixBytes = 5;

export function encodeFrame(type: MessageType, value: object): Buffer {
  const frame = new ProtobufWriter(prefixBytes).message(type, value).bytes();
  frame.writeUInt8(0, 0);
  frame.writeUInt32BE(frame.length - prefixBytes, 1);
  return frame;
}

/** The one message of an answer; undefined if the bytes are not exactly one, uncompressed. */
export function decodeFrame(bytes: Buffer): Buffer | undefined {
  if (bytes.length < prefixBytes || bytes.readUInt8(0) !== 0) return undefined;
  if (bytes.readUInt32BE(1) !== bytes.length - prefixBytes) return undefined;
  return bytes.subarray(prefixBytes);
}

/** Splits the bytes of a stream into its messages. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Returns the messages that these bytes complete. Throws a RangeError if one is compressed, which nobody asked for. */
  read(chunk: Buffer): readonly Buffer[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Buffer[] = [];
    let at = 0;
    while (bytes.length - at >= prefixBytes) {
      if (bytes.readUInt8(at) !== 0) throw new RangeError("a message is compressed");
      const end = at + prefixBytes + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      messages.push(bytes.subarray(at + prefixBytes, end));
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return messages;
  }
}

/** What headers or trailers report of the call's end; undefined if they report nothing. */
export function endingIn(headers: Fields): Ending | undefined {
  const code = headers["grpc-status"];
  if (code === undefined) return undefined;
  return {
    code: /^\d+$/.test(code) ? Number(code) : status.UNKNOWN,
    details: percentDecoded(headers["grpc-message"] ?? ""),
  };
}

/**
 * A stream that ended without a status of gRPC's: what the status of HTTP stands for, or the code of the stream's end.
 * `httpStatus`: absent if no answer had begun.
 */
export function endingWithoutStatus(httpStatus: string | undefined, code: number): Ending {
  if (httpStatus !== undefined && httpStatus !== "200") return endingOfHttp(httpStatus);
  // RFC 9113, section 8.7: it was refused before any of it was processed. A node that answers has processed it.
  const isUntaken = code === reason.refusedStream && httpStatus === undefined;
  return { ...endingOfReset(code), ...(isUntaken && { isUntaken }) };
}

function endingOfHttp(code: string): Ending {
  return { code: byHttpStatus.get(Number(code)) ?? status.UNKNOWN, details: `HTTP status ${code}` };
}

// https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
const byHttpStatus: ReadonlyMap<number, number> = new Map([
  [400, status.INTERNAL],
  [401, status.UNAUTHENTICATED],
  [403, status.PERMISSION_DENIED],
  [404, status.UNIMPLEMENTED],
  [429, status.UNAVAILABLE],
  [502, status.UNAVAILABLE],
  [503, status.UNAVAILABLE],
  [504, status.UNAVAILABLE],
]);

function endingOfReset(code: number): Ending {
  const details = `the stream was reset with the code ${code}, before a status came`;
  return { code: byReset.get(code) ?? status.INTERNAL, details };
}

const byReset: ReadonlyMap<number, number> = new Map([
  [reason.cancel, status.CANCELLED],
  [reason.refusedStream, status.UNAVAILABLE],
  [reason.enhanceYourCalm, status.RESOURCE_EXHAUSTED],
]);

/** `grpc-timeout` has eight digits at most. Rounded up, so that the usual limit is always the same text. */
export const timeoutHeader = (milliseconds: number): string =>
  `${Math.min(99_999_999, Math.max(1, Math.ceil(milliseconds)))}m`;

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
