/** Random traffic with the HTTP/2 server of Node, an implementation by others: each stream takes what it was sent, and nothing else. */
import { once } from "node:events";
import { constants, createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../../core/random.ts";
import { encodeFields, type Fields } from "./hpack.ts";
import { Session } from "./session.ts";

/** What a stream is to send and to take, and how the node ends it. */
interface Plan {
  readonly question: number;
  readonly answer: number;
  readonly fields: Fields;
  readonly trailers: Fields;
  readonly end: "trailers" | "early" | "cancel" | "reset" | "break";
  readonly code: number;
}

interface Seen {
  status?: string | undefined;
  fields: Fields;
  bytes: number;
  isWhole: boolean;
  over?: number;
}

const sizes = [0, 1, 5, 100, 16_383, 16_384, 16_385, 65_535, 65_536, 200_000, 1 << 20];
const letters = Array.from({ length: 0x100 }, (_, i) => String.fromCharCode(i)).filter((c) =>
  /[!-~\x80-\xff]/.test(c),
);
const text = (random: Random, most: number): string =>
  // Many of the shortest code, so that Huffman's code pays also with the longest codes in between.
  Array.from({ length: random.integer(1, most) }, () =>
    random.chance(0.3) ? random.pick(letters) : "a",
  ).join("");
const fieldsOf = (random: Random, prefix: string): Fields =>
  Object.fromEntries(
    Array.from({ length: random.integer(0, 6) }, (_, i) => [
      `${prefix}-${i}`,
      text(random, random.chance(0.1) ? 9000 : 40),
    ]),
  );

const planOf = (random: Random): Plan => ({
  question: random.pick(sizes),
  answer: random.pick(sizes),
  fields: fieldsOf(random, "x-field"),
  trailers: { ...fieldsOf(random, "x-trailer"), "grpc-status": "0" },
  end: random.pick(["trailers", "trailers", "trailers", "early", "cancel", "reset", "break"]),
  code: random.pick([
    constants.NGHTTP2_INTERNAL_ERROR,
    constants.NGHTTP2_REFUSED_STREAM,
    constants.NGHTTP2_CANCEL,
  ]),
});

/** The bytes of the stream with this number: each stream has others. */
const body = (of: number, length: number): Buffer =>
  Buffer.alloc(length, Buffer.of(of, of >> 8, 7, of ^ 85, 3));

let server: Http2Server | undefined;
let socket: Socket | undefined;
afterEach(() => {
  socket?.destroy();
  server?.close();
});

function answer(stream: ServerHttp2Stream, of: number, plan: Plan): void {
  if (plan.end === "reset") {
    stream.close(plan.code);
    return;
  }
  // Node 20 aborts where a stream is reset that has trailers to come.
  const waitForTrailers = plan.end === "trailers" || plan.end === "early";
  stream.respond({ ":status": 200, ...plan.fields }, { waitForTrailers });
  stream.on("wantTrailers", () => stream.sendTrailers(plan.trailers));
  const bytes = body(of, plan.answer);
  if (plan.end === "break") stream.write(bytes.subarray(0, 10), () => stream.destroy(new Error("broken")));
  else stream.end(bytes);
}

/** A node that checks what it is sent and answers by plan. */
async function listen(plans: readonly Plan[], random: Random): Promise<{ port: number; wrong: string[] }> {
  const wrong: string[] = [];
  server = createServer({
    settings: {
      initialWindowSize: random.pick([1000, 65_535, 1 << 20]),
      maxConcurrentStreams: random.pick([1, 3, 1000]),
      maxFrameSize: random.pick([16_384, 1 << 20]),
    },
    paddingStrategy: random.pick([constants.PADDING_STRATEGY_NONE, constants.PADDING_STRATEGY_MAX]),
    maxHeaderListPairs: 1000,
  });
  server.on("stream", (stream, headers) => {
    const of = Number(headers["x-number"]);
    const plan = plans[of] as Plan;
    const taken: Buffer[] = [];
    stream.on("error", () => {});
    if (random.chance(0.05)) stream.session?.settings({ initialWindowSize: random.integer(1, 100_000) });
    if (random.chance(0.1)) stream.session?.ping(() => {});
    if (random.chance(0.1)) stream.additionalHeaders({ ":status": 103, "x-early": "1" });
    if (plan.end === "early") {
      stream.resume();
      answer(stream, of, plan);
      return;
    }
    stream.on("data", (chunk: Buffer) => taken.push(chunk));
    stream.on("end", () => {
      if (stream.aborted) return;
      if (!Buffer.concat(taken).equals(body(of, plan.question))) wrong.push(`question ${of}`);
      answer(stream, of, plan);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, wrong };
}

/** Hands the bytes over in pieces that end anywhere. */
function inPieces(bytes: Buffer, random: Random, take: (piece: Buffer) => void): void {
  for (let at = 0; at < bytes.length; ) {
    const end = at + random.pick([1, 2, 8, 9, 10, 100, 5000, 65_536]);
    take(bytes.subarray(at, end));
    at = end;
  }
}

async function settledSession(port: number, random: Random): Promise<Session> {
  const connected = connect(port, "127.0.0.1");
  socket = connected;
  connected.on("error", () => {});
  return await new Promise((resolve) => {
    const session: Session = new Session(random.pick([65_536, 1 << 20]), {
      write: (bytes) => connected.write(bytes),
      settled: () => resolve(session),
      over: () => connected.destroy(),
    });
    connected.on("data", (chunk: Buffer) => inPieces(chunk, random, (piece) => session.receive(piece)));
  });
}

/** Asks by plan; resolves with what came when the stream is over or was called off. */
function ask(session: Session, of: number, plan: Plan, random: Random): Promise<Seen> {
  const seen: Seen = { fields: {}, bytes: 0, isWhole: true };
  const expected = body(of, plan.answer);
  return new Promise((resolve) => {
    const headers = [
      encodeFields({ ":method": "POST", ":scheme": "http", ":path": "/", ":authority": "n1" }),
      encodeFields({ "x-number": `${of}` }),
    ];
    const stream = session.open(headers, {
      fields: (fields) => {
        seen.status ??= fields[":status"];
        seen.fields = { ...seen.fields, ...fields };
        if (plan.end !== "cancel") return;
        stream.reset();
        resolve(seen);
      },
      data: (bytes) => {
        const part = expected.subarray(seen.bytes, seen.bytes + bytes.length);
        seen.isWhole &&= bytes.equals(part);
        seen.bytes += bytes.length;
        if (!random.chance(0.02)) return;
        stream.pause(true);
        setImmediate().then(() => stream.pause(false));
      },
      over: (code) => resolve({ ...seen, over: code }),
    });
    stream.write(body(of, plan.question), true);
  });
}

describe("a session with the server of Node", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "brings every stream what was sent on it, seed %i",
    async (seed) => {
      const random = createRandom(seed);
      const plans = Array.from({ length: 60 }, () => planOf(random));
      const { port, wrong } = await listen(plans, random.fork("server"));
      const session = await settledSession(port, random.fork("client"));
      const all = await Promise.all(plans.map((plan, of) => ask(session, of, plan, random)));
      for (const [of, plan] of plans.entries()) {
        const { end, code, fields, trailers } = plan;
        const whole = { status: "200", isWhole: true };
        const expected = {
          trailers: { ...whole, bytes: plan.answer, over: 0, fields: { ...fields, ...trailers } },
          early: { ...whole, bytes: plan.answer, over: 0, fields: { ...fields, ...trailers } },
          cancel: { ...whole, fields },
          reset: { fields: {}, bytes: 0, over: code },
          break: { ...whole, over: constants.NGHTTP2_INTERNAL_ERROR, fields },
        }[end];
        expect(all[of], `stream ${of} of ${end}`).toMatchObject(expected);
      }
      expect(wrong).toEqual([]);
      expect(session.isOpen).toBe(true);
    },
    30_000,
  );

  it.each([1, 2, 3, 4])(
    "loses none of the streams that a goodbye lets go on, seed %i",
    async (seed) => {
      const random = createRandom(seed);
      const plans = Array.from({ length: 30 }, () => ({ ...planOf(random), end: "trailers" }) as const);
      const { port, wrong } = await listen(plans, random.fork("server"));
      const begun = new Set<number>();
      server?.on("stream", (stream, headers) => {
        begun.add(Number(headers["x-number"]));
        if (begun.size === 10) stream.session?.close();
      });
      const session = await settledSession(port, random.fork("client"));
      const gone = once(socket as Socket, "close");
      const all = await Promise.all(plans.map((plan, of) => ask(session, of, plan, random)));
      for (const [of, { over, bytes, isWhole }] of all.entries()) {
        if (over === 0) expect([isWhole, bytes]).toEqual([true, plans[of]?.answer]);
        else expect([over, begun.has(of)]).toEqual([constants.NGHTTP2_REFUSED_STREAM, false]);
      }
      expect([...begun].every((of) => all[of]?.over === 0)).toBe(true);
      expect(wrong).toEqual([]);
      await gone;
    },
    30_000,
  );
});
