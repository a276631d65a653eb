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

  it("refuses, after a goodbye, what the node never took, and is over after the rest", () => {
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

  it("counts what comes to a stream that it gave up for the connection's window, and needs none of it", async () => {
    const { opened, done, ask, sent } = session();
    ask("a").reset();
    await sent();
    const frame = Buffer.concat([frameHead(16_384, frameType.data, 0, 1), Buffer.alloc(16_384)]);
    for (let i = 0; i < 31; i++) opened.receive(frame);
    expect(await sent()).toEqual([]);
    opened.receive(frame);
    expect(await sent()).toEqual([[frameType.windowUpdate, 0, 4]]);
    opened.receive(status200(1, flag.endStream));
    opened.receive(numbersFrame(frameType.reset, 1, 8));
    expect([opened.isOpen, done]).toEqual([true, ["settled"]]);
  });

  it("gives the node more window as a stream is read, and none while it is paused", async () => {
    const { opened, ask, sent } = session();
    const stream = ask("a");
    await sent();
    stream.pause(true);
    const frame = Buffer.concat([frameHead(16_384, frameType.data, 0, 1), Buffer.alloc(16_384)]);
    for (let i = 0; i < 32; i++) opened.receive(frame);
    expect(await sent()).toEqual([[frameType.windowUpdate, 0, 4]]);
    stream.pause(false);
    expect(await sent()).toEqual([[frameType.windowUpdate, 1, 4]]);
  });

  it("waits where the node makes its windows smaller than what is under way", async () => {
    const { opened, ask, sent } = session([[setting.initialWindowSize, 10]]);
    await sent();
    const stream = ask("a");
    stream.write(Buffer.alloc(15));
    await sent();
    opened.receive(settingsFrame([[setting.initialWindowSize, 2]]));
    opened.receive(numbersFrame(frameType.windowUpdate, 1, 8));
    expect(await sent()).toEqual([[frameType.settings, 0, 0]]);
    opened.receive(settingsFrame([[setting.initialWindowSize, 100]]));
    stream.write(Buffer.alloc(0), true);
    expect(await sent()).toEqual([
      [frameType.settings, 0, 0],
      [frameType.data, 1, 5],
      [frameType.data, 1, 0],
    ]);
  });

  it("sends an empty end though the window is less than empty", async () => {
    const { opened, ask, sent } = session([[setting.initialWindowSize, 10]]);
    await sent();
    const stream = ask("a");
    stream.write(Buffer.alloc(10));
    opened.receive(settingsFrame([[setting.initialWindowSize, 2]]));
    await sent();
    stream.write(Buffer.alloc(0), true);
    expect(await sent()).toEqual([[frameType.data, 1, 0]]);
  });

  it("answers a ping, and does not answer a reset", async () => {
    const { opened, done, ask, sent } = session();
    ask("a");
    await sent();
    opened.receive(Buffer.concat([frameHead(8, frameType.ping, 0, 0), Buffer.alloc(8, 7)]));
    opened.receive(numbersFrame(frameType.reset, 1, 0));
    expect(await sent()).toEqual([[frameType.ping, 0, 8]]);
    expect(done).toEqual(["settled", "a: over 0"]);
  });

  it("refuses what still waits for its turn when the node says goodbye, and lets go what was called off", () => {
    const { opened, done, ask } = session([[setting.maxConcurrentStreams, 1]]);
    ask("a");
    ask("b");
    ask("c").reset();
    opened.receive(numbersFrame(frameType.goaway, 0, 2 ** 31 - 1, 0));
    expect(done).toEqual(["settled", "b: over 7"]);
    opened.receive(status200(1, flag.endStream));
    expect(done.slice(2)).toEqual(["a: 200", "a: over 0", "over: goodbye"]);
    opened.receive(status200(1, flag.endStream));
    expect(done).toHaveLength(5);
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
    [
      "fields that go on at another stream",
      Buffer.concat([
        frameHead(0, frameType.headers, 0, 1),
        frameHead(1, frameType.continuation, flag.endHeaders, 3),
        Buffer.of(0x88),
      ]),
      "at another stream",
    ],
    [
      "fields in parts without an end",
      Buffer.concat([
        frameHead(0, frameType.headers, 0, 1),
        ...Array.from({ length: 256 }, () => frameHead(0, frameType.continuation, 0, 1)),
      ]),
      "of header fields",
    ],
    ["an answer to nothing", status200(3), "no stream 3"],
    ["an answer to what the node itself would have begun", status200(2), "no stream 2"],
    ["a frame of data for the whole connection", frameHead(0, frameType.data, 0, 0), "no stream 0"],
    [
      "settings that are cut off",
      Buffer.concat([frameHead(1, frameType.settings, 0, 0), Buffer.of(0)]),
      "settings are cut off",
    ],
    ["frames of no bytes", settingsFrame([[setting.maxFrameSize, 0]]), "frames of 0 bytes"],
    ["a window that is too large", settingsFrame([[setting.initialWindowSize, 2 ** 31]]), "a window of"],
    ["a window without a number", frameHead(0, frameType.windowUpdate, 0, 0), "no number"],
  ])("ends at %s", (_, bytes, why) => {
    const { opened, done, ask } = session();
    ask("a");
    opened.receive(bytes);
    expect(opened.isOpen).toBe(false);
    expect(done.at(-1)).toMatch(new RegExp(`^over: .*${why}`));
  });
});
