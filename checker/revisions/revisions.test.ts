import { describe, expect, it } from "vitest";
import type { Consistency } from "../../core/consistency.ts";
import type { ClientEvent, History } from "../../core/history.ts";
import type { RevisionScope } from "../../core/op.ts";
import { seconds } from "../../core/time.ts";
import { type Verdict, worst } from "../../core/verdict.ts";
import { readCheckers } from "../reads/read-checkers.ts";
import { registerCheckers } from "../register-promise.ts";
import { runCheckers } from "../run-checkers.ts";
import { freely, historyOf, type Line } from "../testing/history-of.ts";
import { revisions } from "./revisions.ts";

const everyPromise: readonly Consistency[] = [
  "linearizable",
  "linearizable-known-limits",
  "sequential",
  "stale-monotonic",
  "stale",
];

const judge = (lines: readonly Line[], scope: RevisionScope = "store") =>
  revisions({ scope }).check(historyOf(...lines), freely) as Verdict;

const write = (
  process: number,
  value: number,
  revision?: number,
  more: Partial<ClientEvent> = {},
): Line[] => [
  [process, "invoke", "write", value, more],
  [process, "ok", "write", value, { ...more, ...(revision !== undefined && { revision }) }],
];

const read = (process: number, value: number | null, answer: Partial<ClientEvent>, key = "k1"): Line[] => [
  [process, "invoke", "read", null, { key }],
  [process, "ok", "read", value, { key, ...answer }],
];

/** `found`: null where the answer does not say. */
const remove = (process: number, found: boolean | null, revision?: number): Line[] => [
  [process, "invoke", "delete"],
  [process, "ok", "delete", found, revision === undefined ? {} : { revision }],
];

/** Writes 1, 2 and 3; more than a minute later each node is asked three times and answers the older value. */
function lostForGood(): History {
  const before = [...write(1, 1, 1), ...write(1, 2, 2), ...write(1, 3, 3)];
  const final = Array.from({ length: 9 }, (_, i) => read(10 + i, 2, { revision: 9, modRevision: 2 })).flat();
  const others = Array.from({ length: 6 }, (_, i) => write(2, 100 + i, 4 + i, { key: "k2" })).flat();
  return historyOf(...before, ...others, ...final).map((event, index) => ({
    ...event,
    time: seconds(index < before.length + others.length ? index * 0.01 : 61.7 + index * 0.01),
  }));
}

describe("a lost write", () => {
  it.each(everyPromise)("makes a run invalid whatever its reads promise: %s", async (promises) => {
    const checkers = registerCheckers(promises, { reads: (mode) => readCheckers(mode, "store") });
    const verdicts = await runCheckers(checkers, lostForGood(), { ...freely, promises });
    expect(worst(verdicts.map(({ kind }) => kind))).toBe("invalid");
    expect(verdicts.find(({ checker }) => checker === "revisions")).toMatchObject({
      kind: "invalid",
      figures: { "lost writes": 1 },
      lanes: [{ label: "lost writes", node: "n2", text: "3 of k1, revision 3", from: 50e6, colour: "wrong" }],
      summary:
        "the write of 3 to k1 by process 1, acknowledged at revision 3 at 0.050 s, is lost: process 10 read 2, which has revision 2, in a state of revision 9 on n2 at 61.880 s; 8 more reads on n1, n2 and n3 lack it",
    });
  });

  it("is none where the state is older than it, or holds a later change", () => {
    const lines = [...write(1, 1, 1), ...write(1, 2, 2), ...write(1, 3, 3)];
    const older = read(2, 1, { revision: 1, modRevision: 1 });
    const fine = judge([...lines, ...older, ...read(2, 3, { revision: 9, modRevision: 3 })]);
    expect(fine.kind).toBe("valid");
    expect(fine).not.toHaveProperty("lanes");
    expect(judge([...lines, ...read(2, 3, { revision: 7, modRevision: 3 })]).kind).toBe("valid");
  });

  it("is none of another key's, nor one whose read says no state's revision", () => {
    const lines = [...write(1, 1, 1), ...write(1, 2, 2, { key: "k2" })];
    expect(judge([...lines, ...read(2, 1, { revision: 9, modRevision: 1 })]).kind).toBe("valid");
    expect(judge([...write(1, 1, 1), ...write(1, 2, 2), ...read(2, 1, { modRevision: 1 })]).kind).toBe(
      "valid",
    );
  });

  it("is found by a key that is absent and that nobody deleted", () => {
    const verdict = judge([...write(1, 1, 3), ...read(2, null, { revision: 5 })]);
    expect(verdict).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "lost-write", evidence: { culprit: 1 } }],
      summary: expect.stringContaining("found no value, though nothing can have removed it by then"),
    });
    expect(judge([...write(1, 1, 3), ...remove(1, true, 4), ...read(2, null, { revision: 5 })]).kind).toBe(
      "valid",
    );
  });

  it("is not certain where a delete whose answer never came may have removed the key", () => {
    const unknown: Line[] = [[5, "invoke", "delete"]];
    const absent = read(2, null, { revision: 5 });
    expect(judge([...unknown, ...write(1, 1, 3), ...absent]).kind).toBe("valid");
    expect(judge([...write(1, 1, 3), ...absent, ...unknown]).kind).toBe("invalid");
    // The write was seen after the delete must have been in place: by the revisions of what came before and after it.
    const between = [...write(1, 8, 1, { key: "k2" }), ...remove(3, null), ...write(1, 9, 3, { key: "k2" })];
    expect(judge([...write(1, 1, 2), ...between, ...absent]).kind).toBe("invalid");
  });

  it("is certain where the only delete has a revision above a write that was requested after the answer", () => {
    const answered: Line[] = [
      [1, "invoke", "read", null, { key: "k1" }],
      [2, "invoke", "delete"],
      ...write(3, 1, 1),
      [1, "ok", "read", null, { key: "k1", revision: 1 }],
    ];
    const deleted: Line[] = [[2, "ok", "delete", true, { revision: 3 }]];
    expect(judge([...answered, ...write(4, 2, 2), ...deleted]).kind).toBe("invalid");
    // Without that write the delete may have come before the answer.
    expect(judge([...answered, ...deleted]).kind).toBe("valid");
  });

  it("is certain where every delete was answered before the write was asked for, or found nothing", () => {
    const absent = read(2, null, { revision: 5 });
    expect(judge([...write(1, 1, 1), ...remove(3, null), ...write(1, 2, 3), ...absent]).kind).toBe("invalid");
    expect(judge([...write(1, 2, 3), ...remove(3, false), ...absent]).kind).toBe("invalid");
    expect(judge([...write(1, 2, 3), ...remove(3, null), ...absent]).kind).toBe("valid");
    expect(judge([...write(1, 2, 3), ...remove(3, true), ...absent]).kind).toBe("valid");
  });

  it("is a delete, too, and a write that only a read shows", () => {
    const undone = [...write(1, 1, 1), ...remove(1, true, 2), ...read(2, 1, { revision: 4, modRevision: 1 })];
    expect(judge(undone).summary).toMatch(
      /^the delete of k1 by process 1, acknowledged at revision 2 .* is lost/,
    );
    const seen: Line[] = [
      ...write(1, 1, 1),
      [3, "invoke", "write", 2],
      [3, "info", "write", 2, { error: "timeout" }],
      ...read(2, 2, { revision: 2, modRevision: 2 }),
      ...read(4, 1, { revision: 4, modRevision: 1 }),
    ];
    expect(judge(seen).summary).toMatch(
      /^the write of 2 to k1 by process 3, read at revision 2 by process 2 .* is lost/,
    );
  });

  it("is not proven by a revision that is the key's own, but by that of an absent key", () => {
    const old = [...write(1, 1), ...read(2, 1, { revision: 3, modRevision: 3 }), ...write(1, 2)];
    expect(judge([...old, ...read(2, 1, { revision: 3, modRevision: 3 })], "key").kind).toBe("valid");
    expect(judge([...old, ...read(2, null, { revision: 4 })], "key").kind).toBe("invalid");
  });
});

describe("a revision", () => {
  it.each(everyPromise)("of two writes is a violation whatever reads promise: %s", async (promises) => {
    const lines = [...write(1, 1, 5), ...write(2, 2, 5, { key: "k2" })];
    const checkers = registerCheckers(promises, { reads: (mode) => readCheckers(mode, "store") });
    const verdicts = await runCheckers(checkers, historyOf(...lines), { ...freely, promises });
    expect(verdicts.find(({ checker }) => checker === "revisions")).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "reused-revision" }],
      summary:
        "revision 5 belongs to two changes: the write of 1 to k1 by process 1, acknowledged at revision 5 at 0.001 s, and the write of 2 to k2 by process 2, acknowledged at revision 5 at 0.003 s",
    });
  });

  it("of two writes does not make a lost write of the second, which a state of that revision may not hold yet", () => {
    const before = [...write(1, 1, 1), ...write(2, 2, 5, { key: "k2" })];
    const asked: Line = [3, "invoke", "write", 3];
    const late: Line = [3, "ok", "write", 3, { revision: 5 }];
    const reading = read(4, 1, { revision: 5, modRevision: 1 });
    expect(judge([...before, asked, ...reading, late]).anomalies.map(({ kind }) => kind)).toEqual([
      "reused-revision",
    ]);
    const later = read(4, 1, { revision: 6, modRevision: 1 });
    expect(judge([...before, asked, ...later, late]).anomalies.map(({ kind }) => kind)).toEqual([
      "lost-write",
      "reused-revision",
    ]);
  });

  it("of two values of one key is a violation, also where reads alone show it", () => {
    expect(judge([...write(1, 1, 5), ...write(2, 2, 5)]).kind).toBe("invalid");
    const shown = [
      ...write(1, 1),
      ...write(1, 2, undefined, { key: "k2" }),
      ...read(2, 1, { revision: 7, modRevision: 7 }),
      ...read(3, 2, { revision: 7, modRevision: 7 }, "k2"),
    ];
    expect(judge(shown, "key").anomalies[0]?.kind).toBe("reused-revision");
  });

  it("of one write is the same for its answer and for each read of it", () => {
    const lines = [...write(1, 1, 5), ...read(2, 1, { revision: 5, modRevision: 5 })];
    expect(judge([...lines, ...read(3, 1, { revision: 8, modRevision: 5 })]).kind).toBe("valid");
  });

  it.each(everyPromise)("that goes back from one write to the next is a violation: %s", async (promises) => {
    const lines = [...write(1, 1, 5), ...write(2, 2, 4)];
    const checkers = registerCheckers(promises, { reads: (mode) => readCheckers(mode, "store") });
    const verdicts = await runCheckers(checkers, historyOf(...lines), { ...freely, promises });
    expect(verdicts.find(({ checker }) => checker === "revisions")).toMatchObject({
      kind: "invalid",
      summary:
        "a revision went back: the write of 2 to k1 by process 2, requested at 0.002 s, has revision 4, but the write of 1 to k1 by process 1 had been acknowledged at revision 5 at 0.001 s",
    });
  });

  it("may be the lower one of a write that was under way at the same time", () => {
    const lines: Line[] = [
      [1, "invoke", "write", 1],
      [2, "invoke", "write", 2],
      [1, "ok", "write", 1, { revision: 5 }],
      [2, "ok", "write", 2, { revision: 4 }],
    ];
    expect(judge(lines).kind).toBe("valid");
  });

  it("goes back where a state of it had been read before", () => {
    const lines = [...write(1, 1, 5), ...read(2, 1, { revision: 9, modRevision: 5 }), ...write(1, 2, 8)];
    expect(judge(lines)).toMatchObject({
      kind: "invalid",
      summary: expect.stringContaining("but process 2 had read a state of revision 9 on n3 by 0.003 s"),
    });
    expect(judge(lines, "key").kind).toBe("valid");
  });

  it("is not judged where the system gives none", () => {
    expect(judge([...write(1, 1), ...read(2, 1, {})])).toMatchObject({
      kind: "valid",
      summary: "the system reported no revisions to check",
    });
  });
});
