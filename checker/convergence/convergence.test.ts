import { describe, expect, it } from "vitest";
import type { Verdict } from "../../core/verdict.ts";
import { freely } from "../testing/history-of.ts";
import { convergence, unsettled } from "./convergence.ts";
import { RestHistory } from "./testing/rest-history.ts";

const judge = ({ history }: RestHistory): Verdict => convergence().check(history, freely) as Verdict;

/** Two writes, of which 2 is the newest; healed at 10 s, without load from 13 s on. */
const run = () =>
  new RestHistory()
    .phase(0, "main")
    .write(1, 1, { revision: 2 })
    .write(2, 2, { process: 7, revision: 3 })
    .read(3, "n2", 2)
    .read(3.1, "n3", 2)
    .phase(10, "quiet");
/** What n2 and n3 return from `at` on. */
const othersReturn = (history: RestHistory, at: number, value: number | null = 2) =>
  history.read(at, "n2", value).read(at + 0.1, "n3", value);

const final = (history = run()) => history.phase(13, "final");

describe("agreement at rest", () => {
  it("holds where every node returns the newest value", () => {
    const verdict = judge(othersReturn(final().read(13.1, "n1", 2), 13.2));
    expect(verdict).toMatchObject({ kind: "valid", anomalies: [] });
    expect(verdict.summary).toBe("at rest, all 3 nodes returned the newest value of the only key");
  });

  it("is broken by a node that still returns an old value when the time to catch up is over", () => {
    const verdict = judge(othersReturn(final(), 13.1).read(20, "n1", 1));
    expect(verdict.kind).toBe("invalid");
    expect(verdict.summary).toBe(
      "n1 still returned 1 for r1 at 20.000 s, 10.0 s after the last heal, while n2 and n3 returned 2: the write of 2 by process 7 (acknowledged at 2.001 s) is missing at n1",
    );
    const [anomaly] = verdict.anomalies;
    expect(anomaly).toMatchObject({ kind: "convergence", key: "r1" });
    expect(anomaly?.evidence?.operations[anomaly.evidence.culprit ?? -1]).toMatchObject({ node: "n1" });
  });

  it("is open where the node was asked before that and not again", () => {
    const verdict = judge(othersReturn(final(), 13.1).read(19.9, "n1", 1));
    expect(verdict.kind).toBe("unknown");
    expect(verdict.summary).toMatch(/^n1 returned 1 for r1 at 19.900 s.*; it was not asked again$/);
  });

  it("counts the time from the missing write where that came after the heal", () => {
    const late = run().write(12, 3, { process: 8 });
    othersReturn(late.phase(13, "final"), 13.1, 3);
    expect(judge(late.read(21.9, "n1", 2)).kind).toBe("unknown");
    expect(judge(late.read(22.1, "n1", 2)).summary).toContain("the write of 3 by process 8");
  });

  it("takes a node's last answer: one that caught up is forgiven what it returned before", () => {
    expect(judge(othersReturn(final(), 13.1).read(20, "n1", 1).read(21, "n1", 2)).kind).toBe("valid");
  });

  it("takes the better of two last answers that were under way at once", () => {
    const history = othersReturn(final(), 13.1);
    const [fresh, old] = [new RestHistory().read(20, "n1", 2), new RestHistory().read(20, "n1", 1)];
    const [a, b] = [fresh.history, old.history];
    const both = [a[0], b[0], b[1], a[1]].flatMap((event, i) =>
      event === undefined
        ? []
        : [{ ...event, index: i, process: event === b[0] || event === b[1] ? 901 : 900 }],
    );
    const verdict = convergence().check([...history.history, ...both] as typeof a, freely) as Verdict;
    expect(verdict.kind).toBe("valid");
  });

  it("holds without a bound for a node that answers out of a state with the missing write in it", () => {
    const verdict = judge(othersReturn(final(), 13.1).read(13.4, "n1", 1, { revision: 9, modRevision: 2 }));
    expect(verdict.kind).toBe("invalid");
    expect(verdict.summary).toContain(
      "although it answered from a state of revision 9, and that write has revision 3",
    );
  });

  it("holds without a bound for a node that had returned the newest value since the heal", () => {
    const went = othersReturn(final(run().read(11, "n1", 2)), 13.1).read(13.4, "n1", 1);
    expect(judge(went).summary).toContain("although it had returned 2 for r1 at 11.000 s");
    const before = othersReturn(final(run().read(9, "n1", 2)), 13.1);
    expect(judge(before.read(13.4, "n1", 1)).kind).toBe("invalid");
  });

  it("holds without a bound for a node that had returned a later write of another key since the heal", () => {
    const other = { key: "r2", revision: 5, modRevision: 5 };
    const history = final(run().write(11, 9, { key: "r2", revision: 5 }).read(11.5, "n1", 9, other));
    othersReturn(history, 13.1).read(13.4, "n1", 1);
    expect(judge(history).summary).toContain(
      "although it had returned 9 for r2 at 11.500 s, which has revision 5, and that write has revision 3",
    );
  });

  it("is broken by a value that nobody had written", () => {
    const verdict = judge(othersReturn(final(), 13.1).read(13.4, "n1", 77));
    expect(verdict.kind).toBe("invalid");
    expect(verdict.summary).toContain("n1 returned 77 for r1");
  });

  it("is broken where an acknowledged write is missing at every node", () => {
    const verdict = judge(othersReturn(final(), 20, 1).read(20.5, "n1", 1));
    expect(verdict.kind).toBe("invalid");
    expect(verdict.summary).toBe(
      "every node that answered still returned an old value of r1 at rest: n1, n2 and n3 returned 1 (n1 at 20.500 s, 10.5 s after the last heal): the write of 2 by process 7 (acknowledged at 2.001 s) is missing everywhere",
    );
    expect(verdict.anomalies).toHaveLength(1);
  });

  it("is broken where all nodes kept a value that a compare-and-set had replaced", () => {
    const history = othersReturn(final(run().cas(2, 2, 3)), 20).read(20.5, "n1", 2);
    expect(judge(history).summary).toContain("the cas of [2,3]");
  });
});

describe("a deleted key", () => {
  it("is null at every node", () => {
    expect(judge(othersReturn(final(run().delete(5)), 13.1, null).read(13.4, "n1", null)).kind).toBe("valid");
  });

  it("that a node still has is a violation", () => {
    const verdict = judge(othersReturn(final(run().delete(5)), 13.1, null).read(20.1, "n1", 2));
    expect(verdict.kind).toBe("invalid");
    expect(verdict.summary).toMatch(/n2 and n3 returned null: the delete by process \d+/);
  });

  it("that was written again and is null at a node is a violation", () => {
    const history = final(run().delete(5).write(6, 3));
    expect(judge(othersReturn(history, 13.1, 3).read(20.1, "n1", null)).kind).toBe("invalid");
  });
});

describe("writes of unknown outcome", () => {
  it.each([2, 8, 9])("may leave %d, where all nodes agree", (value) => {
    const history = final(run().lostWrite(8, 8).lostWrite(9, 9));
    expect(judge(othersReturn(history, 13.1, value).read(13.4, "n1", value)).kind).toBe("valid");
  });

  it("may not leave nodes that disagree for good", () => {
    const history = final(run().lostWrite(8, 8).lostWrite(9, 9));
    othersReturn(history, 13.1, 9).read(13.4, "n1", 8);
    expect(judge(history).kind).toBe("unknown");
    // Asked again, when both values have been seen for longer than a node may take.
    othersReturn(history, 23.6, 9).read(23.9, "n1", 8);
    const verdict = judge(history);
    expect(verdict.kind).toBe("invalid");
    expect(verdict.summary).toContain("n1 returned 8, n2 and n3 returned 9");
  });

  it("may take effect while the nodes are asked: the earlier answer was no disagreement", () => {
    const history = othersReturn(final(run().lostWrite(9, 9)), 20, 2).read(20.4, "n1", 9);
    expect(judge(history).kind).toBe("unknown");
    expect(judge(othersReturn(history, 20.6, 9)).kind).toBe("valid");
  });

  it("that were seen anywhere are there to stay", () => {
    const history = final(run().lostWrite(8, 8).read(9, "n2", 8));
    expect(judge(othersReturn(history, 20, 8).read(20.5, "n1", 2)).summary).toMatch(
      /the write of 8 by process \d+ \(n2 had returned it at 9.001 s\) is missing at n1/,
    );
  });
});

describe("writes at the same time", () => {
  const both = () => new RestHistory().phase(0, "main").together(1, [1, 2]).read(2, "n2", 1).read(2, "n3", 1);

  it("may leave either, where all nodes agree", () => {
    const history = both().phase(10, "quiet").phase(13, "final");
    expect(judge(othersReturn(history, 13.1, 1).read(13.4, "n1", 1)).kind).toBe("valid");
  });

  it("may not leave both, and no node is accused alone", () => {
    const history = both().phase(10, "quiet").phase(13, "final");
    const verdict = judge(othersReturn(history, 20.1, 1).read(20.4, "n1", 2));
    expect(verdict.kind).toBe("invalid");
    expect(verdict.summary).toMatch(/^the nodes disagree on r1 at rest: n1 returned 2, n2 and n3 returned 1/);
  });
});

describe("a node that does not answer", () => {
  it("is no disagreement, and nothing is known of it", () => {
    const verdict = judge(othersReturn(final(), 20).unanswered(20.5, "n1"));
    expect(verdict.kind).toBe("unknown");
    expect(verdict.summary).toBe(
      "n1 gave no answer for r1 at rest: whether it holds the newest value is not known",
    );
  });

  it("was perhaps not asked: that leaves it open, too", () => {
    const history = othersReturn(final(run().write(3, 1, { key: "r2" })).read(13.1, "n1", 2), 20);
    const verdict = judge(history);
    expect(verdict.kind).toBe("unknown");
    expect(verdict.summary).toMatch(/^n1 was not asked for r2 at rest/);
  });

  it("does not hide another one that is behind", () => {
    expect(judge(final().unanswered(20, "n1").read(20.1, "n2", 2).read(20.2, "n3", 1)).kind).toBe("invalid");
  });

  it("leaves everything open where the run has no final phase", () => {
    expect(judge(run()).kind).toBe("unknown");
  });
});

describe("reads in the node's own mode", () => {
  const local = { mode: "serializable" };

  it("are what counts where there are any", () => {
    const history = othersReturn(final().read(13.1, "n1", 2), 13.2);
    for (const [i, node] of ["n1", "n2", "n3"].entries())
      history.read(20 + i / 10, node, node === "n1" ? 1 : 2, local);
    expect(judge(history).summary).toContain("n1 still returned 1 for r1");
  });

  it("leave a node open that answered in the run's mode only", () => {
    const history = othersReturn(final().read(13.1, "n1", 2), 13.2);
    for (const node of ["n2", "n3"]) history.read(20, node, 2, local);
    expect(judge(history).kind).toBe("unknown");
  });
});

describe("unsettled()", () => {
  it("names what each node is still to be asked", () => {
    expect(unsettled(final().read(13.1, "n2", 2).read(13.2, "n3", 1).history)).toEqual([
      { node: "n1", key: "r1" },
      { node: "n3", key: "r1" },
    ]);
  });

  it("is empty where all agree", () => {
    expect(unsettled(othersReturn(final().read(13.1, "n1", 2), 13.2).history)).toEqual([]);
  });
});

describe("the nodes' own digests", () => {
  const agreeing = () => othersReturn(final(run().read(11, "n1", 2)).read(13.1, "n1", 2), 13.2);

  it("at one revision must be the same", () => {
    const history = agreeing()
      .digest(14, { node: "n1", at: 9, digest: "aa" })
      .digest(14, { node: "n2", at: 9, digest: "bb" });
    expect(judge(history)).toMatchObject({
      kind: "invalid",
      summary: "the nodes report different digests of their whole state at revision 9: aa on n1, bb on n2",
    });
  });

  it.each([
    ["other revisions", { at: 8 }],
    ["another compaction", { since: 4 }],
  ])("of %s say nothing", (_, other) => {
    const history = agreeing()
      .digest(14, { node: "n1", at: 9, digest: "aa" })
      .digest(14, { node: "n2", at: 9, digest: "bb", ...other });
    expect(judge(history).kind).toBe("valid");
  });

  it("of a state from before the last node was back say nothing", () => {
    const history = agreeing()
      .digest(14, { node: "n1", at: 2, digest: "aa" })
      .digest(14, { node: "n2", at: 2, digest: "bb" });
    expect(judge(history).kind).toBe("valid");
  });

  it("that agree are reported", () => {
    const history = agreeing();
    for (const node of ["n1", "n2", "n3"]) history.digest(14, { node, at: 9, digest: "aa" });
    expect(judge(history).summary).toContain("; 3 nodes reported the same digest at revision 9");
  });
});
