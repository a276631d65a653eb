import { describe, expect, it } from "vitest";
import { type Entry, logIndex, memberId, type Ready, type Status, term } from "../core/types.ts";
import { Invariants } from "./invariants.ts";

const [one, two] = [memberId(1), memberId(2)];

const entry = (index: number, t: number, value = 0): Entry => ({
  index: logIndex(index),
  term: term(t),
  type: "command",
  data: new Uint8Array([value]),
});

const statusOf = (of: { id?: number; role?: Status["role"]; term?: number; commit?: number }): Status => ({
  id: memberId(of.id ?? 1),
  role: of.role ?? "follower",
  term: term(of.term ?? 1),
  leader: undefined,
  commit: logIndex(of.commit ?? 0),
  lastIndex: logIndex(0),
  membership: { voters: [one, two], learners: [] },
});

const readyOf = (status: Status, entries: readonly Entry[] = []): Ready => ({
  entries,
  messages: [],
  immediate: [],
  committed: [],
  reads: [],
  refusedReads: [],
  dropped: [],
  refusedChanges: [],
  status,
});

function started(): Invariants {
  const invariants = new Invariants();
  for (const id of [one, two]) invariants.started(id, statusOf({ id, term: 0 }), undefined, []);
  return invariants;
}

describe("invariants (figure 3) notice", () => {
  it("two leaders of one term", () => {
    const invariants = started();
    invariants.stepped(one, statusOf({ role: "leader", term: 2 }));
    expect(() => invariants.stepped(two, statusOf({ id: 2, role: "leader", term: 2 }))).toThrow(
      "election safety: members 1 and 2 both lead term 2",
    );
  });

  it("a term or a commit index that goes back", () => {
    const invariants = started();
    invariants.stepped(one, statusOf({ term: 2, commit: 3 }));
    expect(() => invariants.stepped(one, statusOf({ term: 1, commit: 3 }))).toThrow("election safety");
    expect(() => invariants.stepped(one, statusOf({ term: 2, commit: 2 }))).toThrow("monotonic commit");
  });

  it("a leader that replaces an entry of its own log", () => {
    const invariants = started();
    const leader = statusOf({ role: "leader" });
    invariants.took(one, readyOf(leader, [entry(1, 1), entry(2, 1)]));
    expect(() => invariants.took(one, readyOf(leader, [entry(2, 1)]))).toThrow("leader append-only");
  });

  it("two entries of one index and term", () => {
    const invariants = started();
    invariants.took(one, readyOf(statusOf({}), [entry(1, 1, 7)]));
    expect(() => invariants.took(two, readyOf(statusOf({ id: 2 }), [entry(1, 1, 8)]))).toThrow(
      "log matching: member 2 holds another entry 1 of term 1",
    );
  });

  it("the same entry after different entries", () => {
    const invariants = started();
    invariants.took(one, readyOf(statusOf({}), [entry(1, 1), entry(2, 3)]));
    expect(() => invariants.took(two, readyOf(statusOf({}), [entry(1, 2), entry(2, 3)]))).toThrow(
      "log matching: before entry 2 of term 3, member 2 holds term 2, another member 1",
    );
  });

  it("nothing wrong in an entry that was lost in a crash before anyone saw it", () => {
    const invariants = started();
    invariants.took(one, readyOf(statusOf({ role: "leader" }), [entry(1, 1, 7)]));
    invariants.crashed(one);
    invariants.took(two, readyOf(statusOf({ id: 2 }), [entry(1, 1, 8)]));
    invariants.shown(two, [entry(1, 1, 8)]);
    invariants.crashed(two);
    invariants.started(one, statusOf({ term: 0 }), undefined, []);
    expect(() => invariants.took(one, readyOf(statusOf({}), [entry(1, 1, 9)]))).toThrow("log matching");
  });

  it("a new leader that lacks a committed entry", () => {
    const invariants = started();
    invariants.took(one, readyOf(statusOf({ role: "leader", term: 2, commit: 1 }), [entry(1, 2)]));
    expect(() => invariants.took(two, readyOf(statusOf({ id: 2, role: "leader", term: 3 })))).toThrow(
      "leader completeness: leader 2 of term 3 lacks entry 1, committed in term 2",
    );
  });

  it("an entry that is committed behind the back of a later leader", () => {
    const invariants = started();
    invariants.took(two, readyOf(statusOf({ id: 2, role: "leader", term: 3 }), [entry(1, 3)]));
    const deposed = readyOf(statusOf({ role: "leader", term: 2, commit: 1 }), [entry(1, 2)]);
    expect(() => invariants.took(one, deposed)).toThrow("leader completeness");
  });

  it("nothing wrong in a late leader of an earlier term", () => {
    const invariants = started();
    invariants.took(two, readyOf(statusOf({ id: 2, role: "leader", term: 3, commit: 1 }), [entry(1, 3)]));
    invariants.took(one, readyOf(statusOf({ role: "leader", term: 2 })));
  });

  it("two members that apply different entries at one index", () => {
    const invariants = started();
    invariants.applied(one, entry(1, 1), undefined);
    expect(() => invariants.applied(two, entry(1, 2), undefined)).toThrow("state machine safety");
  });

  it("two states of one index that differ", () => {
    const invariants = started();
    const { membership } = statusOf({});
    const snapshot = { index: logIndex(4), term: term(1), membership, data: new Uint8Array([1]) };
    invariants.snapshotTaken(snapshot);
    expect(() => invariants.snapshotTaken({ ...snapshot, data: new Uint8Array([2]) })).toThrow(
      "state machine safety: two states of index 4 differ",
    );
  });

  it("a command that takes effect twice", () => {
    const invariants = started();
    const command = { proposer: 1, incarnation: 1, sequence: 5, duplicate: false };
    const applied = {
      ...command,
      result: { ok: true, revision: 2, response: { type: "put" } },
    } as const;
    invariants.applied(one, entry(1, 1), applied);
    invariants.applied(two, entry(1, 1), applied);
    expect(() => invariants.applied(one, entry(2, 1), applied)).toThrow(
      "exactly once: command 1/1/5 took effect at 1 and again at 2",
    );
  });

  it("a read that misses what was acknowledged before it began", () => {
    const invariants = started();
    invariants.acknowledge(7);
    const floor = invariants.readFloor;
    invariants.acknowledge(9);
    invariants.confirmed(one, 7, floor);
    expect(() => invariants.confirmed(one, 6, floor)).toThrow("linearizable reads");
  });
});
