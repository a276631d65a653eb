import { describe, expect, it } from "vitest";
import type { Verdict } from "../../core/verdict.ts";
import { freely, historyOf, type Line } from "../testing/history-of.ts";
import { sessions } from "./sessions.ts";
import { staleness } from "./staleness.ts";

/** Written, deleted at revision 2, written at 3, perhaps deleted at 4; then process 3 finds the key absent. */
function absentAt(revision: number | undefined, deletedAgain: boolean) {
  const again: Line[] = [[2, "invoke", "delete"]];
  const done: Line[] = [[2, "ok", "delete", true, { revision: 4 }]];
  return historyOf(
    [1, "invoke", "write", 1],
    [1, "ok", "write", 1, { revision: 1 }],
    [1, "invoke", "delete"],
    [1, "ok", "delete", true, { revision: 2 }],
    [1, "invoke", "write", 2],
    [1, "ok", "write", 2, { revision: 3 }],
    ...(deletedAgain ? again : []),
    [3, "invoke", "read"],
    ...(deletedAgain ? done : []),
    [3, "ok", "read", null, revision === undefined ? {} : { revision }],
  );
}

const figures = (history: ReturnType<typeof historyOf>) =>
  (staleness().check(history, freely) as Verdict).figures;

describe("a read of a key that is absent", () => {
  it("saw the last delete up to the revision of its state", () => {
    expect(figures(absentAt(2, false))).toMatchObject({ "stale reads": 1, "staleness ms worst": 1 });
    expect(figures(absentAt(4, true))).toMatchObject({ "stale reads": 0 });
  });

  it("saw one that nobody can name where there is no revision, or where a later delete was under way", () => {
    const unsaid = { "stale reads": 0, "reads whose write is not known": 1 };
    expect(figures(absentAt(undefined, false))).toMatchObject(unsaid);
    expect(figures(absentAt(2, true))).toMatchObject(unsaid);
  });

  it("saw the initial absence where the delete that was asked for found nothing", () => {
    const history = historyOf(
      [1, "invoke", "delete"],
      [1, "ok", "delete", false],
      [1, "invoke", "write", 1],
      [1, "ok", "write", 1],
      [2, "invoke", "read"],
      [2, "ok", "read", null],
    );
    expect(figures(history)).toMatchObject({ "stale reads": 1 });
  });
});

describe("a delete", () => {
  it("is a version of its own: what it removed is stale from then on, and no session goes back to it", () => {
    const history = historyOf(
      [1, "invoke", "write", 1],
      [1, "ok", "write", 1, { revision: 1 }],
      [1, "invoke", "delete"],
      [1, "ok", "delete", true, { revision: 2 }],
      [1, "invoke", "read"],
      [1, "ok", "read", 1, { revision: 1, modRevision: 1 }],
    );
    expect((staleness().check(history, freely) as Verdict).anomalies[0]?.summary).toBe(
      "process 1 read 1 from k1 on n2 at 0.004 s, 1.0 ms after it had been deleted (1 version behind)",
    );
    const judged = sessions({ guarantees: ["read-your-writes"] }).check(history, freely);
    expect(judged).toMatchObject({ kind: "invalid", anomalies: [{ kind: "read-your-writes" }] });
    expect((judged as Verdict).anomalies[0]?.summary).toBe(
      "process 1 read 1 from k1 on n2 at 0.004 s, 1.0 ms after it had deleted it, although 1 was in place before the delete was requested",
    );
  });
});
