import { describe, expect, it } from "vitest";
import type { Watch, WatchEvent } from "./requests.ts";
import { WatchRegistry } from "./watches.ts";

/** A registry, and what each of two hears. */
function registry() {
  const heard: Record<"a" | "b", string[]> = { a: [], b: [] };
  const watches = new WatchRegistry();
  const by = {
    a: ({ type, path }: WatchEvent) => heard.a.push(`${type} ${path}`),
    b: ({ type, path }: WatchEvent) => heard.b.push(`${type} ${path}`),
  };
  const add = (kind: Watch["kind"], path: string, who: "a" | "b", absent = false) =>
    watches.add({ kind, path, heard: by[who] }, absent);
  const event = (type: WatchEvent["type"], path: string) => watches.take({ type, path, zxid: 1n });
  return { watches, heard, by, add, event };
}

describe("the watches of a ZooKeeper session", () => {
  it("concern their path, or what is below it, and end with their first event unless they are persistent", () => {
    const { heard, add, event } = registry();
    add("data", "/k", "a");
    add("recursive", "/", "b");
    add("recursive", "/k", "b");
    event("changed", "/k");
    event("changed", "/k");
    event("created", "/k/child");
    event("children-changed", "/k");
    event("changed", "/kk");
    expect(heard).toEqual({
      a: ["changed /k"],
      b: ["changed /k", "changed /k", "created /k/child"],
    });
  });

  it("are one for each kind and path, heard once by each who asked", () => {
    const { heard, add, event } = registry();
    add("persistent", "/k", "a");
    add("data", "/k", "a");
    add("data", "/k", "b");
    event("deleted", "/k");
    expect(heard).toEqual({ a: ["deleted /k"], b: ["deleted /k"] });
    event("created", "/k");
    expect(heard).toEqual({ a: ["deleted /k", "created /k"], b: ["deleted /k"] });
  });

  it("are left on an absent node by `exists` alone", () => {
    const { heard, add, event } = registry();
    add("data", "/k", "a", true);
    add("exists", "/k", "b", true);
    event("created", "/k");
    expect(heard).toEqual({ a: [], b: ["created /k"] });
  });

  it("are not forgotten by the server while a registration on the path is on its way", () => {
    const { watches, by, add } = registry();
    const again: Watch = { kind: "data", path: "/k", heard: by.b };
    add("persistent", "/k", "a");
    watches.sent(again);
    watches.sent(again);
    expect(watches.leave("/k", by.a)).toBe(false);
    watches.settled(again);
    expect(watches.leave("/k", by.a)).toBe(false);
    watches.settled(again);
    expect(watches.leave("/k", by.a)).toBe(true);
  });

  it("can be forgotten by the server when nobody else wants what it holds for the path", () => {
    const { watches, by, add, event, heard } = registry();
    add("persistent", "/k", "a");
    add("data", "/k", "b");
    expect(watches.leave("/k", by.a)).toBe(false);
    event("changed", "/k");
    expect(heard).toEqual({ a: [], b: ["changed /k"] });
    add("data", "/k", "b");
    expect(watches.leave("/k", by.b)).toBe(true);
  });

  it("that somebody hears end with the connection; others are handed to the next", () => {
    const { watches, heard, add, event } = registry();
    add("persistent", "/k", "a");
    watches.add({ kind: "data", path: "/k" }, false);
    watches.disconnected();
    expect(watches.held()).toMatchObject([{ kind: "data", path: "/k" }]);
    event("changed", "/k");
    expect(heard.a).toEqual([]);
  });
});
