import { beforeEach, describe, expect, it } from "vitest";
import {
  type Entry,
  type HardState,
  logIndex,
  type Message,
  memberId,
  type Ready,
  term,
} from "../core/types.ts";
import { WritePipeline } from "./write-pipeline.ts";

const entry = (index: number, inTerm = 1): Entry => ({
  index: logIndex(index),
  term: term(inTerm),
  type: "command",
  data: new Uint8Array(),
});
const hardState = (inTerm: number, commit = 0): HardState => ({
  term: term(inTerm),
  vote: memberId(1),
  commit: logIndex(commit),
});
/** A message with a context of its own, by which the test recognises it. */
const message = (context: number): Message => ({
  type: "read-index",
  from: memberId(1),
  to: memberId(2),
  term: term(1),
  context,
});
const ready = (parts: Partial<Ready>): Ready => ({
  entries: [],
  messages: [],
  immediate: [],
  committed: [],
  reads: [],
  refusedReads: [],
  dropped: [],
  refusedChanges: [],
  status: {
    id: memberId(1),
    role: "leader",
    term: term(1),
    leader: memberId(1),
    commit: logIndex(0),
    lastIndex: logIndex(0),
    membership: { voters: [memberId(1)], learners: [] },
  },
  ...parts,
});

/** A disk that writes only when the test says so. */
let disk: { writes: unknown[]; finish: (() => void)[] };
let sent: number[];
let durable: number[];
let pipeline: WritePipeline;
beforeEach(() => {
  disk = { writes: [], finish: [] };
  sent = [];
  durable = [];
  pipeline = new WritePipeline({
    disk: {
      write: (writes, onDurable) => {
        disk.writes.push(writes);
        disk.finish.push(onDurable);
      },
    },
    hardState: hardState(1),
    end: { index: logIndex(4), term: term(1) },
    send: (m) => sent.push(m.type === "read-index" ? m.context : -1),
    onDurable: (end) => durable.push(end.index),
  });
});
const finish = () => disk.finish.shift()?.();

describe("the write pipeline", () => {
  it("sends promises when what they promise is durable, the rest at once", () => {
    pipeline.take(ready({ entries: [entry(5)], messages: [message(1)], immediate: [message(2)] }));
    expect(sent).toEqual([2]);
    expect(pipeline.durable).toBe(4);
    finish();
    expect(sent).toEqual([2, 1]);
    expect(pipeline.durable).toBe(5);
    expect(durable).toEqual([5]);
  });

  it("keeps promises in order behind the writes that are under way", () => {
    pipeline.take(ready({ entries: [entry(5)], messages: [message(1)] }));
    pipeline.take(ready({ messages: [message(2)] }));
    expect(sent).toEqual([]);
    finish();
    expect(sent).toEqual([1, 2]);
    pipeline.take(ready({ messages: [message(3)] }));
    expect(sent).toEqual([1, 2, 3]);
  });

  it("shows a new term in no message before it is durable", () => {
    pipeline.take(ready({ hardState: hardState(2), immediate: [message(1)] }));
    pipeline.take(ready({ entries: [entry(5, 2)], immediate: [message(2)] }));
    expect(sent).toEqual([]);
    finish();
    expect(sent).toEqual([1]);
    finish();
    expect(sent).toEqual([1, 2]);
  });

  it("writes a commit index only along with something else", () => {
    pipeline.take(ready({ hardState: hardState(1, 3), messages: [message(1)] }));
    expect(disk.writes).toEqual([]);
    expect(sent).toEqual([1]);
    pipeline.take(ready({ entries: [entry(5)] }));
    expect(disk.writes).toEqual([{ entries: [entry(5)], hardState: hardState(1, 3) }]);
  });

  it("does not call entries durable that were replaced while they were written", () => {
    pipeline.take(ready({ entries: [entry(5), entry(6), entry(7)] }));
    pipeline.take(ready({ entries: [entry(6, 2)], hardState: hardState(2) }));
    finish();
    expect(pipeline.durable).toBe(5);
    finish();
    expect(pipeline.durable).toBe(6);
    pipeline.take(ready({ entries: [entry(4, 3)] }));
    expect(pipeline.durable).toBe(3);
  });

  it("goes on after a snapshot of the leader", () => {
    const membership = { voters: [memberId(1)], learners: [] };
    const snapshot = { index: logIndex(90), term: term(3), membership, data: new Uint8Array() };
    pipeline.take(ready({ snapshot, messages: [message(1)] }));
    pipeline.take(ready({ entries: [entry(91, 3)] }));
    expect(sent).toEqual([]);
    finish();
    expect([pipeline.durable, sent]).toEqual([90, [1]]);
    finish();
    expect(durable).toEqual([90, 91]);
  });
});
