import { describe, expect, it } from "vitest";
import { drained, put, Scene, watch } from "./testing/scene.ts";
import { defaultLimits } from "./watch.ts";

const scene = () => new Scene();

describe("a stream", () => {
  it("is woken once for what there is to take", () => {
    const s = scene();
    const { stream, wakes } = s.open();
    stream.create(0, watch("a"));
    s.write(put("a"), put("a"));
    expect(wakes()).toBe(1);
    drained(stream);
    s.write(put("b"));
    expect(wakes()).toBe(1);
    stream.requestProgress();
    expect(wakes()).toBe(2);
    drained(stream);
    s.write(put("a"));
    expect(wakes()).toBe(3);
  });

  it("hears nothing once it is closed", () => {
    const s = scene();
    const { stream, wakes } = s.open();
    stream.create(0, watch("a"));
    drained(stream);
    stream.close();
    s.write(put("a"));
    expect(wakes()).toBe(1);
    expect(drained(stream)).toEqual([]);
  });
});

describe("progress", () => {
  it("is reported after every event up to it, of all watches of the stream", () => {
    const s = scene().write(put("a", "1"));
    const { stream } = s.open();
    stream.create(0, watch("a"));
    stream.create(0, watch("a", { from: 1 }));
    s.write(put("a", "2"));
    stream.requestProgress();
    s.write(put("b"));
    expect(drained(stream)).toEqual([
      "w0 created at 2",
      "w1 created at 2",
      "w0: put a=2@3",
      "w1: put a=1@2, put a=2@3",
      "all up to 4",
    ]);
    expect(drained(stream)).toEqual([]);
  });

  it("waits for the watch that lags", () => {
    const s = new Scene({ limits: { ...defaultLimits, events: 1 } }).write(put("a", "1"), put("a", "2"));
    const { stream } = s.open();
    stream.create(0, watch("a", { from: 1 }));
    stream.requestProgress();
    expect([stream.take(), stream.take(), stream.take()]).toMatchObject([
      { type: "created" },
      { type: "events", events: [{ change: { modRevision: 2 } }] },
      { type: "events", events: [{ change: { modRevision: 3 } }] },
    ]);
    expect(drained(stream)).toEqual(["all up to 3"]);
  });

  it("is not reported of a stream without watches", () => {
    const { stream } = scene().open();
    stream.requestProgress();
    expect(drained(stream)).toEqual([]);
    stream.create(0, watch("a"));
    expect(drained(stream)).toEqual(["w0 created at 1"]);
  });

  it("is reported at intervals to those that want it and heard nothing since the last time", () => {
    const s = scene();
    const { stream } = s.open();
    stream.create(0, watch("a", { progress: true }));
    stream.create(0, watch("a"));
    stream.create(0, watch("b", { progress: true }));
    stream.create(0, watch("b", { progress: true, from: 9 }));
    s.write(put("a", "1"));
    drained(stream);
    s.hub.remindOfProgress();
    expect(drained(stream)).toEqual(["w2 up to 2"]);
    s.hub.remindOfProgress();
    expect(drained(stream)).toEqual(["w0 up to 2", "w2 up to 2"]);
  });
});
