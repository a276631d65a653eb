import { describe, expect, it } from "vitest";
import { freely, historyOf, type Line } from "../testing/history-of.ts";
import { readCheckers } from "./read-checkers.ts";
import { singleEffect } from "./single-effect.ts";

const judge = async (...lines: readonly Line[]) => singleEffect().check(historyOf(...lines), freely);

const judgeStore = async (...lines: readonly Line[]) =>
  singleEffect({ scope: "store" }).check(historyOf(...lines), freely);

describe("a write's one effect", () => {
  it.each(["linearizable", "linearizable-known-limits", "sequential", "stale-monotonic", "stale"] as const)(
    "is looked for whatever reads promise: %s",
    (promises) => {
      expect(readCheckers(promises, "store").map(({ name }) => name)).toContain("single-effect");
    },
  );

  it("is at the revision in its answer, for each reader", async () => {
    const verdict = await judge(
      [1, "invoke", "write", 5],
      [1, "ok", "write", 5, { revision: 9 }],
      [2, "invoke", "read"],
      [2, "ok", "read", 5, { revision: 12, modRevision: 9 }],
      [3, "invoke", "cas", [5, 6]],
      [3, "ok", "cas", [5, 6], { revision: 14 }],
      [2, "invoke", "read"],
      [2, "ok", "read", 6, { revision: 14, modRevision: 14 }],
    );
    expect(verdict).toMatchObject({
      kind: "valid",
      anomalies: [],
      summary: "both observed writes took effect once",
    });
  });

  it("is not one where a read finds it later in the order", async () => {
    const verdict = await judge(
      [1, "invoke", "write", 5],
      [1, "ok", "write", 5, { revision: 9 }],
      [3, "invoke", "write", 6],
      [3, "ok", "write", 6, { revision: 10 }],
      [2, "invoke", "read"],
      [2, "ok", "read", 5, { revision: 12, modRevision: 11 }],
    );
    expect(verdict).toMatchObject({ kind: "invalid", figures: { "writes at two revisions": 1 } });
    const [found] = verdict.anomalies;
    expect(found?.summary).toBe(
      "process 2 read 5 from k1 on n3 at 0.004 s, written at revision 11, but process 1, which wrote it, was given revision 9: its only write took effect twice, or not at revision 9",
    );
    expect(found?.evidence?.operations.map(({ call }) => call.f)).toEqual(["write", "read"]);
    expect(found?.evidence?.culprit).toBe(1);
  });

  it("is known from a read where the write was never answered", async () => {
    const verdict = await judge(
      [1, "invoke", "cas", [4, 5]],
      [1, "info", "cas", [4, 5], { error: "timeout" }],
      [2, "invoke", "read"],
      [2, "ok", "read", 5, { modRevision: 7 }],
      [3, "invoke", "read"],
      [3, "ok", "read", 5, { modRevision: 8 }],
    );
    expect(verdict.anomalies[0]?.summary).toContain("but process 2 read it on n3 as written at revision 7");
    expect(verdict.anomalies[0]?.evidence?.operations).toHaveLength(3);
  });

  it("is not judged where two operations wrote the value, where it was there at first, or without revisions", async () => {
    const twice = [
      [1, "invoke", "write", 5],
      [1, "ok", "write", 5, { revision: 9 }],
      [2, "invoke", "write", 5],
      [2, "ok", "write", 5, { revision: 10 }],
    ] as const;
    expect((await judge(...twice)).kind).toBe("valid");
    const atFirst = [
      [1, "invoke", "write", null],
      [1, "ok", "write", null, { revision: 9 }],
      [2, "invoke", "read"],
      [2, "ok", "read", null, { modRevision: 3 }],
    ] as const;
    expect((await judge(...atFirst)).kind).toBe("valid");
    const silent = await judge([1, "invoke", "write", 5], [1, "ok", "write", 5]);
    expect(silent).toMatchObject({
      kind: "valid",
      summary: expect.stringContaining("reported no revisions"),
    });
  });

  it("does not count the same value under another key, nor a write that failed", async () => {
    const verdict = await judge(
      [1, "invoke", "write", 5],
      [1, "ok", "write", 5, { revision: 9 }],
      [2, "invoke", "write", 5, { key: "k2" }],
      [2, "fail", "write", 5, { key: "k2", error: "mismatch" }],
      [3, "invoke", "write", 5, { key: "k2" }],
      [3, "ok", "write", 5, { key: "k2", revision: 11 }],
      [2, "invoke", "read"],
      [2, "ok", "read", 5, { modRevision: 9 }],
    );
    expect(verdict.kind).toBe("valid");
  });

  it("is known to have happened twice where one node shows it at both revisions", async () => {
    const reads = [9, 9, 11].flatMap((modRevision): Line[] => [
      [2, "invoke", "read"],
      [2, "ok", "read", 5, { revision: 12, modRevision }],
    ]);
    const verdict = await judge([1, "invoke", "write", 5], [1, "ok", "write", 5, { revision: 9 }], ...reads);
    expect(verdict.anomalies).toMatchObject([
      { kind: "applied-twice", evidence: { operations: { length: 3 } } },
    ]);
    expect(verdict.summary).toMatch(/took effect twice$/);
  });

  it("is said to be lost at first where a state in between lacks it", async () => {
    const verdict = await judgeStore(
      [1, "invoke", "write", 4],
      [1, "ok", "write", 4, { revision: 8 }],
      [1, "invoke", "write", 5],
      [1, "ok", "write", 5, { revision: 9 }],
      [3, "invoke", "read"],
      [3, "ok", "read", 4, { revision: 10, modRevision: 8 }],
      [2, "invoke", "read"],
      [2, "ok", "read", 5, { revision: 12, modRevision: 11 }],
    );
    expect(verdict.anomalies[0]?.kind).toBe("two-revisions");
    expect(verdict.summary).toMatch(
      /: its effect at revision 9 was lost, since process 3 read 4, which has revision 8, on n1 in a state of revision 10$/,
    );
  });

  it("is said to stand at a revision of another write where it does", async () => {
    const verdict = await judgeStore(
      [1, "invoke", "write", 5],
      [1, "ok", "write", 5, { revision: 9 }],
      [3, "invoke", "write", 6, { key: "k2" }],
      [3, "ok", "write", 6, { key: "k2", revision: 9 }],
      [2, "invoke", "read"],
      [2, "ok", "read", 5, { revision: 12, modRevision: 10 }],
    );
    expect(verdict.summary).toMatch(/: revision 9 also belongs to the write of 6 to k2 by process 3$/);
  });
});
