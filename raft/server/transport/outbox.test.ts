import { describe, expect, it } from "vitest";
import { nanos } from "../../../core/time.ts";
import { Outbox } from "./outbox.ts";

const frame = (text: string) => Buffer.from(text);
const texts = (frames: Buffer[]) => frames.map((bytes) => bytes.toString());
const now = nanos(0);

describe("the outbox", () => {
  it("gives frames in the order in which they came, as many as fit, one at least", () => {
    const outbox = new Outbox(100);
    for (const text of ["aaaa", "bbbb", "cccc"]) outbox.push("append", frame(text), now);
    expect(texts(outbox.take(9))).toEqual(["aaaa", "bbbb"]);
    expect(texts(outbox.take(1))).toEqual(["cccc"]);
    expect(texts(outbox.take(1))).toEqual([]);
  });

  it("drops the oldest appends and heartbeats when it is full, not votes, and says so", () => {
    const outbox = new Outbox(12);
    expect(outbox.push("vote", frame("vote"), now)).toBe(true);
    expect(outbox.push("heartbeat", frame("beat"), now)).toBe(true);
    expect(outbox.push("append", frame("app1"), now)).toBe(true);
    expect(outbox.push("append", frame("app2"), now)).toBe(false);
    expect(texts(outbox.take(100))).toEqual(["vote", "app1", "app2"]);
  });

  it("drops what comes where nothing that waits may be dropped", () => {
    const outbox = new Outbox(8);
    outbox.push("vote", frame("vot1"), now);
    outbox.push("propose", frame("prop"), now);
    expect(outbox.push("vote", frame("vot2"), now)).toBe(false);
    expect(texts(outbox.take(100))).toEqual(["vot1", "prop"]);
  });

  it("takes a frame larger than itself where nothing else waits", () => {
    const outbox = new Outbox(4);
    outbox.push("append", frame("old"), now);
    outbox.push("append", frame("too large"), now);
    expect(texts(outbox.take(100))).toEqual(["too large"]);
  });

  it("forgets what has waited too long", () => {
    const outbox = new Outbox(100);
    outbox.push("vote", frame("old"), nanos(10));
    outbox.push("vote", frame("new"), nanos(20));
    outbox.expire(nanos(15));
    expect(texts(outbox.take(100))).toEqual(["new"]);
    // The room of what was forgotten is free again.
    expect(outbox.push("vote", Buffer.alloc(100), nanos(30))).toBe(true);
  });
});
