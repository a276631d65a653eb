import { describe, expect, it } from "vitest";
import {
  command,
  messagesOf,
  nodeOf,
  persistedOf,
  settle,
  TestCluster,
  votersOf,
} from "./testing/cluster.ts";
import { logIndex, type Message, memberId, term } from "./types.ts";

type Append = Extract<Message, { type: "append" }>;
const appendsTo = (messages: readonly Message[], to: number): Append[] =>
  messages.filter((message): message is Append => message.type === "append" && message.to === to);

describe("log replication (§5.3)", () => {
  it("the leader appends the command to its log and applies it once a majority has replicated it", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(1);
    cluster.propose(1, "a");
    expect(cluster.log(1)).toEqual([1, 1]);
    expect(cluster.applied(1)).toEqual([]);
    cluster.lost = ({ from, to }) => from === 3 || to === 3;
    cluster.tick(1, 12);
    expect(cluster.applied(1)).toEqual(["a"]);
    expect(cluster.applied(2)).toEqual(["a"]);
    expect(cluster.applied(3)).toEqual([]);
  });

  it("the mutant that acknowledges before commit applies what only the leader has", () => {
    const cluster = new TestCluster([1, 2, 3], {}, { mutants: new Set(["ack-before-commit"]) });
    cluster.elect(1);
    cluster.isolate(1);
    cluster.propose(1, "a");
    expect(cluster.applied(1)).toEqual(["a"]);
    expect(cluster.status(1).commit).toBe(1);
  });

  it("commands given to a follower are forwarded to the leader in one message", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.propose(2, "a", "b");
    expect(cluster.applied(3)).toEqual(["a", "b"]);
    expect(cluster.sent.filter(({ type }) => type === "propose")).toHaveLength(1);
  });

  it("commands given to a member that knows no leader are dropped", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.propose(2, "a", "b");
    expect(cluster.output(2, "dropped")).toEqual([command("a"), command("b")]);
  });

  it("if followers crash or run slowly, the leader retries indefinitely until all followers store all entries", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(3);
    for (let i = 0; i < 50; i++) cluster.propose(1, `${i}`);
    cluster.tick(1, 300);
    cluster.heal();
    cluster.tick(1, 2);
    expect(cluster.applied(3)).toHaveLength(50);
  });

  it("a follower that crashed goes on from its disk and applies everything again", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.propose(1, "a", "b");
    cluster.restart(3);
    expect(cluster.applied(3)).toEqual(["a", "b"]);
    cluster.propose(1, "c");
    expect(cluster.applied(3)).toEqual(["a", "b", "c"]);
  });

  it("an old append that arrives again does not cut off what newer ones brought", () => {
    const cluster = new TestCluster([1, 2, 3]);
    cluster.elect(1);
    cluster.propose(1, "a");
    const old = appendsTo(cluster.sent, 2).at(-1);
    cluster.propose(1, "b");
    if (old) cluster.step(2, { type: "receive", message: old });
    expect(cluster.log(2)).toEqual([1, 1, 1]);
  });
});

describe("batches and pipelines (thesis §10.2)", () => {
  /** Member 1 leads, and member 2 has answered everything so far. */
  function leader(options: {
    maxEntriesPerAppend?: number;
    maxInflight?: number;
    maxBytesPerAppend?: number;
  }) {
    const node = nodeOf(1, persistedOf(votersOf(1, 2)), options);
    while (node.status().role === "follower") node.step({ type: "tick" });
    const reply = { from: memberId(2), to: memberId(1), term: term(1), granted: true };
    settle(node);
    node.step({ type: "receive", message: { ...reply, type: "pre-vote-reply" } });
    settle(node);
    node.step({ type: "receive", message: { ...reply, type: "vote-reply" } });
    settle(node);
    node.step({ type: "receive", message: success(1) });
    settle(node);
    expect(node.status()).toMatchObject({ role: "leader", commit: 1 });
    return node;
  }

  const success = (index: number): Message => ({
    type: "append-reply",
    from: memberId(2),
    to: memberId(1),
    term: term(1),
    success: true,
    index: logIndex(index),
    hintTerm: term(0),
    refusedIndex: logIndex(0),
  });

  it("many commands between two Readies share one write and one append message", () => {
    const node = leader({});
    for (const value of ["a", "b", "c"]) node.step({ type: "propose", commands: [command(value)] });
    const ready = node.ready();
    expect(ready?.entries).toHaveLength(3);
    expect(appendsTo(messagesOf(ready), 2)).toMatchObject([{ prevIndex: 1, entries: ready?.entries }]);
  });

  it("a leader can replicate to followers in parallel with writing to its own disk (thesis §10.2.1)", () => {
    const node = leader({});
    node.step({ type: "propose", commands: [command("a")] });
    const ready = node.ready();
    expect(appendsTo(ready?.immediate ?? [], 2)).toHaveLength(1);
    node.step({ type: "receive", message: success(2) });
    // Both of two members are needed, and the leader's own disk is not done.
    expect(node.status().commit).toBe(1);
    node.step({ type: "persisted", index: logIndex(2), term: term(1) });
    expect(node.status().commit).toBe(2);
  });

  it("nothing leaves in a new term before the term is durable, not even what promises nothing", () => {
    const node = nodeOf(1, {
      ...persistedOf(votersOf(1)),
      bootstrap: { voters: [memberId(1)], learners: [memberId(2)] },
    });
    while (node.status().role !== "leader") node.step({ type: "tick" });
    const ready = node.ready();
    expect(ready).toMatchObject({ hardState: { term: 1, vote: 1 }, immediate: [] });
    expect(ready?.messages).toMatchObject([{ type: "append", to: 2 }]);
    for (let i = 0; i < 2; i++) node.step({ type: "tick" });
    const later = node.ready();
    expect(later?.immediate).toEqual([]);
    expect(later?.messages).toContainEqual(expect.objectContaining({ type: "heartbeat" }));
    node.step({ type: "persisted", index: logIndex(1), term: term(1) });
    for (let i = 0; i < 2; i++) node.step({ type: "tick" });
    expect(node.ready()?.immediate).not.toEqual([]);
  });

  it("appends follow one another without waiting for answers, up to the window", () => {
    const node = leader({ maxEntriesPerAppend: 1, maxInflight: 3 });
    node.step({ type: "propose", commands: ["a", "b", "c", "d", "e"].map(command) });
    expect(appendsTo(messagesOf(settle(node)), 2).map(({ prevIndex }) => prevIndex)).toEqual([1, 2, 3]);
    expect(messagesOf(node.ready())).toEqual([]);
    node.step({ type: "receive", message: success(3) });
    const next = appendsTo(messagesOf(node.ready()), 2);
    expect(next.map(({ prevIndex }) => prevIndex)).toEqual([4, 5]);
  });

  it("an append holds no more bytes than asked for, but one entry at least", () => {
    const node = leader({ maxBytesPerAppend: 10 });
    const sizes = [4, 6, 1, 50, 1];
    node.step({ type: "propose", commands: sizes.map((size) => new Uint8Array(size)) });
    const sent = appendsTo(messagesOf(node.ready()), 2).map(({ entries }) =>
      entries.map((e) => e.data.length),
    );
    expect(sent).toEqual([[4, 6], [1], [50], [1]]);
  });

  it("a lost append is found out by the follower's refusal of the next, and sent again", () => {
    const cluster = new TestCluster([1, 2, 3], {}, { maxEntriesPerAppend: 1 });
    cluster.elect(1);
    let losses = 1;
    cluster.lost = ({ to, type }) => to === 3 && type === "append" && losses-- > 0;
    cluster.propose(1, "a");
    cluster.propose(1, "b");
    expect(cluster.applied(3)).toEqual(["a", "b"]);
  });

  it("a member that the transport cannot reach is probed with heartbeats' pace, not streamed to", () => {
    const node = leader({});
    node.step({ type: "unreachable", member: memberId(2) });
    node.step({ type: "propose", commands: [command("a")] });
    expect(messagesOf(settle(node))).toEqual([]);
    for (let i = 0; i < 2; i++) node.step({ type: "tick" });
    expect(appendsTo(messagesOf(node.ready()), 2)).toMatchObject([{ prevIndex: 1, entries: [] }]);
    node.step({ type: "receive", message: success(1) });
    expect(appendsTo(messagesOf(node.ready()), 2)).toMatchObject([{ prevIndex: 1, entries: [{ index: 2 }] }]);
  });

  it("a follower answers several appends between two Readies with one acknowledgement", () => {
    const node = nodeOf(2, persistedOf(votersOf(1, 2, 3)));
    for (const [i, t] of [1, 1, 1].entries()) {
      const entries = [
        { term: term(t), index: logIndex(i + 1), type: "command" as const, data: command("x") },
      ];
      const prev = { prevIndex: logIndex(i), prevTerm: term(i === 0 ? 0 : 1), commit: logIndex(0) };
      const envelope = { from: memberId(1), to: memberId(2), term: term(1) };
      node.step({ type: "receive", message: { type: "append", ...envelope, ...prev, entries } });
    }
    expect(messagesOf(node.ready())).toMatchObject([{ type: "append-reply", success: true, index: 3 }]);
  });
});
