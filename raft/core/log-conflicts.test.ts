import { describe, expect, it } from "vitest";
import { messagesOf, nodeOf, persistedOf, TestCluster, votersOf } from "./testing/cluster.ts";
import { type Entry, logIndex, type Message, memberId, term } from "./types.ts";

const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];

describe("inconsistent logs (§5.3, figure 7)", () => {
  it.each([
    ["(a) misses an entry", [1, 1, 1, 4, 4, 5, 5, 6, 6]],
    ["(b) misses many", [1, 1, 1, 4]],
    ["(c) has an extra uncommitted entry of the leader's last term", [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    ["(d) has extra uncommitted entries of a later term", [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    ["(e) both misses entries and has extra ones", [1, 1, 1, 4, 4, 4, 4]],
    ["(f) has extra entries of several terms", [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ])("the leader forces the follower's log to duplicate its own: %s", (_, log) => {
    const cluster = new TestCluster([1, 2, 3], {
      1: { log: leaderLog, term: 7 },
      2: { log, term: 7 },
      3: { log: leaderLog, term: 7 },
    });
    cluster.elect(1);
    expect(cluster.log(2)).toEqual([...leaderLog, 8]);
    expect(cluster.disk(2).entries).toEqual(cluster.disk(1).entries);
    expect(cluster.applied(2)).toEqual(cluster.applied(1));
  });

  it("the leader skips a whole conflicting term at each refusal, not one entry", () => {
    const many = Array.from({ length: 200 }, (_, i) => (i === 0 ? 1 : 2));
    const cluster = new TestCluster([1, 2, 3], {
      1: { log: [1, 3, 3], term: 3 },
      2: { log: many, term: 3 },
      3: { log: [1, 3, 3], term: 3 },
    });
    cluster.elect(1);
    expect(cluster.log(2)).toEqual([1, 3, 3, 4]);
    const refusals = cluster.sent.filter((message) => message.type === "append-reply" && !message.success);
    expect(refusals.length).toBeLessThanOrEqual(3);
  });
});

describe("AppendEntries, receiver implementation (figure 2)", () => {
  const entry = (index: number, t: number): Entry => ({
    index: logIndex(index),
    term: term(t),
    type: "command",
    data: new Uint8Array(),
  });
  const append = (prevIndex: number, prevTerm: number, entries: Entry[], commit = 0): Message => ({
    type: "append",
    from: memberId(2),
    to: memberId(1),
    term: term(5),
    prevIndex: logIndex(prevIndex),
    prevTerm: term(prevTerm),
    entries,
    commit: logIndex(commit),
  });
  const follower = () => nodeOf(1, persistedOf(votersOf(1, 2, 3), { log: [1, 1, 2], commit: 1 }));

  it("replies false if the log does not contain an entry at prevLogIndex whose term matches prevLogTerm", () => {
    const node = follower();
    node.step({ type: "receive", message: append(7, 4, [entry(8, 5)]) });
    node.step({ type: "receive", message: append(3, 1, [entry(4, 5)]) });
    const ready = node.ready();
    expect(messagesOf(ready)).toMatchObject([
      { success: false, refusedIndex: 7, index: 3, hintTerm: 2 },
      { success: false, refusedIndex: 3, index: 2, hintTerm: 1 },
    ]);
    expect(ready?.entries).toEqual([]);
  });

  it("if an existing entry conflicts with a new one, deletes it and all that follow it", () => {
    const node = follower();
    node.step({ type: "receive", message: append(1, 1, [entry(2, 3)]) });
    expect(node.ready()?.entries).toEqual([entry(2, 3)]);
    expect(node.status().lastIndex).toBe(2);
  });

  it("appends only the entries that are not already in the log", () => {
    const node = follower();
    node.step({ type: "receive", message: append(1, 1, [entry(2, 1), entry(3, 2), entry(4, 5)]) });
    expect(node.ready()?.entries).toEqual([entry(4, 5)]);
  });

  it("sets commitIndex to the smaller of leaderCommit and the index of the last new entry", () => {
    const node = follower();
    node.step({ type: "receive", message: append(1, 1, [entry(2, 1)], 3) });
    expect(node.status().commit).toBe(2);
    node.step({ type: "receive", message: append(3, 2, [entry(4, 5)], 3) });
    expect(node.status().commit).toBe(3);
  });

  it("a heartbeat commits no more than the leader knows the follower to have", () => {
    const cluster = new TestCluster([1, 2, 3], { 3: { log: [1, 1, 1], term: 1 }, 1: { log: [2], term: 2 } });
    cluster.lost = ({ type, to }) => to === 3 && type === "append";
    cluster.elect(1);
    cluster.tick(1, 8);
    expect(cluster.status(1).commit).toBe(2);
    expect(cluster.status(3)).toMatchObject({ commit: 0, leader: 1 });
  });
});
