import { describe, expect, it } from "vitest";
import { messagesOf, nodeOf, persistedOf, settle, TestCluster, votersOf } from "./testing/cluster.ts";
import { logIndex, type Message, memberId, term } from "./types.ts";

const three = votersOf(1, 2, 3);

/** What member 2 asks of member 1. */
const voteRequest = (of: {
  term: number;
  lastIndex?: number;
  lastTerm?: number;
  from?: number;
}): Message => ({
  type: "vote",
  from: memberId(of.from ?? 2),
  to: memberId(1),
  term: term(of.term),
  lastIndex: logIndex(of.lastIndex ?? 0),
  lastTerm: term(of.lastTerm ?? 0),
  transfer: false,
});

describe("leader election (§5.2)", () => {
  it("a member that is asked to campaign does so at once, but not against a leader that works", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.step(2, { type: "campaign" });
    expect(cluster.status(2)).toMatchObject({ role: "leader", term: 1 });
    cluster.step(3, { type: "campaign" });
    cluster.step(2, { type: "campaign" });
    cluster.tick(2, 10);
    expect(cluster.status(2)).toMatchObject({ role: "leader", term: 1 });
    expect(cluster.status(3)).toMatchObject({ role: "follower", term: 1 });
  });

  it("when servers start up, they begin as followers", () => {
    const cluster = new TestCluster([1, 2, 3]);
    expect([1, 2, 3].map((id) => cluster.status(id).role)).toEqual(["follower", "follower", "follower"]);
  });

  it("a follower that receives no communication over the election timeout begins an election and wins it", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.tick(2, 9);
    expect(cluster.status(2).role).toBe("follower");
    cluster.tick(2, 10);
    expect(cluster.status(2)).toMatchObject({ role: "leader", term: 1, leader: 2 });
    expect(cluster.status(1)).toMatchObject({ role: "follower", term: 1, leader: 2 });
  });

  it("to begin an election, a follower increments its current term and votes for itself", () => {
    const cluster = new TestCluster([1, 2, 3], { 1: { term: 4 }, 2: { term: 4 }, 3: { term: 4 } });
    cluster.elect(1);
    expect(cluster.disk(1).hardState).toMatchObject({ term: 5, vote: 1 });
  });

  it("a candidate without a majority does not lead", () => {
    const cluster = new TestCluster([1, 2, 3, 4, 5]);
    cluster.isolate(1, 2);
    cluster.tick(1, 60);
    expect(cluster.status(1).role).not.toBe("leader");
  });

  it("each server will vote for at most one candidate in a given term, on a first-come-first-served basis", () => {
    const node = nodeOf(1, persistedOf(three));
    node.step({ type: "receive", message: voteRequest({ term: 1, from: 2 }) });
    node.step({ type: "receive", message: voteRequest({ term: 1, from: 3 }) });
    node.step({ type: "receive", message: voteRequest({ term: 1, from: 2 }) });
    expect(node.ready()?.messages).toMatchObject([
      { type: "vote-reply", to: 2, granted: true },
      { type: "vote-reply", to: 3, granted: false },
      { type: "vote-reply", to: 2, granted: true },
    ]);
  });

  it("the vote is remembered over a restart (figure 2, persistent state)", () => {
    const vote = { term: 3, vote: 2 };
    const node = nodeOf(1, persistedOf(three, vote));
    node.step({ type: "receive", message: voteRequest({ term: 3, from: 3 }) });
    expect(node.ready()?.messages).toMatchObject([{ type: "vote-reply", granted: false }]);
    const mutant = nodeOf(1, persistedOf(three, vote), { mutants: new Set(["forget-vote"]) });
    mutant.step({ type: "receive", message: voteRequest({ term: 3, from: 3 }) });
    expect(mutant.ready()?.messages).toMatchObject([{ type: "vote-reply", granted: true }]);
  });

  it("a vote leaves no sooner than term and vote are to be durable", () => {
    const node = nodeOf(1, persistedOf(three));
    node.step({ type: "receive", message: voteRequest({ term: 7 }) });
    const ready = node.ready();
    expect(ready).toMatchObject({ hardState: { term: 7, vote: 2 }, immediate: [] });
    expect(ready?.messages).toMatchObject([{ type: "vote-reply", term: 7, granted: true }]);
  });

  it("if one server's current term is smaller than the other's, then it updates its term to the larger value (§5.1)", () => {
    const cluster = new TestCluster([1, 2, 3], { 3: { term: 9 } });
    cluster.elect(3);
    expect([1, 2, 3].map((id) => cluster.status(id).term)).toEqual([10, 10, 10]);
  });

  it("if a leader discovers that its term is out of date, it immediately reverts to follower state (§5.1)", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    const message = { type: "append-reply", success: false, index: logIndex(0), hintTerm: term(0) } as const;
    const stale = {
      ...message,
      refusedIndex: logIndex(0),
      from: memberId(2),
      to: memberId(1),
      term: term(8),
    };
    cluster.step(1, { type: "receive", message: stale });
    expect(cluster.status(1)).toMatchObject({ role: "follower", term: 8, leader: undefined });
  });

  it("if a server receives a request with a stale term number, it rejects the request (§5.1)", () => {
    const node = nodeOf(1, persistedOf(three, { term: 5 }));
    node.step({ type: "receive", message: voteRequest({ term: 4 }) });
    expect(messagesOf(node.ready())).toMatchObject([{ type: "vote-reply", term: 5, granted: false }]);
    const prev = { prevIndex: logIndex(0), prevTerm: term(0), entries: [], commit: logIndex(0) };
    const envelope = { from: memberId(3), to: memberId(1), term: term(4) };
    node.step({ type: "receive", message: { type: "append", ...envelope, ...prev } });
    expect(messagesOf(node.ready())).toMatchObject([{ type: "append-reply", term: 5, success: false }]);
    expect(node.status().leader).toBeUndefined();
  });

  it("a candidate that hears a leader of its own term returns to follower state", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.lost = ({ type }) => type === "vote";
    cluster.tick(1, 19);
    expect(cluster.status(1)).toMatchObject({ role: "candidate", term: 1 });
    const heartbeat = { type: "heartbeat", commit: logIndex(0), readContext: 0 } as const;
    const message = { ...heartbeat, from: memberId(2), to: memberId(1), term: term(1) };
    cluster.step(1, { type: "receive", message });
    expect(cluster.status(1)).toMatchObject({ role: "follower", term: 1, leader: 2 });
  });

  it("election timeouts are chosen randomly from an interval, so that servers do not time out together", () => {
    const timeouts = new Set<number>();
    for (let id = 1; id <= 12; id++) {
      const node = nodeOf(id, persistedOf(votersOf(id, 99)));
      let ticks = 0;
      for (; node.status().role === "follower"; ticks++) node.step({ type: "tick" });
      expect(ticks).toBeGreaterThanOrEqual(10);
      expect(ticks).toBeLessThan(20);
      timeouts.add(ticks);
    }
    expect(timeouts.size).toBeGreaterThan(3);
  });

  it("a cluster of one needs nobody: it leads after its own timeout and commits what it has on disk", () => {
    const node = nodeOf(1, persistedOf(votersOf(1)));
    for (let i = 0; i < 20; i++) node.step({ type: "tick" });
    const ready = node.ready();
    expect(ready).toMatchObject({ status: { role: "leader" }, entries: [{ type: "empty" }], committed: [] });
    node.step({ type: "persisted", index: logIndex(1), term: term(1) });
    expect(node.ready()).toMatchObject({ committed: [{ index: 1 }] });
  });
});

describe("election restriction (§5.4.1)", () => {
  it.each([
    ["a later last term wins, however short the log", { lastIndex: 1, lastTerm: 4 }, true],
    ["with the same last term, the longer log is more up-to-date", { lastIndex: 4, lastTerm: 3 }, true],
    ["an equal log is enough", { lastIndex: 3, lastTerm: 3 }, true],
    ["with the same last term, the shorter log is refused", { lastIndex: 2, lastTerm: 3 }, false],
    ["an earlier last term is refused, however long the log", { lastIndex: 9, lastTerm: 2 }, false],
  ])("the voter denies its vote if its own log is more up-to-date: %s", (_, last, granted) => {
    const node = nodeOf(1, persistedOf(three, { log: [1, 2, 3] }));
    node.step({ type: "receive", message: voteRequest({ term: 5, ...last }) });
    expect(settle(node)?.messages).toMatchObject([{ type: "vote-reply", granted }]);
  });

  it("a torn write that kept entries but not their term does not take the term back", () => {
    const node = nodeOf(1, persistedOf(three, { log: [1, 4], term: 2, vote: 3 }));
    expect(node.status().term).toBe(4);
    node.step({ type: "receive", message: voteRequest({ term: 4, lastIndex: 2, lastTerm: 4 }) });
    expect(node.ready()?.messages).toMatchObject([{ type: "vote-reply", granted: true }]);
  });
});
