import { describe, expect, it } from "vitest";
import type { WriteRequest } from "../request.ts";
import { reencoded } from "../testing/encoded.ts";
import { compact, drained, put, remove, Scene, txn, watch } from "./testing/scene.ts";
import { defaultLimits } from "./watch.ts";

const scene = () => new Scene();
const narrow = { ...defaultLimits, queued: 3, events: 2 };

describe("a watch", () => {
  it("gets the changes of its key from now on, and nobody else's", () => {
    const s = scene().write(put("a", "0"));
    const { stream } = s.open();
    stream.create(0, watch("a"));
    s.write(put("a", "1"), put("b", "1"), remove("a"), remove("a"));
    expect(drained(stream)).toEqual(["w0 created at 2", "w0: put a=1@3", "w0: delete a@5"]);
  });

  it("gets the keys of an interval, all events of a transaction together", () => {
    const s = scene().write(put("a", "0"));
    const { stream } = s.open();
    stream.create(0, watch("a", { until: "c" }));
    s.write(txn(put("a", "1"), put("b", "1"), put("c", "1")), txn(remove("a"), put("b", "2")));
    expect(drained(stream)).toEqual([
      "w0 created at 2",
      "w0: put a=1@3, put b=1@3",
      "w0: delete a@4, put b=2@4",
    ]);
  });

  it("gets everything from a past revision on, then what comes, once", () => {
    const s = scene().write(put("a", "1"), put("a", "2"), put("b"), remove("a"));
    const { stream } = s.open();
    stream.create(0, watch("a", { from: 3 }));
    s.write(put("a", "3"));
    expect(drained(stream)).toEqual(["w0 created at 5", "w0: put a=2@3, delete a@5, put a=3@6"]);
    s.write(put("a", "4"));
    expect(drained(stream)).toEqual(["w0: put a=4@7"]);
  });

  it("gets nothing before the future revision that it starts at", () => {
    const s = scene();
    const { stream } = s.open();
    stream.create(0, watch("a", { from: 4 }));
    s.write(put("a", "2"), put("a", "3"), put("a", "4"), put("a", "5"));
    expect(drained(stream)).toEqual(["w0 created at 1", "w0: put a=4@4", "w0: put a=5@5"]);
  });

  it("leaves out puts or deletions on request", () => {
    const s = scene();
    const { stream } = s.open();
    stream.create(0, watch("a", { puts: false }));
    stream.create(0, watch("a", { deletions: false, from: 1 }));
    s.write(put("a", "1"), remove("a"));
    expect(drained(stream)).toEqual([
      "w0 created at 1",
      "w1 created at 1",
      "w0: delete a@3",
      "w1: put a=1@2",
    ]);
  });

  it("reports what a key held before, on request and unless that is compacted", () => {
    const s = scene().write(put("a", "1"), put("a", "2"), compact(3), put("a", "3"));
    const { stream } = s.open();
    stream.create(0, watch("a", { previous: true, from: 3 }));
    expect(drained(stream)).toEqual(["w0 created at 4", "w0: put a=2@3, put a=3@4 (was 2)"]);
    s.write(remove("a"), put("a", "4"));
    expect(drained(stream)).toEqual(["w0: delete a@5 (was 3)", "w0: put a=4@6"]);
  });

  it("has the id that its client gave it, or a free one", () => {
    const { stream } = scene().open();
    for (const id of [1, 0, 0, 1, -9]) stream.create(id, watch("a"));
    expect(drained(stream)).toEqual([
      "w1 created at 1",
      "w0 created at 1",
      "w2 created at 1",
      "refused: duplicate-id",
      "w-9 created at 1",
    ]);
  });

  it("is refused for an interval that holds no key", () => {
    const { stream } = scene().open();
    stream.create(0, watch("b", { until: "a" }));
    stream.create(0, watch("b", { until: "b" }));
    expect(drained(stream)).toEqual(["refused: empty-range", "refused: empty-range"]);
  });

  it("gets nothing after it was canceled", () => {
    const s = scene();
    const { stream } = s.open();
    stream.create(0, watch("a"));
    s.write(put("a", "1"));
    stream.cancel(0);
    stream.cancel(7);
    s.write(put("a", "2"));
    expect(drained(stream)).toEqual(["w0 created at 1", "w0: put a=1@2", "w0 canceled"]);
  });
});

describe("a compaction", () => {
  it("leaves a watch that starts at its own revision all events of it, deletions too", () => {
    const s = scene().write(put("a"), remove("a"), put("b"), compact(3));
    const { stream } = s.open();
    stream.create(0, watch("a", { until: "c", from: 3 }));
    expect(drained(stream)).toEqual(["w0 created at 4", "w0: delete a@3, put b=v@4"]);
  });

  it("cancels a watch that starts before it", () => {
    const s = scene().write(put("a"), put("a"), compact(3));
    const { stream } = s.open();
    stream.create(0, watch("a", { from: 2 }));
    stream.create(0, watch("a", { from: -1 }));
    s.write(put("a"));
    expect(drained(stream)).toEqual([
      "w0 created at 3",
      "w0 canceled by compaction at 3",
      "w1 created at 3",
      "w1 canceled by compaction at 3",
    ]);
  });

  it("does not touch a watch whose events are queued, nor one to which nothing happened", () => {
    const s = scene();
    const { stream } = s.open();
    stream.create(0, watch("a", { previous: true }));
    stream.create(0, watch("b"));
    s.write(put("a", "1"), put("a", "2"), put("c"), compact(4), put("b"));
    expect(drained(stream)).toEqual([
      "w0 created at 1",
      "w1 created at 1",
      "w0: put a=1@2",
      "w0: put a=2@3 (was 1)",
      "w1: put b=v@5",
    ]);
  });

  it("cancels a slow watch, after what was queued for it, only if what it wants next is gone", () => {
    const s = new Scene({ limits: narrow });
    const { stream } = s.open();
    stream.create(0, watch("a"));
    s.write(put("a", "2"), put("a", "3"), put("a", "4"), put("a", "5"), compact(4));
    const lagging = s.open().stream;
    lagging.create(0, watch("a", { from: 4 }));
    s.write(compact(5));
    expect(drained(stream)).toEqual([
      "w0 created at 1",
      "w0: put a=2@2",
      "w0: put a=3@3",
      "w0 canceled by compaction at 5",
    ]);
    expect(drained(lagging)).toEqual(["w0 created at 5", "w0 canceled by compaction at 5"]);
  });
});

describe("a client that does not read", () => {
  it("costs bounded memory, misses nothing, and holds nobody else up", () => {
    const s = new Scene({ limits: narrow });
    const [slow, other] = [s.open(), s.open()];
    slow.stream.create(0, watch("a", { previous: true }));
    slow.stream.create(0, watch("b"));
    other.stream.create(0, watch("a"));
    const heard = drained(other.stream);
    for (let i = 2; i < 8; i++) {
      s.write(put(i % 3 === 0 ? "b" : "a", `${i}`));
      heard.push(...drained(other.stream));
    }
    expect(heard.slice(1)).toEqual([2, 4, 5, 7].map((i) => `w0: put a=${i}@${i}`));
    expect(drained(slow.stream)).toEqual([
      "w0 created at 1",
      "w1 created at 1",
      "w0: put a=2@2",
      "w1: put b=3@3, put b=6@6",
      "w0: put a=4@4 (was 2), put a=5@5 (was 4)",
      "w0: put a=7@7 (was 5)",
    ]);
    s.write(put("a", "8"));
    expect(drained(slow.stream)).toEqual(["w0: put a=8@8 (was 7)"]);
  });

  it("gets a long history in pieces of whole revisions", () => {
    const s = new Scene({ limits: narrow }).write(
      put("a", "2"),
      txn(put("a", "3"), put("b", "3"), put("c", "3")),
      put("a", "4"),
    );
    const { stream } = s.open();
    stream.create(0, watch("a", { until: "z", from: 1 }));
    expect(drained(stream).slice(1)).toEqual([
      "w0: put a=2@2, put a=3@3, put b=3@3, put c=3@3",
      "w0: put a=4@4",
    ]);
  });
});

describe("a state that came as a snapshot", () => {
  const later = (s: Scene, ...writes: readonly WriteRequest[]) => {
    const store = reencoded(s.store);
    for (const write of writes) store.execute(write);
    s.store = store;
    s.hub.replace(store);
  };

  it("brings the watches what they missed", () => {
    const s = scene().write(put("a", "1"));
    const { stream } = s.open();
    stream.create(0, watch("a"));
    stream.create(0, watch("a", { from: 4 }));
    stream.create(0, watch("a", { from: 6 }));
    later(s, put("a", "2"), put("a", "3"), put("b"));
    s.write(put("a", "4"));
    expect(drained(stream).slice(3)).toEqual([
      "w2: put a=4@6",
      "w0: put a=2@3, put a=3@4, put a=4@6",
      "w1: put a=3@4, put a=4@6",
    ]);
  });

  it("cancels the watches whose events are compacted in it", () => {
    const s = scene().write(put("a", "1"));
    const { stream } = s.open();
    stream.create(0, watch("a"));
    stream.create(0, watch("a", { from: 4 }));
    later(s, put("a", "2"), put("a", "3"), compact(4));
    expect(drained(stream).slice(2)).toEqual(["w0 canceled by compaction at 4", "w1: put a=3@4"]);
  });
});
