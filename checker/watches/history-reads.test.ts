import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeEvent } from "../../core/codec/history-codec.ts";
import type { ClientEvent, History, HistoryEvent } from "../../core/history.ts";
import { createRandom, type Random } from "../../core/random.ts";
import type { Verdict } from "../../core/verdict.ts";
import { propertyRuns } from "../testing/agreement.ts";
import { freely } from "../testing/history-of.ts";
import { canBeExplained } from "./testing/definition.ts";
import { WatchScript } from "./testing/script.ts";
import { watchedHistory } from "./testing/simulation.ts";
import { watchCheckers } from "./watch-checkers.ts";

function verdictOf(history: History): Verdict {
  const one = watchCheckers({}).find(({ name }) => name === "history-reads");
  return one?.check(history, freely) as Verdict;
}

const readAt = { f: "read-at", key: "k7" };
const refused = (error: string) => ({ type: "fail" as const, error });

/** Three changes of a key, at revisions 2 to 4. */
const changed = () =>
  new WatchScript().write(1, "k7", 1, 2).write(2, "k7", null, 3).write(3, "k7", 5, 4).write(3.5, "k8", 6, 5);
const compacted = () => changed().call(4, { f: "compact", value: 3 }, { value: 3 });

/** The verdict on a read at 5 s. */
const onRead = (script: WatchScript, value: number, answer: Partial<ClientEvent>) =>
  verdictOf(script.call(5, { ...readAt, value }, answer, 12).history);

describe("reads of the past", () => {
  it.each<readonly [number, Partial<ClientEvent>]>([
    [1, { value: null }],
    [2, { value: 1, modRevision: 2 }],
    [3, { value: null }],
    [4, { value: 5, modRevision: 4 }],
    [5, { value: 5, modRevision: 4 }],
    [5, { value: 5 }],
    [6, refused("future-revision")],
  ])("return what the key held at revision %i", (revision, answer) => {
    expect(onRead(changed(), revision, answer)).toMatchObject({
      kind: "valid",
      summary: "the only read of the past returned what the key held then, or was rightly refused",
    });
  });

  it.each<readonly [number, Partial<ClientEvent>, string]>([
    [
      2,
      { value: 5, modRevision: 4 },
      "returned 5 (revision 4) at 5.001 s, but the last change up to that revision was the write of 1 to k7 at revision 2 (process 100, acknowledged at 1.001 s)",
    ],
    [
      3,
      { value: 1, modRevision: 2 },
      "returned 1 (revision 2) at 5.001 s, but the last change up to that revision was the delete of k7 at revision 3 (process 101, acknowledged at 2.001 s)",
    ],
    [1, { value: 1 }, "returned 1 at 5.001 s, but the key did not exist then"],
    [
      4,
      { value: null },
      "returned null at 5.001 s, but the last change up to that revision was the write of 5 to k7 at revision 4 (process 102, acknowledged at 3.001 s)",
    ],
    [
      5,
      refused("future-revision"),
      "was refused at 5.001 s because that revision did not exist yet, although revision 5 had been reported before the read was requested",
    ],
    [
      2,
      refused("compacted"),
      "was refused at 5.001 s because that history had been compacted, although nothing had been compacted by then",
    ],
  ])("at revision %i are wrong with anything else: %j", (revision, answer, why) => {
    const { kind, anomalies } = onRead(changed(), revision, answer);
    expect(kind).toBe("invalid");
    expect(anomalies.map(({ summary }) => summary)).toEqual([
      `process 12's read of k7 at revision ${revision} on n1 ${why}`,
    ]);
  });

  it("are answered at the compacted revision, and refused below", () => {
    expect(onRead(compacted(), 3, { value: null }).kind).toBe("valid");
    expect(onRead(compacted(), 2, refused("compacted")).kind).toBe("valid");
    expect(onRead(compacted(), 2, { value: 1, modRevision: 2 })).toMatchObject({
      kind: "invalid",
      summary:
        "process 12's read of k7 at revision 2 on n1 returned 1 (revision 2) at 5.001 s, although history before revision 3 had been compacted before the read was requested",
    });
    expect(onRead(compacted(), 3, refused("compacted"))).toMatchObject({
      kind: "invalid",
      summary: expect.stringContaining("although only history before revision 3 can have been compacted"),
    });
  });

  it("are shown in every kind, however many of another kind came before", () => {
    const wrong = [10, 11, 12, 13, 14, 15].reduce(
      (script, at) => script.call(at, { ...readAt, value: 2 }, { value: 5, modRevision: 4 }, 12),
      changed(),
    );
    const { history } = wrong
      .call(20, { f: "compact", value: 3 }, { value: 3 })
      .call(21, { ...readAt, value: 2 }, { value: 5, modRevision: 4 }, 12);
    expect(verdictOf(history).anomalies.map(({ kind }) => kind)).toEqual([
      "wrong-past-value",
      "compacted-read-answered",
      "wrong-past-value",
      "wrong-past-value",
      "wrong-past-value",
    ]);
  });

  it("may be answered or refused while a compaction is under way, or its outcome unknown", () => {
    const asked = () => changed().call(4, { f: "compact", value: 3 });
    expect(onRead(asked(), 2, { value: 1, modRevision: 2 }).kind).toBe("valid");
    expect(onRead(asked(), 2, refused("compacted")).kind).toBe("valid");
    const reported = changed().watch(6, "a", { key: "k7", from: 1 });
    expect(
      onRead(reported.notice(7, "a", { f: "canceled", revision: 3 }), 2, refused("compacted")).kind,
    ).toBe("valid");
  });

  it("show writes whose outcome is unknown, or not", () => {
    const lost = () => changed().call(3.6, { f: "write", key: "k7", value: 9 });
    expect(onRead(lost(), 6, { value: 9, modRevision: 6 }).kind).toBe("valid");
    expect(onRead(lost(), 5, { value: 5, modRevision: 4 }).kind).toBe("valid");
    expect(onRead(lost(), 5, { value: 9, modRevision: 6 }).kind).toBe("invalid");
    const twice = lost().call(4, { ...readAt, value: 6 }, { value: 9, modRevision: 6 });
    expect(onRead(twice, 7, { value: 5, modRevision: 4 }).kind).toBe("invalid");
    const removed = () => changed().call(3.6, { f: "delete", key: "k7" });
    expect(onRead(removed(), 6, { value: null }).kind).toBe("valid");
    expect(onRead(removed(), 6, { value: 5, modRevision: 4 }).kind).toBe("valid");
  });

  it("cannot show what was requested later", () => {
    const later = changed().write(6, "k7", 9, 6);
    expect(onRead(later, 6, { value: 5, modRevision: 4 })).toMatchObject({
      kind: "invalid",
      summary: expect.stringContaining("before the write of 9 to k7 at revision 6"),
    });
  });

  it("are not judged where there are none, or where their outcome is unknown", () => {
    const none = { kind: "valid", summary: "there were no reads of the past to judge" };
    expect(verdictOf(changed().history)).toMatchObject(none);
    expect(onRead(changed(), 2, { type: "info", error: "timeout" })).toMatchObject(none);
    expect(onRead(changed(), 2, refused("no-leader"))).toMatchObject(none);
  });
});

const isAnswer = (event: HistoryEvent): event is ClientEvent =>
  event.type !== "invoke" && event.type !== "notice" && event.f === "read-at";

/** The history with another answer to one of its reads of the past. */
function changedAnswer(random: Random, history: History): History {
  const answers = history.filter(isAnswer);
  if (answers.length === 0) return history;
  const victim = random.pick(answers);
  const { index, time, process, node, f, key } = victim;
  const head = { index, time, process, f, ...(key && { key }), ...(node && { node }) };
  const written = history.filter((event) => event.type === "ok" && event.f === "write") as ClientEvent[];
  const any = written.length === 0 ? undefined : random.pick(written);
  const answer = random.pick<Partial<ClientEvent> & Pick<ClientEvent, "type">>([
    refused("compacted"),
    refused("future-revision"),
    { type: "ok", value: null },
    { type: "ok", value: any?.value ?? null },
    { type: "ok", value: any?.value ?? null, ...(any?.revision && { modRevision: any.revision }) },
  ]);
  return history.map((event) => (event === victim ? { ...head, ...answer } : event));
}

function forHistories(unknown: number, property: (history: History, kind: string) => void): void {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const size = { operations: random.integer(2, unknown === 0 ? 12 : 9), watches: random.integer(0, 1) };
      const right = watchedHistory(random, { ...size, unknown, compactions: 0.08, pastReads: 0.4 });
      const history = random.chance(0.7) ? changedAnswer(random, right) : right;
      try {
        property(history, verdictOf(history).kind);
      } catch (reason) {
        throw new Error(`${reason}\n${history.map(encodeEvent).join("\n")}`, { cause: reason });
      }
    }),
    { numRuns: propertyRuns / 2 },
  );
}

describe("the checker of reads of the past", () => {
  it("says what the definition says, where every write was answered", () => {
    const seen = { valid: 0, invalid: 0 };
    forHistories(0, (history, kind) => {
      expect(kind).toBe(canBeExplained(history) ? "valid" : "invalid");
      seen[kind as keyof typeof seen]++;
    });
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(propertyRuns / 20);
  });

  it("blames no history that the definition explains, unknown writes included", () => {
    const seen = { valid: 0, invalid: 0 };
    forHistories(0.4, (history, kind) => {
      seen[kind as keyof typeof seen]++;
      if (kind === "invalid") expect(canBeExplained(history)).toBe(false);
    });
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(propertyRuns / 40);
  });
});
