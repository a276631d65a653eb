import { describe, expect, it } from "vitest";
import type { Json } from "../../core/op.ts";
import { createRandom, type Random } from "../../core/random.ts";
import type { Verdict } from "../../core/verdict.ts";
import { freely } from "../testing/history-of.ts";
import { WatchScript } from "./testing/script.ts";
import { watchCheckers } from "./watch-checkers.ts";

const verdictOf = (script: WatchScript, checker: string): Verdict =>
  watchCheckers({ deliverySeconds: 5 })
    .find(({ name }) => name === checker)
    ?.check(script.history, freely) as Verdict;

const sentences = (script: WatchScript, checker: string): string[] =>
  verdictOf(script, checker).anomalies.map(({ summary }) => summary);

describe("a watch that reports states", () => {
  const blocking = () =>
    new WatchScript()
      .watch(0, "a", { kind: "blocking", key: "k7" })
      .notice(0.1, "a", { f: "state", key: "k7", value: null, revision: 1 })
      .write(1, "k7", 1)
      .write(2, "k7", 2)
      .write(3, "k7", 3);
  const state = (value: Json, revision = 5) => ({ f: "state", key: "k7", value, revision });

  it("may skip states, and is held to the newest only", () => {
    const script = blocking().notice(3.1, "a", state(3)).until(20);
    expect(verdictOf(script, "watch-states").kind).toBe("valid");
    const { kind, figures } = verdictOf(script, "watch-delivery");
    expect(kind).toBe("valid");
    expect(figures).toMatchObject({ "skipped, as the contract allows": 2, missed: 0 });
    expect(figures?.["lag worst ms"]).toBeCloseTo(99);
  });

  it("must not go back", () => {
    const script = blocking()
      .notice(2.1, "a", state(2))
      .notice(2.2, "a", state(1, 6))
      .notice(3.1, "a", state(3, 7));
    expect(sentences(script, "watch-states")).toEqual([
      "watch w1 of k7 on n2 reported the state 1 of k7 at revision 6 at 2.200 s, after the state 2 of k7 at revision 5 at 2.100 s, which is newer",
    ]);
  });

  it("may report two concurrent writes in any order", () => {
    const script = new WatchScript()
      .watch(0, "a", { kind: "blocking", key: "k7" })
      .call(1, { f: "write", key: "k7", value: 1 })
      .call(1.5, { f: "write", key: "k7", value: 2 })
      .notice(2, "a", state(2))
      .notice(2.1, "a", state(1));
    expect(verdictOf(script, "watch-states").kind).toBe("valid");
  });

  it("must converge", () => {
    const script = blocking().notice(2.1, "a", state(2));
    expect(verdictOf(script.until(7.9), "watch-delivery").kind).toBe("valid");
    expect(sentences(script.until(8.1), "watch-delivery")).toEqual([
      "watch w1 of k7 on n2 had not reported the write of 3 to k7 (known at 3.001 s) or anything newer by 8.001 s, when it was due; it last reported the state 2 of k7 at revision 5 at 2.100 s",
    ]);
  });

  it("reports nothing that nobody wrote", () => {
    expect(sentences(blocking().notice(3, "a", state(9)), "watch-states")[0]).toContain(
      "which nothing had written",
    );
    expect(verdictOf(blocking().notice(2.5, "a", state(3)), "watch-states").kind).toBe("invalid");
  });

  it("reports all keys of a prefix at once", () => {
    const prefix = () =>
      new WatchScript()
        .watch(0, "a", { kind: "blocking", prefix: "k" })
        .write(1, "k1", 1)
        .write(2, "k2", 2)
        .write(3, "k1", null);
    const told = (at: number, value: Json) => (script: WatchScript) =>
      script.notice(at, "a", { f: "state", value });
    const play = (...notices: readonly ((script: WatchScript) => WatchScript)[]) =>
      notices.reduce((script, notice) => notice(script), prefix()).until(20);
    const fine = play(told(1.1, { k1: 1 }), told(2.1, { k1: 1, k2: 2 }), told(3.1, { k2: 2 }));
    expect(verdictOf(fine, "watch-states").kind).toBe("valid");
    expect(verdictOf(fine, "watch-delivery").kind).toBe("valid");
    const back = play(told(2.1, { k1: 1, k2: 2 }), told(2.2, { k1: 1 }), told(3.1, { k2: 2 }));
    expect(verdictOf(back, "watch-states").anomalies).toMatchObject([{ kind: "state-went-back" }]);
    const lacking = play(told(3.1, { k1: 1, k2: 2 }));
    expect(verdictOf(lacking, "watch-delivery").anomalies).toMatchObject([
      { kind: "state-not-delivered", key: "k1" },
    ]);
  });

  /** One write after the other; the watch reports the state of some moments. */
  function coalesced(random: Random, isRight: boolean): WatchScript {
    const script = new WatchScript().watch(0, "a", { kind: "blocking", key: "k" });
    const values: Json[] = [null];
    let seen = 0;
    for (let at = 1; at < 30; at++) {
      const value = random.chance(0.2) && values.at(-1) !== null ? null : at;
      script.write(at / 10, "k", value);
      values.push(value);
      if (!random.chance(0.4) && at < 29) continue;
      seen = random.integer(seen, values.length - 1);
      script.notice(at / 10 + 0.05, "a", { f: "state", key: "k", value: values[seen] ?? null });
    }
    const shown = isRight ? (values.at(-1) ?? null) : 1;
    return script.notice(2.98, "a", { f: "state", key: "k", value: shown }).until(40);
  }

  it("is blamed for no states that come in order, and for one that does not", () => {
    for (let seed = 0; seed < 300; seed++) {
      const right = coalesced(createRandom(seed), true);
      expect([seed, verdictOf(right, "watch-states").kind, verdictOf(right, "watch-delivery").kind]).toEqual([
        seed,
        "valid",
        "valid",
      ]);
      const wrong = coalesced(createRandom(seed), false);
      const kinds = ["watch-states", "watch-delivery"].map((checker) => verdictOf(wrong, checker).kind);
      expect([seed, ...kinds]).toContain("invalid");
    }
  });
});

describe("a one-shot watch", () => {
  const oneShot = () =>
    new WatchScript()
      .write(0.1, "k7", 1, 11)
      .watch(1, "a", { kind: "one-shot", key: "k7" })
      .notice(1.1, "a", { f: "state", key: "k7", value: 1, revision: 11 })
      .write(2, "k7", 2, 12)
      .write(2.1, "k7", 3, 13);
  const event = (f: string) => ({ f, key: "k7" });
  const state = (value: Json, revision: number) => ({ f: "state", key: "k7", value, revision });

  it("receives one event, then reads again; what it missed is counted", () => {
    const script = oneShot().notice(2.2, "a", event("put")).notice(2.3, "a", state(3, 13)).until(20);
    expect(verdictOf(script, "watch-one-shot").kind).toBe("valid");
    expect(verdictOf(script, "watch-delivery")).toMatchObject({
      kind: "valid",
      figures: { "skipped, as the contract allows": 1 },
    });
  });

  it("receives at most one event for each registration", () => {
    const script = oneShot().notice(2.2, "a", event("put")).notice(2.3, "a", event("put"));
    expect(verdictOf(script, "watch-one-shot").anomalies).toMatchObject([{ kind: "second-event" }]);
  });

  it("receives the event before its session sees the new data", () => {
    const newData = { f: "read", key: "k7" };
    const answer = { value: 3, revision: 13, modRevision: 13 };
    const early = oneShot().ask(2.2, "a", newData, answer).notice(2.3, "a", event("put"));
    expect(verdictOf(early, "watch-one-shot").anomalies).toMatchObject([{ kind: "data-before-event" }]);
    expect(verdictOf(early, "watch-one-shot").summary).toContain(
      "read a newer value (revision 13) at 2.201 s",
    );
    const after = oneShot().notice(2.15, "a", event("put")).ask(2.2, "a", newData, answer);
    expect(verdictOf(after.notice(2.3, "a", state(3, 13)), "watch-one-shot").kind).toBe("valid");
    const without = oneShot().notice(2.3, "a", state(3, 13));
    expect(verdictOf(without, "watch-one-shot").anomalies).toMatchObject([{ kind: "data-before-event" }]);
  });

  it("receives the event of the first change", () => {
    const script = oneShot().notice(2.2, "a", event("delete")).notice(2.3, "a", state(3, 13));
    expect(verdictOf(script, "watch-one-shot").anomalies).toMatchObject([{ kind: "wrong-one-shot-event" }]);
    expect(verdictOf(script, "watch-one-shot").summary).toContain(
      "where the write of 2 to k7 at revision 12 came first",
    );
  });

  it("must hear of a change in the end", () => {
    expect(verdictOf(oneShot().until(20), "watch-delivery").anomalies).toMatchObject([
      { kind: "state-not-delivered" },
    ]);
  });
});
