import { describe, expect, it } from "vitest";
import { TestCluster } from "./testing/cluster.ts";

describe("check-quorum (thesis §6.2)", () => {
  it("a leader steps down if an election timeout elapses without a successful round of heartbeats to a majority", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(1);
    cluster.tick(1, 9);
    expect(cluster.status(1).role).toBe("leader");
    cluster.tick(1, 11);
    expect(cluster.status(1)).toMatchObject({ leader: undefined, term: 1 });
    expect(cluster.status(1).role).not.toBe("leader");
  });

  it("a leader that hears a bare majority goes on leading", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(3);
    cluster.tick(1, 100);
    expect(cluster.status(1).role).toBe("leader");
  });

  it("commands given to a leader that stepped down are dropped, not lost silently", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(1);
    cluster.tick(1, 20);
    cluster.propose(1, "a");
    expect(cluster.output(1, "dropped")).toHaveLength(1);
  });

  it("learners do not count as a majority", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.add(4);
    cluster.step(1, {
      type: "change-membership",
      change: { type: "add-learner", member: cluster.status(4).id },
    });
    cluster.isolate(1, 4);
    cluster.tick(1, 20);
    expect(cluster.status(1).role).not.toBe("leader");
  });

  it("the mutant that reads without a quorum keeps a leader that is cut off in office", () => {
    const cluster = new TestCluster([1, 2, 3], {}, { mutants: new Set(["read-without-quorum"]) });
    cluster.elect(1);
    cluster.isolate(1);
    cluster.tick(1, 100);
    expect(cluster.status(1).role).toBe("leader");
  });
});
