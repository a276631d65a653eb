import { describe, expect, it } from "vitest";
import { Deliveries, endedBy } from "./deliveries.ts";
import { follows, promiseOfWatch, type Told } from "./watch.ts";

const event = (revision: number): readonly Told[] => [{ f: "put", key: "k", revision }];

/** Deliveries of a watch, and what it asked of its connection. */
function watch(own: boolean) {
  const asked: string[] = [];
  const pause = (paused: boolean) => asked.push(paused ? "pause" : "resume");
  const deliveries = new Deliveries({ ...(own && { pause }), whenOver: () => asked.push("over") });
  return { asked, deliveries };
}

describe("deliveries on their way to a reader", () => {
  it("come in order, to a reader that waits and to one that comes later, and then no more", async () => {
    const { asked, deliveries } = watch(false);
    const first = deliveries.next();
    for (const revision of [1, 2]) deliveries.push(event(revision));
    deliveries.end(endedBy("connection-lost"));
    deliveries.push(event(3));
    deliveries.end(endedBy("timeout"));
    expect(await first).toEqual(event(1));
    expect(await deliveries.next()).toEqual(event(2));
    expect(await deliveries.next()).toEqual([{ f: "ended", value: "connection-lost" }]);
    expect(await deliveries.next()).toBeUndefined();
    expect(asked).toEqual(["over"]);
  });

  it("stop the reading where the watch has a connection of its own, until all were taken", async () => {
    const { asked, deliveries } = watch(true);
    for (let revision = 1; revision <= 70; revision++) deliveries.push(event(revision));
    expect(asked).toEqual(["pause"]);
    for (let revision = 1; revision <= 70; revision++) {
      expect(asked).toEqual(["pause"]);
      expect(await deliveries.next()).toEqual(event(revision));
    }
    expect(asked).toEqual(["pause", "resume"]);
  });

  it("end at a bound where it shares one, and say so", async () => {
    const { asked, deliveries } = watch(false);
    for (let revision = 1; revision <= 20_000; revision++) deliveries.push(event(revision));
    expect(asked).toEqual(["over"]);
    const all: (Told | undefined)[] = [];
    for (let next = await deliveries.next(); next !== undefined; next = await deliveries.next())
      all.push(...next);
    expect(all).toHaveLength(10_001);
    expect(all.at(-1)).toEqual({ f: "ended", value: "overloaded" });
  });

  it("are dropped when the reader closes the watch", async () => {
    const { asked, deliveries } = watch(false);
    deliveries.push(event(1));
    deliveries.close();
    expect(await deliveries.next()).toBeUndefined();
    expect([asked, deliveries.isOver]).toEqual([[], true]);
  });
});

describe("a request for a watch", () => {
  const watches = {
    plain: {
      contract: "latest-state",
      from: false,
      prefix: false,
      previous: false,
      progress: false,
      atomic: false,
    },
  } as const;

  it.each([
    [{ kind: "other", target: { key: "k" } }, "no kind of watch other: plain"],
    [{ kind: "plain", target: { key: "k" }, from: 3 }, "of the kind plain cannot start at a revision"],
    [
      { kind: "plain", target: { prefix: "k" }, previous: true },
      "cannot follow a prefix or tell previous values",
    ],
  ])("is refused where the system cannot do it", (request, reason) => {
    expect(() => promiseOfWatch(watches, request)).toThrow(reason);
  });

  it("follows a key, or every key with its prefix", () => {
    expect([follows({ key: "a" }, "a"), follows({ key: "a" }, "ab")]).toEqual([true, false]);
    expect([follows({ prefix: "a" }, "ab"), follows({ prefix: "a" }, "ba")]).toEqual([true, false]);
  });
});
