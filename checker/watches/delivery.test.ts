import { describe, expect, it } from "vitest";
import type { Verdict } from "../../core/verdict.ts";
import { freely } from "../testing/history-of.ts";
import { WatchScript } from "./testing/script.ts";
import { watchCheckers } from "./watch-checkers.ts";

function verdictOf(script: WatchScript, checker = "watch-delivery"): Verdict {
  const one = watchCheckers({ deliverySeconds: 5 }).find(({ name }) => name === checker);
  return one?.check(script.history, freely) as Verdict;
}

const created = { f: "create", key: "k7", value: 1, revision: 1 };
const deleted = { f: "delete", key: "k7", revision: 2 };

/** Two watches; that on n2 receives the first change only. */
const silent = () =>
  new WatchScript()
    .watch(0, "a", { node: "n2", prefix: "k", revision: 0 })
    .watch(0, "b", { node: "n1", prefix: "k", revision: 0 })
    .write(1, "k7", 1, 1)
    .notice(1.01, "a", created)
    .notice(1.01, "b", created)
    .write(2, "k7", null, 2)
    .notice(2.004, "b", deleted);

describe("delivery in time", () => {
  it("tells of each watcher what was due and what it received, the worst first", () => {
    const { parts = [] } = verdictOf(silent().until(20));
    expect(
      parts.map(({ node, figures }) => [node, figures["events due"], figures["received"], figures["missed"]]),
    ).toEqual([
      ["n2", 2, 1, 1],
      ["n1", 2, 2, 0],
    ]);
    expect(parts[1]?.figures["worst lag ms"]).toBeCloseTo(9);
    expect(parts[1]?.name).toMatch(/^process \d+$/);
  });

  it("is measured from the acknowledgement, by node, and also where an event comes before it", () => {
    const { kind, figures, summary } = verdictOf(
      new WatchScript()
        .watch(0, "a", { node: "n2", key: "k7", revision: 0 })
        .write(1, "k7", 1, 1)
        .notice(1.0005, "a", created)
        .write(2, "k7", null, 2)
        .notice(2.101, "a", deleted)
        .until(20),
    );
    expect(kind).toBe("valid");
    expect(figures).toMatchObject({ "events due": 2, received: 2, late: 0, missed: 0, watches: 1 });
    expect(figures?.["lag worst ms"]).toBeCloseTo(100);
    expect(figures?.["lag least ms"]).toBeCloseTo(-0.5);
    expect(figures?.["lag since invocation p50 ms"]).toBeCloseTo(101);
    expect(figures?.["lag worst ms on n2"]).toBeCloseTo(100);
    expect(summary).toContain("2 events reached 1 watch within 5.0 s of calm");
  });

  it("is a curve of each node: median and worst lag by when a change was acknowledged", () => {
    const { curves } = verdictOf(
      new WatchScript()
        .watch(0, "a", { node: "n2", prefix: "k", revision: 0 })
        .watch(0, "b", { node: "n2", prefix: "k", revision: 0 })
        .watch(0, "c", { node: "n1", prefix: "k", revision: 0 })
        .write(1.01, "k7", 1, 1)
        .notice(1.012, "c", created)
        .notice(1.03, "a", created)
        .notice(1.06, "b", created)
        .write(2.3, "k7", null, 2)
        .notice(2.301, "a", deleted)
        .notice(2.301, "b", deleted)
        .notice(2.301, "c", deleted)
        .until(20),
    );
    expect(curves?.map(({ label, node, step }) => [label, node, step])).toEqual([
      ["watch lag", "n1", 1e8],
      ["watch lag", "n2", 1e8],
    ]);
    const steps = curves?.[1]?.steps.map(({ at, count, worstMs }) => [at, count, Math.round(worstMs)]);
    expect(steps).toEqual([
      [10e8, 2, 49],
      [23e8, 2, 0],
    ]);
  });

  it("is violated by a change that a watch never received, and says which other watches received it", () => {
    const { kind, anomalies, lanes, figures } = verdictOf(silent().until(7.1));
    expect(kind).toBe("invalid");
    expect(anomalies.map(({ summary }) => summary)).toEqual([
      "watch w1 of k* on n2 had not received the delete of k7 at revision 2 (process 103, acknowledged at 2.001 s) by 7.001 s, when it was due, which a watch on n1 received 3.0 ms after that",
    ]);
    expect(anomalies[0]?.evidence).toMatchObject({
      kind: "deliveries",
      watch: { name: "w1", node: "n2", follows: "k*" },
      changes: [{ revision: 1 }, { f: "delete", revision: 2, isMissed: true }],
      received: [{ f: "create", revision: 1 }],
    });
    expect(figures).toMatchObject({ missed: 1 });
    expect(lanes?.map(({ label, colour, node }) => ({ label, colour, node }))).toEqual([
      { label: "missed changes", colour: "wrong", node: "n2" },
    ]);
  });

  it("is not judged after clients were stopped, no matter how long the history goes on", () => {
    expect(verdictOf(silent().ending(6.9).until(60)).kind).toBe("valid");
    expect(verdictOf(silent().ending(7.1).until(60)).kind).toBe("invalid");
  });

  it("is judged until the last sign of a client, however late the final phase begins", () => {
    expect(verdictOf(silent().until(6.9).final(20)).kind).toBe("valid");
    expect(verdictOf(silent().until(7.1).final(20)).kind).toBe("invalid");
    expect(verdictOf(silent().until(6.9).final(20).until(21)).kind).toBe("valid");
  });

  it("is not judged before the bound has passed without a fault", () => {
    expect(verdictOf(silent().until(6.9)).kind).toBe("valid");
    expect(verdictOf(silent().fault(3, 6).until(10.9)).kind).toBe("valid");
    expect(verdictOf(silent().fault(3, 6).until(11.1)).kind).toBe("invalid");
    expect(verdictOf(silent().fault(3, 6).fault(9, 10).until(14.9)).kind).toBe("valid");
  });

  it("is not owed by a watch that was canceled, closed or broke off, nor by one whose process ended", () => {
    for (const f of ["canceled", "ended", "closed"])
      expect(verdictOf(silent().notice(3, "a", { f }).until(20)).kind).toBe("valid");
    const failed = silent().ask(3, "a", { f: "read", key: "k7" }, { type: "info", error: "timeout" });
    expect(verdictOf(failed.until(20)).kind).toBe("valid");
    const refused = silent().ask(3, "a", { f: "read", key: "k7" }, { type: "fail", error: "not-connected" });
    expect(verdictOf(refused.until(20)).kind).toBe("valid");
    const answered = silent().ask(3, "a", { f: "read", key: "k7" }, { type: "fail", error: "mismatch" });
    expect(verdictOf(answered.until(20)).kind).toBe("invalid");
  });

  it("waits for a watcher that does not read", () => {
    const slow = silent().notice(1.5, "a", { f: "paused" }).notice(9, "a", { f: "resumed" });
    expect(verdictOf(slow.until(13)).kind).toBe("valid");
    expect(verdictOf(slow.until(14.1)).kind).toBe("invalid");
    expect(verdictOf(silent().notice(1.5, "a", { f: "paused" }).until(30)).kind).toBe("valid");
  });

  it("is violated by an event that comes after it was due", () => {
    const late = (at: number) => verdictOf(silent().notice(at, "a", deleted).until(30));
    expect(late(6.9).kind).toBe("valid");
    expect(late(12)).toMatchObject({ kind: "invalid", anomalies: [{ kind: "late-event" }] });
    expect(late(12).summary).toContain("received the delete of k7 at revision 2");
    expect(late(12).summary).toContain("only at 12.000 s, 5.0 s after it was due");
  });

  it("draws the times in which a node's watches were behind", () => {
    const { lanes } = verdictOf(silent().notice(3, "a", deleted).until(4));
    expect(lanes).toMatchObject([
      { label: "slow deliveries", node: "n2", colour: "noticed", figures: { events: 1 } },
    ]);
  });

  it("proves nothing where no watch received anything", () => {
    const script = new WatchScript().watch(0, "a", { key: "k7", revision: 0 }).until(20);
    expect(verdictOf(script)).toMatchObject({ kind: "unknown", anomalies: [{ kind: "too-few-operations" }] });
  });

  it("counts unknown writes only where somebody saw them", () => {
    const lost = () =>
      new WatchScript()
        .watch(0, "a", { node: "n2", key: "k7", revision: 0 })
        .watch(0, "b", { node: "n1", key: "k7", revision: 0 })
        .call(1, { f: "write", key: "k7", value: 1 });
    expect(verdictOf(lost().until(20)).kind).toBe("unknown");
    const seen = verdictOf(lost().notice(2, "b", created).until(20));
    expect(seen.anomalies).toMatchObject([{ kind: "event-not-delivered", key: "k7" }]);
    expect(seen.summary).toContain("(process 102, first seen at 2.000 s)");
    const read = lost().call(2, { f: "read", key: "k7" }, { value: 1, modRevision: 1, revision: 1 });
    expect(verdictOf(read.until(20)).anomalies).toHaveLength(2);
  });
});

describe("a watch and compaction", () => {
  const compacted = () =>
    new WatchScript()
      .write(1, "k7", 1, 1)
      .write(2, "k7", null, 2)
      .write(3, "k7", 3, 3)
      .call(4, { f: "compact", value: 2 }, { value: 2 });

  it("is canceled where it begins below, and complete where it begins at the compacted revision", () => {
    const below = compacted().watch(5, "a", { key: "k7", from: 1, revision: 3 });
    expect(verdictOf(below.notice(5.1, "a", { f: "canceled", revision: 2 }), "watch-compaction").kind).toBe(
      "valid",
    );
    const at = compacted()
      .watch(5, "a", { key: "k7", from: 2, revision: 3 })
      .notice(5.1, "a", { f: "create", key: "k7", value: 3, revision: 3 });
    expect(verdictOf(at, "watch-compaction").kind).toBe("valid");
    expect(verdictOf(at, "watch-reliable").summary).toContain(
      "never received the delete of k7 at revision 2",
    );
  });

  it("is not silent", () => {
    const silent = compacted().watch(5, "a", { key: "k7", from: 1, revision: 3 }).until(20);
    const verdict = verdictOf(silent, "watch-compaction");
    expect(verdict.anomalies[0]).toMatchObject({ kind: "compaction-not-reported" });
    expect(verdict.anomalies[0]?.summary).toBe(
      "watch w1 of k7 on n2, from revision 1, received neither the write of 1 to k7 at revision 1 (process 100, acknowledged at 1.001 s) nor an end, although history before revision 2 had been compacted before it was opened",
    );
  });

  it("is not canceled for it where all that it still had to report is left", () => {
    const verdict = verdictOf(
      compacted()
        .watch(5, "a", { key: "k7", from: 2, revision: 3 })
        .notice(5.1, "a", { f: "canceled", revision: 2 }),
      "watch-compaction",
    );
    expect(verdict.anomalies).toMatchObject([{ kind: "canceled-without-cause" }]);
  });
});
