import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMembershipChange, encodeMembershipChange } from "./membership-codec.ts";
import { TestCluster } from "./testing/cluster.ts";
import { type MembershipChange, memberId } from "./types.ts";

const change = (type: MembershipChange["type"], member: number) => ({
  type: "change-membership" as const,
  change: { type, member: memberId(member) },
});

function cluster(...ids: number[]): TestCluster {
  const members = new TestCluster(ids);
  members.elect(1);
  return members;
}

describe("membership change (thesis chapter 4)", () => {
  it("a learner receives the log, then is promoted and votes (§4.2.1)", () => {
    const members = cluster(1, 2, 3);
    members.propose(1, "a");
    members.add(4);
    members.step(1, change("add-learner", 4));
    expect(members.status(4).membership).toEqual({ voters: [1, 2, 3], learners: [4] });
    expect(members.applied(4)).toEqual(["a"]);
    members.step(1, change("promote", 4));
    expect(members.status(2).membership).toEqual({ voters: [1, 2, 3, 4], learners: [] });
    members.isolate(4, 2, 3);
    for (const id of [2, 3, 4]) members.tick(id, 10);
    members.elect(4);
    expect(members.status(2).leader).toBe(4);
  });

  it("a server always uses the latest configuration in its log, regardless of whether the entry is committed (§4.1)", () => {
    const members = cluster(1, 2);
    members.isolate(1);
    members.step(1, change("add-learner", 3));
    expect(members.status(1)).toMatchObject({ commit: 1, membership: { learners: [3] } });
    members.tick(1, 40);
    members.tick(2, 10);
    members.heal();
    members.elect(1);
    expect(members.status(2).membership.learners).toEqual([3]);
  });

  it("a configuration that is truncated with its entry is forgotten", () => {
    const members = cluster(1, 2, 3);
    members.isolate(1);
    members.step(1, change("remove", 3));
    expect(members.status(1).membership.voters).toEqual([1, 2]);
    members.tick(2, 10);
    members.tick(3, 10);
    members.elect(2);
    members.heal();
    members.tick(2, 4);
    expect(members.status(1).membership.voters).toEqual([1, 2, 3]);
  });

  it("only one change at a time: the next is refused until the previous is committed (§4.1)", () => {
    const members = cluster(1, 2, 3);
    members.lost = ({ type, to }) => type === "append" && to !== 1;
    members.step(1, change("add-learner", 4), change("add-learner", 5));
    expect(members.output(1, "refusedChanges")).toEqual([{ type: "add-learner", member: 5 }]);
    members.heal();
    members.tick(1, 12);
    members.step(1, change("add-learner", 5));
    expect(members.status(1).membership.learners).toEqual([4, 5]);
  });

  it("a leader refuses changes until it has committed an entry of its own term", () => {
    const members = new TestCluster([1, 2, 3]);
    members.lost = ({ type }) => type === "append";
    members.elect(1);
    members.step(1, change("remove", 3));
    expect(members.output(1, "refusedChanges")).toHaveLength(1);
    members.heal();
    members.tick(1, 4);
    members.step(1, change("remove", 3));
    expect(members.status(2).membership.voters).toEqual([1, 2]);
  });

  it.each([
    ["by a follower", 2, change("remove", 3)],
    ["of a member that is there already", 1, change("add-learner", 2)],
    ["that promotes a member that is not a learner", 1, change("promote", 9)],
    ["that removes a stranger", 1, change("remove", 9)],
  ])("a change %s is refused", (_, at, input) => {
    const members = cluster(1, 2, 3);
    members.step(at, input);
    expect(members.output(at, "refusedChanges")).toEqual([input.change]);
  });

  it("the last voter cannot be removed", () => {
    const members = cluster(1);
    members.step(1, change("remove", 1));
    expect(members.output(1, "refusedChanges")).toHaveLength(1);
  });

  it("a learner is not promoted before it has nearly caught up (§4.2.1)", () => {
    const members = cluster(1, 2, 3);
    members.step(1, change("add-learner", 4));
    members.step(1, change("promote", 4));
    expect(members.output(1, "refusedChanges")).toEqual([{ type: "promote", member: 4 }]);
    members.add(4);
    members.tick(1, 2);
    members.step(1, change("promote", 4));
    expect(members.status(1).membership.voters).toEqual([1, 2, 3, 4]);
  });

  it("a learner starts no election", () => {
    const members = cluster(1, 2, 3);
    members.add(4);
    members.step(1, change("add-learner", 4));
    members.isolate(4);
    members.tick(4, 100);
    expect(members.status(4)).toMatchObject({ role: "follower", term: 1, leader: undefined });
  });

  it("a leader that removes itself leads until the entry is committed, without counting itself, then steps down (§4.2.2)", () => {
    const members = cluster(1, 2, 3);
    members.lost = ({ type, to }) => type === "append" && to === 3;
    members.step(1, change("remove", 1));
    // Member 2 has the entry, and the leader, who does not count: no majority of the two that remain.
    expect(members.status(1)).toMatchObject({ role: "leader", commit: 1 });
    members.heal();
    members.tick(1, 12);
    expect(members.status(1)).toMatchObject({ role: "follower", commit: 2 });
    // The leader asked the heir to start its election at once.
    expect([2, 3].map((id) => members.status(id).role)).toContain("leader");
    expect(members.status(2).membership.voters).toEqual([2, 3]);
  });

  it("a server that is not part of its own latest configuration still starts elections until that is committed (§4.2.2)", () => {
    const members = cluster(1, 2);
    members.isolate(1);
    members.step(1, change("remove", 1));
    members.tick(1, 30);
    expect(members.status(1).role).not.toBe("leader");
    members.tick(2, 40);
    members.heal();
    // Member 2 cannot win: its log lacks the entry. Without member 1 nobody could.
    members.campaign(2);
    expect(members.status(2).role).not.toBe("leader");
    members.campaign(1);
    members.tickAll(40);
    expect(members.status(2)).toMatchObject({ role: "leader", membership: { voters: [2] } });
    expect(members.status(1).role).toBe("follower");
  });

  it("a removed server does not disrupt the cluster (§4.2.3)", () => {
    const members = cluster(1, 2, 3);
    members.isolate(3);
    members.step(1, change("remove", 3));
    members.heal();
    for (let i = 0; i < 60; i++) {
      members.tick(1);
      members.tick(3);
    }
    expect(members.status(1)).toMatchObject({ role: "leader", term: 1 });
  });

  it("a cluster of one grows to three", () => {
    const members = cluster(1);
    for (const id of [2, 3]) {
      members.add(id);
      members.step(1, change("add-learner", id));
      members.step(1, change("promote", id));
    }
    members.propose(1, "a");
    expect([1, 2, 3].map((id) => members.applied(id))).toEqual([["a"], ["a"], ["a"]]);
    expect(members.status(3).membership.voters).toEqual([1, 2, 3]);
  });
});

describe("membership codec", () => {
  it("reads what it wrote", () => {
    const changes = fc.record({
      type: fc.constantFrom<MembershipChange["type"][]>("add-learner", "promote", "remove"),
      member: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(memberId),
    });
    fc.assert(
      fc.property(changes, (value) => {
        expect(decodeMembershipChange(encodeMembershipChange(value))).toEqual(value);
      }),
    );
  });

  it("refuses what it did not write", () => {
    expect(() => decodeMembershipChange(new Uint8Array(3))).toThrow("9 bytes, not 3");
    expect(() => decodeMembershipChange(new Uint8Array(9))).toThrow("unknown membership change 0");
  });
});
