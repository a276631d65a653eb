import { describe, expect, it } from "vitest";
import { command, messagesOf, nodeOf, persistedOf, TestCluster, votersOf } from "./testing/cluster.ts";
import { type LogIndex, logIndex, type Message, memberId, type Snapshot, term } from "./types.ts";

const snapshotAt = (index: number, t = 1): Snapshot => ({
  index: logIndex(index),
  term: term(t),
  membership: votersOf(1, 2, 3),
  data: command(`state at ${index}`),
});
const compact = (index: number) => ({ type: "compact" as const, snapshot: snapshotAt(index) });

/** Member 1 leads, has `count` commands applied and has forgotten all of them. Member 3 missed them. */
function compacted(count: number, retainedEntries = 0): TestCluster {
  const cluster = new TestCluster([1, 2, 3], {}, { retainedEntries });
  cluster.elect(1);
  cluster.isolate(3);
  for (let i = 1; i <= count; i++) cluster.propose(1, `${i}`);
  cluster.step(1, compact(count + 1));
  return cluster;
}

describe("log compaction (§7)", () => {
  it("the leader sends a snapshot when it has already discarded the next log entry that it needs to send", () => {
    const cluster = compacted(5);
    cluster.heal();
    cluster.catchUp(1);
    expect(cluster.disk(3)).toMatchObject({ snapshot: snapshotAt(6), entries: [] });
    expect(cluster.status(3)).toMatchObject({ commit: 6, lastIndex: 6 });
    cluster.propose(1, "6");
    expect(cluster.applied(3)).toEqual(["6"]);
  });

  it("a follower a little behind gets entries from the retained tail instead", () => {
    const cluster = compacted(5, 100);
    cluster.heal();
    cluster.catchUp(1);
    expect(cluster.disk(3).snapshot).toBeUndefined();
    expect(cluster.applied(3)).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("a member that was compacted restarts from its snapshot and the entries after it", () => {
    const cluster = compacted(5);
    cluster.heal();
    cluster.catchUp(1);
    cluster.propose(1, "6");
    cluster.restart(3);
    expect(cluster.applied(3)).toEqual(["6"]);
    expect(cluster.status(3)).toMatchObject({ commit: 7, lastIndex: 7 });
  });

  it("a snapshot goes only to a member that answers; one that is lost is sent again, but not with every heartbeat", () => {
    const cluster = compacted(5);
    const count = () => cluster.sent.filter(({ type }) => type === "install-snapshot").length;
    cluster.tick(1, 60);
    expect(count()).toBe(0);
    cluster.lost = ({ type }) => type === "install-snapshot";
    cluster.tick(1, 30);
    expect(count()).toBe(1);
    cluster.heal();
    cluster.tick(1, 20);
    expect(count()).toBe(2);
    expect(cluster.status(3).commit).toBe(6);
  });

  const install = (snapshot: Snapshot): Message => ({
    type: "install-snapshot",
    from: memberId(2),
    to: memberId(1),
    term: term(5),
    snapshot,
  });

  it("if an existing log entry has the same index and term as the last included entry, the entries after it are retained", () => {
    const node = nodeOf(1, persistedOf(votersOf(1, 2, 3), { log: [1, 1, 1, 2], commit: 1 }));
    node.step({ type: "receive", message: install(snapshotAt(3)) });
    const ready = node.ready();
    expect(ready?.snapshot).toBeUndefined();
    expect(ready?.committed).toHaveLength(3);
    expect(node.status()).toMatchObject({ commit: 3, lastIndex: 4 });
    expect(messagesOf(ready)).toMatchObject([{ type: "append-reply", success: true, index: 3 }]);
  });

  it("otherwise the snapshot replaces the whole log, and is to be durable before it is acknowledged", () => {
    const node = nodeOf(1, persistedOf(votersOf(1, 2, 3), { log: [1, 1, 2, 2, 2], commit: 1 }));
    node.step({ type: "receive", message: install(snapshotAt(3, 4)) });
    const ready = node.ready();
    expect(ready).toMatchObject({ snapshot: { index: 3 }, committed: [], entries: [], immediate: [] });
    expect(ready?.messages).toMatchObject([{ type: "append-reply", success: true, index: 3 }]);
    expect(node.status()).toMatchObject({ commit: 3, lastIndex: 3 });
  });

  it("a snapshot older than what is committed changes nothing", () => {
    const node = nodeOf(1, persistedOf(votersOf(1, 2, 3), { log: [1, 1, 1, 1], commit: 4 }));
    node.step({ type: "receive", message: install(snapshotAt(2)) });
    expect(node.ready()?.snapshot).toBeUndefined();
    expect(node.status()).toMatchObject({ commit: 4, lastIndex: 4 });
  });

  it("entries and a snapshot may come in one Ready: the entries follow the snapshot", () => {
    const node = nodeOf(1, persistedOf(votersOf(1, 2, 3)));
    node.step({ type: "receive", message: install(snapshotAt(3, 4)) });
    const entry = { term: term(5), index: logIndex(4), type: "command" as const, data: command("x") };
    const prev = { prevIndex: logIndex(3), prevTerm: term(4), entries: [entry], commit: logIndex(4) };
    const envelope = { from: memberId(2), to: memberId(1), term: term(5) };
    node.step({ type: "receive", message: { type: "append", ...envelope, ...prev } });
    expect(node.ready()).toMatchObject({ snapshot: { index: 3 }, entries: [entry], committed: [entry] });
  });

  it("the membership at an index survives compaction and travels with the snapshot", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.add(4);
    cluster.step(1, { type: "change-membership", change: { type: "add-learner", member: memberId(4) } });
    const membership = { voters: [1, 2, 3].map(memberId), learners: [memberId(4)] };
    const index = cluster.status(1).commit as LogIndex;
    cluster.step(1, { type: "compact", snapshot: { ...snapshotAt(index), membership } });
    cluster.isolate(3);
    cluster.propose(1, "a");
    cluster.step(1, { type: "compact", snapshot: { ...snapshotAt(index + 1), membership } });
    cluster.heal();
    cluster.catchUp(1);
    expect(cluster.status(3).membership).toEqual(membership);
    cluster.restart(3);
    expect(cluster.status(3).membership).toEqual(membership);
  });
});
