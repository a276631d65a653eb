import { describe, expect, it } from "vitest";
import { messagesOf, nodeOf, persistedOf, TestCluster, votersOf } from "./testing/cluster.ts";
import { logIndex, type Message, memberId, term } from "./types.ts";

const preVote = (of: { term: number; lastIndex: number; lastTerm: number }): Message => ({
  type: "pre-vote",
  from: memberId(2),
  to: memberId(1),
  term: term(of.term),
  lastIndex: logIndex(of.lastIndex),
  lastTerm: term(of.lastTerm),
  transfer: false,
});

describe("pre-vote (thesis §9.6)", () => {
  it("a candidate only increments its term if it first learns that a majority would vote for it", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(3);
    cluster.tick(3, 500);
    expect(cluster.status(3)).toMatchObject({ role: "pre-candidate", term: 1 });
  });

  it("a partitioned server that returns does not disrupt a leader that works", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(3);
    cluster.propose(1, "a");
    cluster.tick(3, 100);
    cluster.heal();
    cluster.campaign(3);
    cluster.tick(1, 10);
    expect(cluster.status(1)).toMatchObject({ role: "leader", term: 1 });
    expect(cluster.applied(3)).toEqual(["a"]);
  });

  it("servers grant a pre-vote only if they have not heard from a valid leader for a baseline election timeout", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.lost = ({ from, to }) => from === 1 && to === 3;
    cluster.tick(3, 40);
    // Member 2 hears the leader; the leader hears itself.
    expect(cluster.status(3)).toMatchObject({ role: "pre-candidate", term: 1 });
    cluster.isolate(1);
    cluster.tick(2, 9);
    cluster.campaign(3);
    expect(cluster.status(3).role).toBe("pre-candidate");
    cluster.tick(2, 1);
    cluster.campaign(3);
    expect(cluster.status(3)).toMatchObject({ role: "leader", term: 2 });
  });

  it("servers grant a pre-vote only if the candidate's log is sufficiently up-to-date", () => {
    const answers = [1, 2].map((lastIndex) => {
      const node = nodeOf(1, persistedOf(votersOf(1, 2, 3), { log: [1, 1] }));
      node.step({ type: "receive", message: preVote({ term: 2, lastIndex, lastTerm: 1 }) });
      return messagesOf(node.ready());
    });
    expect(answers).toMatchObject([[{ granted: false, term: 1 }], [{ granted: true, term: 2 }]]);
  });

  it("granting a pre-vote changes neither term nor vote", () => {
    const node = nodeOf(1, persistedOf(votersOf(1, 2, 3), { log: [1] }));
    node.step({ type: "receive", message: preVote({ term: 2, lastIndex: 1, lastTerm: 1 }) });
    const ready = node.ready();
    expect(messagesOf(ready)).toMatchObject([{ type: "pre-vote-reply", granted: true }]);
    expect(ready?.hardState).toBeUndefined();
    expect(node.status().term).toBe(1);
  });

  it("a pre-candidate whose term is out of date learns the term from the refusal", () => {
    const cluster = new TestCluster([1, 2, 3], { 2: { term: 6 }, 3: { term: 6 } });
    cluster.campaign(1);
    expect(cluster.status(1)).toMatchObject({ role: "follower", term: 6 });
    cluster.elect(1);
    expect(cluster.status(1).term).toBe(7);
  });
});
