import { describe, expect, it } from "vitest";
import { messagesOf, nodeOf, persistedOf, settle, TestCluster, votersOf } from "./testing/cluster.ts";
import { logIndex, type Message, memberId, term } from "./types.ts";

const read = (context: number) => ({ type: "read" as const, context });

describe("ReadIndex (thesis §6.4)", () => {
  it("the leader answers from its commit index once a majority has acknowledged a round of heartbeats", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.step(1, read(7));
    expect(cluster.output(1, "reads")).toEqual([{ context: 7, index: 2 }]);
  });

  it("a leader that cannot reach a majority answers nothing, and refuses when it steps down", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(1);
    cluster.step(1, read(7));
    cluster.tick(1, 5);
    expect(cluster.output(1, "reads")).toEqual([]);
    cluster.tick(1, 20);
    expect(cluster.output(1, "reads")).toEqual([]);
    expect(cluster.output(1, "refusedReads")).toEqual([7]);
  });

  it("a deposed leader that does not know it yet answers nothing; the mutant without a quorum does", () => {
    for (const mutants of [new Set<never>(), new Set(["read-without-quorum" as const])]) {
      const cluster = new TestCluster([1, 2, 3], {}, { mutants });
      cluster.elect(1);
      cluster.isolate(1);
      cluster.tick(2, 10);
      cluster.tick(3, 10);
      cluster.elect(2);
      cluster.propose(2, "new");
      cluster.step(1, read(7));
      expect(cluster.status(1).role).toBe("leader");
      expect(cluster.output(1, "reads")).toEqual(mutants.size === 0 ? [] : [{ context: 7, index: 1 }]);
    }
  });

  it("a leader waits until it has committed an entry of its own term: before, it does not know what is committed (§8)", () => {
    const cluster = new TestCluster([1, 2, 3], { 1: { log: [1, 1], term: 1 }, 2: { log: [1, 1], term: 1 } });
    cluster.lost = ({ type }) => type === "append";
    cluster.elect(1);
    cluster.step(1, read(7));
    cluster.tick(1, 4);
    expect(cluster.output(1, "reads")).toEqual([]);
    cluster.heal();
    cluster.tick(1, 4);
    expect(cluster.output(1, "reads")).toEqual([{ context: 7, index: 3 }]);
  });

  it("a follower asks the leader for the index, and refuses where it knows no leader", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.step(2, read(6));
    expect(cluster.output(2, "refusedReads")).toEqual([6]);
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.step(2, read(7), read(8));
    expect(cluster.output(2, "reads")).toEqual([
      { context: 7, index: 2 },
      { context: 8, index: 2 },
    ]);
    expect(cluster.sent.filter(({ type }) => type === "read-index")).toHaveLength(1);
  });

  it("the mutant that serves follower reads answers from the member's own commit index, even cut off", () => {
    const cluster = new TestCluster([1, 2, 3], {}, { mutants: new Set(["serve-follower-reads"]) });
    cluster.elect(1);
    cluster.isolate(3);
    cluster.propose(1, "a");
    cluster.step(3, read(7));
    expect(cluster.output(3, "reads")).toEqual([{ context: 7, index: 1 }]);
  });

  it("a follower asks again when the question or the answer is lost, and takes a late answer to the first question", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.lost = ({ type }) => type === "read-index-reply";
    cluster.step(2, read(7));
    const answer = cluster.sent.findLast(({ type }) => type === "read-index-reply");
    cluster.tick(2, 3);
    expect(cluster.output(2, "reads")).toEqual([]);
    expect(cluster.sent.filter(({ type }) => type === "read-index").length).toBeGreaterThan(1);
    if (answer) cluster.step(2, { type: "receive", message: answer });
    expect(cluster.output(2, "reads")).toEqual([{ context: 7, index: 1 }]);
  });

  it("a follower that loses its leader refuses the reads that wait", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(2);
    cluster.step(2, read(7));
    expect(cluster.output(2, "refusedReads")).toEqual([]);
    cluster.tick(2, 20);
    expect(cluster.output(2, "refusedReads")).toEqual([7]);
  });

  it("an answer to a read of before a restart is not taken for the answer to one of now", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.lost = ({ type }) => type === "read-index-reply";
    cluster.step(2, read(1));
    const late = cluster.sent.findLast(({ type }) => type === "read-index-reply");
    cluster.restart(2);
    cluster.propose(1, "a");
    cluster.lost = ({ type }) => type === "read-index";
    cluster.step(2, read(1));
    if (late) cluster.step(2, { type: "receive", message: { ...late } });
    expect(cluster.output(2, "reads")).toEqual([]);
  });

  it("several reads that wait share one round of heartbeats", () => {
    const node = nodeOf(1, persistedOf(votersOf(1, 2)));
    while (node.status().role === "follower") node.step({ type: "tick" });
    settle(node);
    const from2 = { from: memberId(2), to: memberId(1), term: term(1) };
    const receive = (message: Message) => {
      node.step({ type: "receive", message });
      return settle(node);
    };
    const reply = { ...from2, hintTerm: term(0), refusedIndex: logIndex(0), success: true };
    receive({ ...from2, type: "pre-vote-reply", granted: true });
    receive({ ...from2, type: "vote-reply", granted: true });
    receive({ ...reply, type: "append-reply", index: logIndex(1) });
    const heartbeats = (messages: readonly Message[]) =>
      messages.filter((message) => message.type === "heartbeat").map(({ readContext }) => readContext);

    node.step(read(1));
    node.step(read(2));
    expect(heartbeats(messagesOf(settle(node)))).toEqual([1]);
    // These come while the round is under way: it began before they were asked, so it proves nothing for them.
    for (let context = 3; context <= 9; context++) {
      node.step(read(context));
      expect(heartbeats(messagesOf(settle(node)))).toEqual([]);
    }
    const first = receive({ ...from2, type: "heartbeat-reply", readContext: 1 });
    expect(first?.reads.map(({ context }) => context)).toEqual([1, 2]);
    expect(heartbeats(messagesOf(first))).toEqual([2]);
    const second = receive({ ...from2, type: "heartbeat-reply", readContext: 2 });
    expect(second?.reads.map(({ context }) => context)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });

  it("a round whose heartbeats are lost is repeated with the next heartbeat", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.lost = ({ type }) => type === "heartbeat";
    cluster.step(1, read(7));
    cluster.heal();
    expect(cluster.output(1, "reads")).toEqual([]);
    cluster.tick(1, 2);
    expect(cluster.output(1, "reads")).toEqual([{ context: 7, index: 1 }]);
  });

  it("a learner's answer does not count, and a learner may ask", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.add(4);
    cluster.step(1, { type: "change-membership", change: { type: "add-learner", member: memberId(4) } });
    cluster.isolate(1, 4);
    cluster.step(4, read(7));
    cluster.tick(1, 4);
    expect(cluster.output(4, "reads")).toEqual([]);
    cluster.heal();
    cluster.tick(1, 4);
    expect(cluster.output(4, "reads")).toMatchObject([{ context: 7 }]);
  });

  it("a cluster of one reads without asking anyone", () => {
    const cluster = new TestCluster([1]);
    cluster.elect(1);
    cluster.step(1, read(7));
    expect(cluster.output(1, "reads")).toEqual([{ context: 7, index: 1 }]);
  });
});
