import { beforeEach, describe, expect, it } from "vitest";
import { millis } from "../../core/time.ts";
import { logIndex, memberId, type Status, term } from "../core/types.ts";
import { decodeCommand } from "../kv/command.ts";
import type { KvResult, WriteRequest } from "../kv/request.ts";
import { Proposals } from "./proposals.ts";
import { ReplicaError } from "./replica.ts";

const patience = millis(500);
const requestTimeout = millis(5_000);
const put: WriteRequest = {
  type: "put",
  key: Buffer.from("k"),
  value: Buffer.from("v"),
  prevKv: false,
  ignoreValue: false,
};
const done: KvResult = { ok: true, revision: 2, response: { type: "put" } };
const at = (ms: number) => millis(ms);

function status(leader: number | undefined, inTerm = 1, self = 1): Status {
  return {
    id: memberId(self),
    role: leader === self ? "leader" : "follower",
    term: term(inTerm),
    leader: leader === undefined ? undefined : memberId(leader),
    commit: logIndex(0),
    lastIndex: logIndex(0),
    membership: { voters: [memberId(1), memberId(2)], learners: [] },
  };
}

/** What became of a promise, once it settled. */
function outcomeOf(promise: Promise<unknown>): { code?: string; definite?: boolean; result?: unknown } {
  const outcome: { code?: string; definite?: boolean; result?: unknown } = {};
  promise.then(
    (result) => Object.assign(outcome, { result }),
    (error: unknown) => {
      if (error instanceof ReplicaError)
        Object.assign(outcome, { code: error.code, definite: error.definite });
    },
  );
  return outcome;
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const sequences = (commands: readonly Uint8Array[]) =>
  commands.map((command) => decodeCommand(command).sequence);

let proposals: Proposals;
beforeEach(() => {
  proposals = new Proposals({
    proposer: 1,
    incarnation: 4,
    requestTimeout,
    patience,
    countMax: 3,
    bytesMax: 1_000_000,
    bytesAtOnceMax: 600,
  });
});

describe("proposals", () => {
  it("are given to Raft once while all is well, and answered", async () => {
    const outcome = outcomeOf(proposals.add(put, at(0)));
    const commands = proposals.take(status(1), at(0));
    expect(commands.map(decodeCommand)).toMatchObject([
      { proposer: 1, incarnation: 4, sequence: 1, settled: 0 },
    ]);
    expect(proposals.take(status(1), at(1))).toEqual([]);
    proposals.settle(1, done);
    await settled();
    expect(outcome.result).toBe(done);
  });

  it("say which sequences are settled: all before the oldest that waits", () => {
    for (const ms of [0, 1, 2]) proposals.add(put, at(ms));
    proposals.settle(2, done);
    proposals.add(put, at(3));
    proposals.settle(1, done);
    proposals.settle(3, done);
    proposals.add(put, at(4));
    const commands = proposals.take(status(1), at(5)).map(decodeCommand);
    expect(commands.map(({ sequence, settled: before }) => [sequence, before])).toEqual([
      [4, 0],
      [5, 3],
    ]);
  });

  it("wait for a leader, and have had no effect where none comes", async () => {
    const outcome = outcomeOf(proposals.add(put, at(100)));
    expect(proposals.take(status(undefined), at(100))).toEqual([]);
    proposals.tick(status(undefined), at(0), at(599));
    await settled();
    expect(outcome).toEqual({});
    proposals.tick(status(undefined), at(0), at(601));
    await settled();
    expect(outcome).toEqual({ code: "no-leader", definite: true });
    expect(proposals.take(status(2), at(700))).toEqual([]);
  });

  it("are sent again as they were when a leader appears", () => {
    proposals.add(put, at(0));
    const [first] = proposals.take(status(1), at(0));
    expect(proposals.take(status(1), at(5))).toEqual([]);
    proposals.leaderAppeared();
    expect(proposals.take(status(2, 2), at(20))).toEqual([first]);
    proposals.leaderAppeared();
    expect(proposals.take(status(2, 2), at(30))).toEqual([first]);
  });

  it("are forwarded again when no answer comes, ever more rarely", () => {
    proposals.add(put, at(0));
    const sent: number[] = [];
    for (let ms = 0; ms < 4_000; ms += 10) {
      proposals.tick(status(2), undefined, at(ms));
      if (proposals.take(status(2), at(ms)).length > 0) sent.push(ms);
    }
    expect(sent).toEqual([0, 510, 1_520, 3_530]);
  });

  it("are not proposed twice by the leader that has them in its log", () => {
    proposals.add(put, at(0));
    proposals.take(status(1), at(0));
    proposals.tick(status(1), undefined, at(3_000));
    expect(proposals.take(status(1), at(3_000))).toEqual([]);
  });

  it("wait again where Raft dropped them, and then surely had no effect", async () => {
    const outcome = outcomeOf(proposals.add(put, at(0)));
    const [command] = proposals.take(status(2), at(0));
    proposals.dropped(command ?? new Uint8Array());
    proposals.tick(status(undefined), at(0), at(501));
    await settled();
    expect(outcome).toEqual({ code: "no-leader", definite: true });
  });

  it("may have had an effect where only the second attempt was dropped", async () => {
    const outcome = outcomeOf(proposals.add(put, at(0)));
    proposals.take(status(2), at(0));
    proposals.leaderAppeared();
    const [again] = proposals.take(status(1, 2), at(10));
    proposals.dropped(again ?? new Uint8Array());
    proposals.tick(status(undefined, 2), at(20), at(1_000));
    await settled();
    expect(outcome).toEqual({});
    proposals.tick(status(undefined, 2), at(20), at(5_001));
    await settled();
    expect(outcome).toEqual({ code: "leader-lost", definite: false });
  });

  it("time out without a word of their fate while the leader stays", async () => {
    const outcome = outcomeOf(proposals.add(put, at(0)));
    proposals.take(status(1), at(0));
    proposals.tick(status(1), undefined, at(5_001));
    await settled();
    expect(outcome).toEqual({ code: "timeout", definite: false });
    // A late answer changes nothing.
    proposals.settle(1, done);
    await settled();
    expect(outcome.result).toBeUndefined();
  });

  it("are refused where too many are under way", async () => {
    for (const ms of [0, 1, 2]) proposals.add(put, at(ms));
    const outcome = outcomeOf(proposals.add(put, at(3)));
    await settled();
    expect(outcome).toEqual({ code: "overloaded", definite: true });
    proposals.settle(2, done);
    expect(sequences(proposals.take(status(1), at(4)))).toEqual([1, 3]);
  });

  it("are given to Raft in portions that one message can carry", () => {
    const large: WriteRequest = { ...put, value: Buffer.alloc(500) };
    for (const request of [large, large, put]) proposals.add(request, at(0));
    expect(sequences(proposals.take(status(1), at(0)))).toEqual([1]);
    expect(sequences(proposals.take(status(1), at(0)))).toEqual([2, 3]);
    expect(sequences(proposals.take(status(1), at(0)))).toEqual([]);
  });

  it("are answered from a snapshot in which they are applied", async () => {
    const [first, second] = [outcomeOf(proposals.add(put, at(0))), outcomeOf(proposals.add(put, at(0)))];
    proposals.settleKnown((sequence) => (sequence === 2 ? done : undefined));
    await settled();
    expect([first.result, second.result]).toEqual([undefined, done]);
  });

  it("end with the server: refused where it never tried, of unknown fate where it did", async () => {
    const tried = outcomeOf(proposals.add(put, at(0)));
    proposals.take(status(1), at(0));
    const waiting = outcomeOf(proposals.add(put, at(1)));
    proposals.stop();
    await settled();
    expect(tried).toEqual({ code: "leader-lost", definite: false });
    expect(waiting).toEqual({ code: "stopping", definite: true });
  });
});
