import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  type Frame,
  FrameCutter,
  flag,
  frameHead,
  frameType,
  numbersFrame,
  setting,
  settingsFrame,
} from "./frames.ts";
import { Session } from "./session.ts";

const framesIn = (bytes: Buffer): readonly Frame[] => {
  const frames: Frame[] = [];
  new FrameCutter().push(bytes, (frame) => frames.push(frame) > 0);
  return frames;
};

/** A session whose node sends what the test says, and what the session did. */
function session(settings: Parameters<typeof settingsFrame>[0] = []) {
  const done: string[] = [];
  const written: Buffer[] = [];
  const opened = new Session(1 << 20, {
    write: (bytes) => written.push(bytes),
    settled: () => done.push("settled"),
    over: (error) => done.push(`over: ${error?.message ?? "goodbye"}`),
  });
  const ask = (name: string) =>
    opened.open([Buffer.of(0x83)], {
      fields: (fields) => done.push(`${name}: ${fields[":status"]}`),
      data: (bytes) => done.push(`${name}: ${bytes}`),
      over: (code) => done.push(`${name}: over ${code}`),
    });
  /** Types of the frames that left since the last time, and their streams. */
  const sent = async () => {
    await setImmediate();
    const bytes = Buffer.concat(written.splice(0));
    const start = bytes.subarray(0, 3).toString() === "PRI" ? 24 : 0;
    return framesIn(bytes.subarray(start)).map(({ type, stream, payload }) => [type, stream, payload.length]);
  };
  opened.receive(settingsFrame(settings));
  return { opened, done, ask, sent };
}

const status200 = (stream: number, flags = 0) =>
  Buffer.concat([frameHead(1, frameType.headers, flags | flag.endHeaders, stream), Buffer.of(0x88)]);

describe("a session of HTTP/2", () => {
  it("sends no more than the node's windows allow, until they grow", async () => {
    const { opened, ask, sent } = session([[setting.initialWindowSize, 10]]);
    await sent();
    ask("a").write(Buffer.alloc(25), true);
    expect(await sent()).toEqual([
      [frameType.headers, 1, 1],
      [frameType.data, 1, 10],
    ]);
    opened.receive(numbersFrame(frameType.windowUpdate, 1, 100));
    expect(await sent()).toEqual([[frameType.data, 1, 15]]);
  });

  it("opens no more streams than the node takes, and the next where one ends", async () => {
    const { opened, done, ask, sent } = session([[setting.maxConcurrentStreams, 1]]);
    await sent();
    for (const name of ["a", "b"]) ask(name).write(Buffer.of(1), true);
    expect(await sent()).toEqual([
      [frameType.headers, 1, 1],
      [frameType.data, 1, 1],
    ]);
    opened.receive(status200(1, flag.endStream));
    expect(done).toEqual(["settled", "a: 200", "a: over 0"]);
    expect((await sent()).map(([, stream]) => stream)).toEqual([3, 3]);
  });

  it("takes an interim answer, padding and fields in two frames", () => {
    const { opened, done, ask } = session();
    ask("a").write(Buffer.of(1), true);
    opened.receive(
      Buffer.concat([
        frameHead(5, frameType.headers, flag.endHeaders, 1),
        Buffer.from("\x08\x03100", "latin1"),
      ]),
    );
    opened.receive(Buffer.concat([frameHead(0, frameType.headers, 0, 1)]));
    opened.receive(
      Buffer.concat([frameHead(1, frameType.continuation, flag.endHeaders, 1), Buffer.of(0x88)]),
    );
    const padded = Buffer.from("\x02hi\0\0", "latin1");
    const frame = Buffer.concat([frameHead(5, frameType.data, flag.padded | flag.endStream, 1), padded]);
    for (const byte of frame) opened.receive(Buffer.of(byte));
    expect(done).toEqual(["settled", "a: 200", "a: hi", "a: over 0"]);
  });

  it("that is told goodbye refuses what the node never took, and is over after the rest", () => {
    const { opened, done, ask } = session();
    for (const name of ["a", "b"]) ask(name).write(Buffer.of(1), true);
    opened.receive(numbersFrame(frameType.goaway, 0, 1, 0));
    expect([opened.isOpen, done]).toEqual([false, ["settled", "b: over 7"]]);
    opened.receive(status200(1, flag.endStream));
    expect(done.slice(2)).toEqual(["a: 200", "a: over 0", "over: goodbye"]);
  });

  it("holds what comes to a paused stream, its end included", () => {
    const { opened, done, ask } = session();
    const stream = ask("a");
    stream.write(Buffer.of(1), true);
    stream.pause(true);
    opened.receive(status200(1, flag.endStream));
    expect(done).toEqual(["settled"]);
    stream.pause(false);
    expect(done).toEqual(["settled", "a: 200", "a: over 0"]);
  });

  it.each([
    ["another protocol", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "or no HTTP/2"],
    ["a goodbye with a reason", numbersFrame(frameType.goaway, 0, 0, 11), "with the code 11"],
    [
      "fields that do not decode",
      Buffer.concat([frameHead(1, frameType.headers, 4, 1), Buffer.of(0xbe)]),
      "no header field 62",
    ],
    ["fields without a start", frameHead(0, frameType.continuation, 4, 1), "without a start"],
    ["a push", numbersFrame(frameType.pushPromise, 1, 2), "pushes"],
    ["a window without a number", frameHead(0, frameType.windowUpdate, 0, 0), "no number"],
  ])("ends at %s", (_, bytes, why) => {
    const { opened, done } = session();
    opened.receive(bytes);
    expect(opened.isOpen).toBe(false);
    expect(done.at(-1)).toMatch(new RegExp(`^over: .*${why}`));
  });
});
