import { describe, expect, it } from "vitest";
import { command, TestCluster } from "./testing/cluster.ts";
import { memberId } from "./types.ts";

const transferTo = (member: number) => ({ type: "transfer-leadership" as const, to: memberId(member) });

describe("leadership transfer (thesis §3.10)", () => {
  it("the target starts an election at once, although it hears a leader, and wins", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.step(1, transferTo(3));
    expect(cluster.status(3)).toMatchObject({ role: "leader", term: 2 });
    expect(cluster.status(1)).toMatchObject({ role: "follower", leader: 3 });
  });

  it("the prior leader first brings the target's log up to date", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(3);
    cluster.propose(1, "a");
    cluster.catchUp(1);
    cluster.step(1, transferTo(3));
    expect(cluster.status(1).role).toBe("leader");
    cluster.heal();
    cluster.tick(1, 2);
    expect(cluster.status(3).role).toBe("leader");
    expect(cluster.applied(3)).toEqual(["a"]);
  });

  it("commands that come during the transfer wait for the next leader", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(3);
    cluster.propose(1, "a");
    cluster.catchUp(1);
    cluster.step(1, transferTo(3));
    cluster.propose(1, "b");
    expect(cluster.log(1)).toEqual([1, 1]);
    cluster.heal();
    cluster.tick(1, 2);
    expect(cluster.applied(3)).toEqual(["a", "b"]);
    expect(cluster.log(3)).toEqual([1, 1, 2, 2]);
    expect(cluster.output(1, "dropped")).toEqual([]);
  });

  it("if the transfer does not complete after about an election timeout, the prior leader resumes", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(3);
    cluster.step(1, transferTo(3));
    cluster.propose(1, "a");
    expect(cluster.applied(1)).toEqual([]);
    cluster.tick(1, 10);
    expect(cluster.status(1)).toMatchObject({ role: "leader", term: 1 });
    expect(cluster.applied(1)).toEqual(["a"]);
  });

  it("commands that wait for an heir that never comes are dropped", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.lost = ({ type, from }) => type === "vote-reply" || (type === "append" && from !== 1);
    cluster.propose(1, "a");
    cluster.step(1, transferTo(3));
    expect(cluster.status(1)).toMatchObject({ role: "follower", term: 2, leader: undefined });
    cluster.propose(1, "b");
    expect(cluster.output(1, "dropped")).toEqual([]);
    cluster.isolate(1);
    cluster.tick(1, 20);
    expect(cluster.output(1, "dropped")).toEqual([command("b")]);
  });

  it("is not done to itself, to a learner or to a stranger", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.add(4);
    cluster.step(1, { type: "change-membership", change: { type: "add-learner", member: memberId(4) } });
    for (const member of [1, 4, 9]) cluster.step(1, transferTo(member));
    cluster.propose(1, "a");
    expect(cluster.status(1)).toMatchObject({ role: "leader", term: 1 });
    expect(cluster.applied(1)).toEqual(["a"]);
  });
});
