import { describe, expect, it } from "vitest";
import { nodeOf, persistedOf, settle, TestCluster, votersOf } from "./testing/cluster.ts";
import { logIndex, type Message, memberId, term } from "./types.ts";

/** S1 of figure 8 in step (c): it holds an entry of term 2 and leads term 4 with the votes of S2 and S3. */
function figure8c() {
  const node = nodeOf(1, persistedOf(votersOf(1, 2, 3, 4, 5), { log: [1, 2], term: 3, commit: 1 }));
  while (node.status().role === "follower") node.step({ type: "tick" });
  settle(node);
  for (const type of ["pre-vote-reply", "vote-reply"] as const) {
    for (const from of [2, 3]) {
      const envelope = { from: memberId(from), to: memberId(1), term: term(4) };
      node.step({ type: "receive", message: { type, ...envelope, granted: true } });
    }
    settle(node);
  }
  expect(node.status()).toMatchObject({ role: "leader", term: 4, lastIndex: 3 });
  return node;
}

const hasUpTo = (from: number, index: number): Message => ({
  type: "append-reply",
  from: memberId(from),
  to: memberId(1),
  term: term(4),
  success: true,
  index: logIndex(index),
  hintTerm: term(0),
  refusedIndex: logIndex(0),
});

describe("committing entries from previous terms (§5.4.2, figure 8)", () => {
  it("a leader cannot immediately conclude that an entry from a previous term is committed once it is stored on a majority (figure 8c)", () => {
    const node = figure8c();
    for (const follower of [2, 3, 4]) node.step({ type: "receive", message: hasUpTo(follower, 2) });
    expect(node.status().commit).toBe(1);
  });

  it("once an entry from the current term has been committed, all prior entries are committed indirectly (figure 8e)", () => {
    const node = figure8c();
    node.step({ type: "receive", message: hasUpTo(2, 3) });
    expect(node.status().commit).toBe(1);
    node.step({ type: "receive", message: hasUpTo(3, 3) });
    expect(node.status().commit).toBe(3);
  });

  it("an entry of an earlier term on a majority may still be overwritten (figure 8d), so nobody may have applied it", () => {
    const cluster = new TestCluster([1, 2, 3, 4, 5], {
      1: { log: [1, 2, 4], term: 4 },
      2: { log: [1, 2], term: 4 },
      3: { log: [1, 2], term: 4 },
      4: { log: [1], term: 4 },
      5: { log: [1, 3], term: 4 },
    });
    cluster.isolate(1);
    cluster.elect(5);
    cluster.heal();
    cluster.tick(5, 12);
    for (const id of [1, 2, 3, 4, 5]) {
      expect(cluster.log(id)).toEqual([1, 3, 5]);
      expect(cluster.applied(id)).toEqual(["1.1", "3.2"]);
    }
  });

  it("the leader counts itself only when its own disk has the entry", () => {
    const node = nodeOf(1, persistedOf(votersOf(1)));
    while (node.status().role !== "leader") node.step({ type: "tick" });
    expect(node.ready()?.entries).toHaveLength(1);
    expect(node.status().commit).toBe(0);
    node.step({ type: "persisted", index: logIndex(1), term: term(1) });
    expect(node.status().commit).toBe(1);
  });

  it("what was said to be durable does not count for an entry that has replaced it", () => {
    const node = nodeOf(1, persistedOf(votersOf(1, 2, 3), { log: [1, 1], term: 1 }));
    const replacement = {
      term: term(2),
      index: logIndex(2),
      type: "command" as const,
      data: new Uint8Array(),
    };
    const message: Message = {
      type: "append",
      from: memberId(2),
      to: memberId(1),
      term: term(2),
      prevIndex: logIndex(1),
      prevTerm: term(1),
      entries: [replacement],
      commit: logIndex(0),
    };
    node.step({ type: "receive", message });
    expect(node.ready()?.entries).toEqual([replacement]);
    node.step({ type: "persisted", index: logIndex(2), term: term(1) });
    for (let i = 0; i < 20; i++) node.step({ type: "tick" });
    node.ready();
    for (const type of ["pre-vote-reply", "vote-reply"] as const) {
      const envelope = { from: memberId(3), to: memberId(1), term: term(3) };
      node.step({ type: "receive", message: { type, ...envelope, granted: true } });
      node.ready();
    }
    expect(node.status()).toMatchObject({ role: "leader", lastIndex: 3 });
    const reply = { ...hasUpTo(3, 3), term: term(3) };
    node.step({ type: "receive", message: reply });
    expect(node.status().commit).toBe(0);
    node.step({ type: "persisted", index: logIndex(3), term: term(3) });
    expect(node.status().commit).toBe(3);
  });

  it("followers learn of a commit without waiting for the next command", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.propose(1, "a");
    expect([1, 2, 3].map((id) => cluster.applied(id))).toEqual([["a"], ["a"], ["a"]]);
  });
});
