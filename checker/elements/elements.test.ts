import { describe, expect, it } from "vitest";
import type { Consistency } from "../../core/consistency.ts";
import type { Verdict } from "../../core/verdict.ts";
import { staleWindowsOf } from "../reads/stale-lanes.ts";
import { freely } from "../testing/history-of.ts";
import { elements } from "./elements.ts";
import { SetScript } from "./testing/script.ts";

const judge = ({ history }: SetScript, promises: Consistency = "linearizable"): Verdict =>
  elements({ promises }).check(history, freely) as Verdict;

const every: readonly Consistency[] = [
  "linearizable",
  "linearizable-known-limits",
  "sequential",
  "stale-monotonic",
  "stale",
];
const script = () => new SetScript();

describe("a set's elements", () => {
  it("are fine where each list shows what was added and not removed", () => {
    const run = script().add(1, 1).add(2, 2).remove(3, 1).list(4, "n2", [2]).list(5, "n1", [2]);
    for (const promises of every)
      expect(judge(run, promises)).toMatchObject({
        kind: "valid",
        anomalies: [],
        summary: "no lost, reappearing or unexpected elements (of 2), and no stale lists (of 2)",
      });
  });

  it("may be in or not while their add or their remove is under way, or its outcome unknown", () => {
    const run = script()
      .add(1, 1, { took: 2 })
      .list(1.5, "n1", [1])
      .list(1.2, "n2", [], { took: 1 })
      .add(1, 2, { type: "info" })
      .list(9, "n1", [1])
      .list(10, "n2", [1, 2])
      .remove(11, 2, { type: "info" })
      .list(12, "n1", [1, 2])
      .list(13, "n1", [1]);
    expect(judge(run)).toMatchObject({ kind: "valid", anomalies: [] });
  });
});

describe("a stale list", () => {
  const lacking = () =>
    script()
      .add(10.9, 117, { process: 4 })
      .list(12.4, "n2", [], { process: 5 })
      .list(13, "n1", [117], { process: 6 });

  it("that lacks an element is a violation where reads must be fresh", () => {
    const verdict = judge(lacking());
    expect(verdict.kind).toBe("invalid");
    expect(verdict.anomalies).toMatchObject([{ kind: "stale-list", key: "s3" }]);
    expect(verdict.summary).toBe(
      "1 stale list: list of s3 on n2 by process 5 at 12.400 s lacks 117, which process 4 added at 10.900 s (acknowledged 1.4 s earlier), and which nothing removed",
    );
    expect(verdict.lanes).toMatchObject([{ label: "stale reads", node: "n2", colour: "wrong" }]);
  });

  it.each(["sequential", "stale-monotonic", "stale"] as const)(
    "is a measurement under %s reads",
    (promises) => {
      const verdict = judge(lacking(), promises);
      expect(verdict.kind).toBe("valid");
      expect(verdict.anomalies).toMatchObject([{ kind: "stale-list", known: true }]);
      expect(verdict.summary).toBe(
        "no lost, reappearing or unexpected elements (of 1); 1 of 2 lists was stale, at worst by 1.4 s",
      );
      expect(verdict.figures).toMatchObject({ "stale reads": 1, reads: 2 });
      expect(verdict.figures?.["staleness ms worst"]).toBeCloseTo(1400);
      expect(staleWindowsOf(verdict)).toMatchObject([{ node: "n2", reads: 1 }]);
    },
  );

  it("lacks an element that another list had shown, whatever became of its add", () => {
    const run = script()
      .add(1, 117, { process: 4, type: "info" })
      .list(2, "n3", [117])
      .list(3, "n2", [], { process: 5 })
      .list(4, "n2", [117]);
    expect(judge(run).summary).toContain(
      "list of s3 on n2 by process 5 at 3.000 s lacks 117, which process 4 tried to add at 1.000 s (n3 had listed it 900 ms earlier), and which nothing removed",
    );
  });

  it("still shows what was removed", () => {
    const run = script()
      .add(1, 117)
      .add(1, 118)
      .remove(2, 117, { process: 7 })
      .list(3, "n2", [117, 118], { process: 5 });
    expect(judge(run).summary).toBe(
      "1 stale list: list of s3 on n2 by process 5 at 3.000 s still shows 117, which process 7 removed at 2.000 s (acknowledged 900 ms earlier)",
    );
    expect(judge(run, "stale").kind).toBe("valid");
  });

  it("breaks a session's order where the session had seen more", () => {
    const run = lacking().list(11.5, "n1", [117], { process: 5 });
    for (const promises of ["sequential", "stale-monotonic"] as const)
      expect(judge(run, promises).summary).toBe(
        "1 stale list: list of s3 on n2 by process 5 at 12.400 s lacks 117, which the same process had listed 800 ms earlier, and which nothing removed: it breaks monotonic reads",
      );
    expect(judge(run, "stale").kind).toBe("valid");
  });

  it("breaks a session's order where the session had done more, if its promise is about what it does", () => {
    const run = script().add(1, 117, { process: 5 }).list(2, "n1", [], { process: 5 }).list(3, "n1", [117]);
    expect(judge(run, "sequential").summary).toContain(
      "lacks 117, which the same process had added 900 ms earlier, and which nothing removed: it breaks read your writes",
    );
    expect(judge(run, "stale-monotonic").kind).toBe("valid");
  });
});

describe("a lost element", () => {
  it("is missing from every later list, where lists must be fresh", () => {
    const run = script()
      .add(1, 117, { process: 4 })
      .list(2, "n1", [117])
      .list(3, "n2", [], { process: 5 })
      .list(4, "n1", []);
    const verdict = judge(run);
    expect(verdict.anomalies).toMatchObject([{ kind: "lost-element" }]);
    expect(verdict.summary).toBe(
      "1 lost element: s3 lost 117: process 4 added it at 1.000 s (acknowledged at 1.100 s), and nothing removed it; 2 lists from 3.000 s to 4.000 s lack it (the first on n2 by process 5), and no later one shows it",
    );
    expect(verdict.lanes).toMatchObject([{ label: "lost elements", text: "117 of s3", colour: "wrong" }]);
    expect(judge(run, "stale").kind).toBe("valid");
  });

  it("is not lost where it was removed after all", () => {
    const run = script().add(1, 117, { process: 4 }).list(3, "n2", [], { process: 5 }).remove(4, 117);
    expect(judge(run).summary).toBe(
      "1 stale list: list of s3 on n2 by process 5 at 3.000 s lacks 117, which process 4 added at 1.000 s (acknowledged 1.9 s earlier), and which nothing had removed yet",
    );
  });

  it("is not lost where a node still shows it at rest", () => {
    const run = script().add(1, 117).list(3, "n2", []).phase(4, "final");
    const verdict = judge(
      run.list(5, "n1", [117], { mode: "local" }).list(20, "n2", [117], { mode: "local" }),
    );
    expect(verdict.anomalies).toMatchObject([{ kind: "stale-list" }]);
  });

  it.each(every)(
    "is missing at rest, on a node that had the time to catch up: under %s reads",
    (promises) => {
      const run = script()
        .add(1, 117, { process: 4 })
        .phase(4, "quiet")
        .phase(5, "final")
        .list(20, "n1", [117], { mode: "local" })
        .list(20.5, "n2", [], { mode: "local" });
      const verdict = judge(run, promises);
      expect(verdict.kind).toBe("invalid");
      expect(verdict.summary).toBe(
        "1 lost element: s3 lost 117 on n2: process 4 added it at 1.000 s (acknowledged at 1.100 s), and nothing removed it; it is still missing there at 20.500 s, at rest",
      );
    },
  );

  it.each(every)("is not found by its remove: under %s reads", (promises) => {
    const run = script().add(1, 117, { process: 4 }).remove(2, 117, { process: 6, found: false });
    const verdict = judge(run, promises);
    expect(verdict.summary).toBe(
      "1 lost element: the remove of 117 from s3 by process 6 on n1 at 2.000 s did not find it: process 4 added it at 1.000 s (acknowledged at 1.100 s), and nothing removed it",
    );
  });
});

describe("a reappearing element", () => {
  it("is shown after a fresh list had shown that it was gone", () => {
    const run = script()
      .add(1, 117)
      .remove(2, 117, { type: "info" })
      .list(3, "n1", [], { process: 5 })
      .list(4, "n2", [117], { process: 6 });
    const verdict = judge(run);
    expect(verdict.summary).toBe(
      "1 reappearing element: list of s3 on n2 by process 6 at 4.000 s shows 117 again, which the list by process 5 on n1 that ended 900 ms before it began no longer showed",
    );
    expect(verdict.lanes).toMatchObject([
      { label: "reappearing elements", node: "n2" },
      { label: "stale reads", node: "n2" },
    ]);
    expect(judge(run, "sequential").kind).toBe("valid");
  });

  it("is stale on a node that never lacked it, and back on one that did, where its remove was acknowledged", () => {
    const removed = script().add(1, 117).remove(2, 117).list(3, "n1", [], { process: 5 });
    const late = judge(removed.list(4, "n2", [117], { process: 6 }));
    expect(late.summary).toMatch(/^1 stale list: list of s3 on n2 by process 6 at 4.000 s still shows 117/);
    const back = judge(
      script()
        .add(1, 117)
        .remove(2, 117)
        .list(3, "n2", [], { process: 5 })
        .list(4, "n2", [117], { process: 6 }),
    );
    expect(back.summary).toMatch(
      /^1 reappearing element: list of s3 on n2 by process 6 at 4.000 s shows 117 again/,
    );
    expect(back.figures).toMatchObject({ "stale reads": 1 });
  });

  it("goes back within one session", () => {
    const run = script()
      .add(1, 117)
      .list(1.5, "n1", [117], { process: 5 })
      .remove(2, 117, { type: "info" })
      .list(3, "n1", [], { process: 5 })
      .list(4, "n1", [117], { process: 5 });
    expect(judge(run, "stale-monotonic").summary).toBe(
      "1 reappearing element: list of s3 on n1 by process 5 at 4.000 s shows 117 again, which the same process had no longer listed 900 ms earlier: it breaks monotonic reads",
    );
    expect(judge(run, "stale").kind).toBe("valid");
  });

  it("is shown to the session that removed it", () => {
    const run = script().add(1, 117).remove(2, 117, { process: 5 }).list(3, "n1", [117], { process: 5 });
    expect(judge(run, "sequential").summary).toContain(
      "shows 117 again, which the same process had removed 900 ms earlier: it breaks read your writes",
    );
  });
});

describe.each(every)("an unexpected element, under %s reads,", (promises) => {
  it("was added by nobody", () => {
    expect(judge(script().list(3, "n2", [9], { process: 5 }), promises).summary).toBe(
      "1 unexpected element: list of s3 on n2 by process 5 at 3.000 s shows 9, which nobody had added",
    );
  });

  it("is shown before its add began", () => {
    expect(judge(script().list(3, "n2", [9]).add(4, 9, { process: 8 }), promises).summary).toContain(
      "shows 9, which process 8 only began to add at 4.000 s",
    );
  });

  it("is one whose add had failed", () => {
    const run = script().add(1, 9, { process: 8, type: "fail" }).list(3, "n2", [9]);
    expect(judge(run, promises).summary).toContain(
      "shows 9, although its add by process 8 at 1.000 s had failed",
    );
  });

  it("is shown twice in one list", () => {
    expect(judge(script().add(1, 9).list(3, "n2", [9, 9]), promises).summary).toContain(
      "shows 9 more than once",
    );
  });

  it("was found by a remove before anybody added it", () => {
    expect(judge(script().remove(3, 9, { process: 5 }), promises).summary).toBe(
      "1 unexpected element: the remove of 9 from s3 by process 5 at 3.000 s found it, which nobody had added",
    );
  });
});

describe("an element that was added twice", () => {
  it("is followed no further, and counted", () => {
    const run = script().add(1, 1).remove(2, 1).add(3, 1).list(4, "n1", [1]);
    expect(judge(run)).toMatchObject({
      kind: "valid",
      figures: { "elements added or removed more than once": 1 },
    });
  });
});
