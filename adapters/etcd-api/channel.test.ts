import { once } from "node:events";
import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";
import { limitsOf } from "../client/ask.ts";
import { type Connection, openConnection } from "./connection.ts";
import { methods } from "./methods.ts";

type Handler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: ServerHttp2Session) => void;

const clock = realClock();
let server: Http2Server;
let sessions: Set<ServerHttp2Session>;
let opened = 0;
let handler: Handler;
let connection: Connection;

/** A node that answers as `handler` does, byte for byte. */
beforeEach(async () => {
  sessions = new Set();
  opened = 0;
  server = createServer();
  server.on("session", (session) => {
    opened++;
    sessions.add(session);
    session.on("error", () => {});
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    stream.resume();
    handler(stream, headers, stream.session as ServerHttp2Session);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  connection = openConnection({ node: nodeId("n1"), host: "127.0.0.1", port }, { timeoutMs: 5000, clock });
});
afterEach(() => {
  connection.close();
  for (const session of sessions) session.destroy();
  server.close();
});

const ask = { clock, timeoutMs: 5000 };
const put = (value = "v", timeoutMs = 5000) =>
  connection.call(
    methods.put,
    { key: Buffer.from("k"), value: Buffer.from(value) },
    limitsOf({ ...ask, timeoutMs }),
  );

/** PutResponse { header { revision: 7 } } */
const answer = Buffer.from([10, 2, 24, 7]);
const framed = (message: Buffer, flags = 0): Buffer => {
  const prefix = Buffer.from([flags, 0, 0, 0, 0]);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};

const ok = { ":status": 200, "content-type": "application/grpc" };

/** Answers with these parts of a body, and this status of gRPC's in the trailers. */
const reply =
  (parts: readonly Buffer[], trailers: OutgoingHttpHeaders | "none" = { "grpc-status": "0" }): Handler =>
  (stream) => {
    stream.respond(ok, { waitForTrailers: trailers !== "none" });
    if (trailers !== "none") stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    for (const part of parts) stream.write(part);
    stream.end();
  };

const headersOnly =
  (headers: OutgoingHttpHeaders): Handler =>
  (stream) =>
    stream.respond(headers, { endStream: true });

const resetWith =
  (code: number): Handler =>
  (stream) =>
    stream.close(code);

describe("an answer", () => {
  it("is taken whole, in however many pieces it comes", async () => {
    const bytes = [...framed(answer)].map((byte) => Buffer.of(byte));
    handler = reply(bytes);
    expect((await put()).header.revision).toBe("7");
  });

  it("may be larger than any window, and so may a question", async () => {
    const value = Buffer.alloc(20 << 20, "x");
    const length = (count: number): number[] =>
      count > 0x7f ? [(count & 0x7f) | 0x80, ...length(count >> 7)] : [count];
    const field = (number: number, inner: Buffer) =>
      Buffer.concat([Buffer.from([number * 8 + 2, ...length(inner.length)]), inner]);
    const range = Buffer.concat([answer, field(2, field(5, value))]);
    handler = (stream, headers, session) => {
      let received = 0;
      stream.on("data", (chunk: Buffer) => {
        received += chunk.length;
      });
      stream.on("end", () => {
        if (received > value.length) reply([framed(range)])(stream, headers, session);
      });
    };
    const request = { key: value, serializable: true };
    const { kvs } = await connection.call(methods.range, request, limitsOf({ clock, timeoutMs: 20_000 }));
    expect(kvs[0]?.value.equals(value)).toBe(true);
  });

  it("comes to a question that named its path, its time and the token of its log-in", async () => {
    let seen: IncomingHttpHeaders = {};
    handler = (stream, headers, session) => {
      seen = headers;
      reply([framed(answer)])(stream, headers, session);
    };
    const request = { key: Buffer.from("k"), value: Buffer.from("v") };
    await connection.call(methods.put, request, limitsOf({ clock, timeoutMs: 4000 }), "letmein");
    expect(seen).toMatchObject({
      ":method": "POST",
      ":path": "/etcdserverpb.KV/Put",
      "content-type": "application/grpc",
      te: "trailers",
      token: "letmein",
    });
    expect(seen["grpc-timeout"]).toMatch(/^(4000|39\d\d)m$/);
  });
});

describe("what a node answers", () => {
  const refusals: readonly [string, Handler, string, boolean][] = [
    [
      "a refusal in the trailers",
      reply([], { "grpc-status": "14", "grpc-message": "etcdserver: no leader" }),
      "no-leader",
      true,
    ],
    [
      "a refusal in the headers alone, its text percent-encoded",
      headersOnly({ ...ok, "grpc-status": "8", "grpc-message": "etcdserver%3A too many requests" }),
      "overloaded",
      true,
    ],
    [
      "a refusal whose text is no good percent-encoding",
      headersOnly({ ...ok, "grpc-status": "9", "grpc-message": "50% of it" }),
      "rejected",
      true,
    ],
    ["OK without a message", reply([]), "connection-lost", false],
    ["OK with half a message", reply([framed(answer).subarray(0, 7)]), "connection-lost", false],
    ["OK with two messages", reply([framed(answer), framed(answer)]), "connection-lost", false],
    ["OK with a compressed message", reply([framed(answer, 1)]), "connection-lost", false],
    ["OK with a message that does not decode", reply([framed(Buffer.from([255]))]), "unknown", false],
    ["a status without a number", reply([framed(answer)], { "grpc-status": "" }), "unknown", false],
    ["a status that is no number", reply([], { "grpc-status": "fine" }), "unknown", false],
    ["a message and no status", reply([framed(answer)], "none"), "connection-lost", false],
    ["HTTP's 503", headersOnly({ ":status": 503 }), "connection-lost", false],
    ["HTTP's 404", headersOnly({ ":status": 404 }), "unsupported", true],
    ["a reset", resetWith(constants.NGHTTP2_INTERNAL_ERROR), "connection-lost", false],
    ["a reset that refuses the stream", resetWith(constants.NGHTTP2_REFUSED_STREAM), "not-connected", true],
    ["a reset without an error", resetWith(constants.NGHTTP2_NO_ERROR), "connection-lost", false],
    ["a reset that asks for calm", resetWith(constants.NGHTTP2_ENHANCE_YOUR_CALM), "unknown", false],
    ["nothing, and hangs up", (_, __, session) => session.destroy(), "connection-lost", false],
  ];

  it.each(refusals)("%s", async (_, answering, code, definite) => {
    handler = answering;
    const refused = put();
    await expect(refused).rejects.toMatchObject({ code, definite });
    await expect(refused).rejects.toThrow("n1");
    handler = reply([framed(answer)]);
    expect((await put()).header.revision).toBe("7");
  });

  it("is the refusal, where the node hangs up after it", async () => {
    handler = (stream, _, session) => {
      stream.respond(
        { ...ok, "grpc-status": "14", "grpc-message": "etcdserver: no leader" },
        { endStream: true },
      );
      stream.on("close", () => session.close());
    };
    await expect(put()).rejects.toMatchObject({ code: "no-leader" });
  });

  it("is a refusal before the question was all sent: the rest is not waited for", async () => {
    handler = (stream) => {
      stream.pause();
      headersOnly({ ...ok, "grpc-status": "8", "grpc-message": "grpc: received message larger than max" })(
        stream,
        {},
        stream.session as ServerHttp2Session,
      );
    };
    await expect(put("v".repeat(8 << 20))).rejects.toMatchObject({ code: "rejected", definite: true });
    handler = reply([framed(answer)]);
    expect((await put()).header.revision).toBe("7");
  });
});

describe("a connection", () => {
  it("carries many questions at once, each with its own answer", async () => {
    const waiting: (() => void)[] = [];
    handler = (stream, headers, session) => {
      const path = Number(`${headers["grpc-timeout"]}`.replace("m", ""));
      const revision = Buffer.from([10, 2, 24, Math.floor(path / 1000)]);
      waiting.push(() => reply([framed(revision)])(stream, headers, session));
      // The last one first.
      if (waiting.length === 8) for (const send of waiting.reverse()) send();
    };
    const asked = Array.from({ length: 8 }, (_, i) => put("v", (i + 10) * 1000 + 999));
    const answers = await Promise.all(asked);
    expect(answers.map(({ header }) => header.revision)).toEqual([
      "10",
      "11",
      "12",
      "13",
      "14",
      "15",
      "16",
      "17",
    ]);
    expect(opened).toBe(1);
  });

  it("whose node says goodbye ends the calls under way, and is replaced for the next ones", async () => {
    handler = (stream, headers, session) => {
      session.goaway(constants.NGHTTP2_NO_ERROR);
      setImmediate(() => reply([framed(answer)])(stream, headers, session));
    };
    expect((await put()).header.revision).toBe("7");
    handler = reply([framed(answer)]);
    expect((await put()).header.revision).toBe("7");
    expect(opened).toBe(2);
  });

  it("learns that a question was given up: the node need not go on with it", async () => {
    const reset = new Promise<number>((resolve) => {
      handler = (stream) => stream.on("close", () => resolve(stream.rstCode ?? -1));
    });
    // Somebody else still uses the connection, so that it does not go with the question.
    const other = put("v", 2000);
    const controller = new AbortController();
    const arrived = once(server, "stream");
    const request = { key: Buffer.from("k"), value: Buffer.from("v") };
    const called = connection.call(methods.put, request, limitsOf(ask, { signal: controller.signal }));
    await arrived;
    controller.abort();
    await expect(called).rejects.toMatchObject({ code: "aborted", definite: false });
    expect(await reset).toBe(constants.NGHTTP2_CANCEL);
    await expect(other).rejects.toMatchObject({ code: "timeout", definite: false });
  });

  it("of another protocol, or of none, is not connected, definitely", async () => {
    connection.close();
    await expect(put()).rejects.toMatchObject({ code: "not-connected", definite: true });
    expect(opened).toBe(0);
  });
});
