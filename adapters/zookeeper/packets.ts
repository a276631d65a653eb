import { JuteReader, JuteWriter } from "./jute.ts";
import type { Request, WatchEvent } from "./requests.ts";

/** Wire format of requests, replies and the first exchange of a connection, without their length prefix. */

/** The numbers of exchanges that are outside the order of requests. */
export const xid = { notification: -1, ping: -2, auth: -4, setWatches: -8 } as const;

/**
 * The longest frame that a server takes unless it is configured otherwise (`jute.maxbuffer`, 0xfffff): it hangs up on
 * a longer one, without a word.
 */
export const frameBytesMax = 0xfffff;

/** Header, then body. */
export function encodeRequest(number: number, request: Request<unknown>): Buffer {
  const writer = new JuteWriter().int(number).int(request.opcode);
  request.write(writer);
  return writer.bytes();
}

export interface ReplyHeader {
  readonly xid: number;
  /** The server's state that the reply was made from; for a write: the write. */
  readonly zxid: bigint;
  readonly error: number;
}

export function decodeReply(frame: Buffer): { readonly header: ReplyHeader; readonly body: JuteReader } {
  const body = new JuteReader(frame);
  return { header: { xid: body.int(), zxid: body.long(), error: body.int() }, body };
}

export interface SessionId {
  readonly id: bigint;
  readonly password: Uint8Array;
}

export function encodeConnect(session: SessionId, seen: bigint, timeoutMs: number): Buffer {
  return new JuteWriter()
    .int(0)
    .long(seen)
    .int(timeoutMs)
    .long(session.id)
    .buffer(session.password)
    .bool(false)
    .bytes();
}

/** `timeoutMs` of 0: the session that was asked for has expired. */
export function decodeConnect(frame: Buffer): { readonly session: SessionId; readonly timeoutMs: number } {
  const body = new JuteReader(frame);
  body.int();
  const timeoutMs = body.int();
  return { timeoutMs, session: { id: body.long(), password: Buffer.from(body.buffer()) } };
}

const eventTypes: Readonly<Record<number, WatchEvent["type"]>> = {
  1: "created",
  2: "deleted",
  3: "changed",
  4: "children-changed",
};

export function decodeEvent(body: JuteReader, zxid: bigint): WatchEvent {
  const type = eventTypes[body.int()] ?? "other";
  body.int(); // state of the connection
  return { type, path: body.text(), zxid };
}
