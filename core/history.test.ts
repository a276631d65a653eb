import { describe, expect, it } from "vitest";
import {
  type ClientEvent,
  type History,
  type HistoryEvent,
  isClientEvent,
  isHarnessEvent,
  isNotice,
  type NoticeEvent,
  operations,
  subscriptionOf,
} from "./history.ts";
import { nodeId } from "./op.ts";
import { nanos } from "./time.ts";

type Draft = Pick<ClientEvent, "type" | "process"> & Partial<ClientEvent>;

const history = (...drafts: (Draft | "nemesis")[]): History =>
  drafts.map((draft, index): HistoryEvent => {
    const time = nanos(index * 10);
    if (draft === "nemesis")
      return { index, time, type: "info", process: "nemesis", f: "leader", value: null };
    return { index, time, f: "read", ...draft };
  });

describe("operations()", () => {
  it("pairs each invocation with the outcome of its process, in order of invocation", () => {
    const paired = operations(
      history(
        { type: "invoke", process: 1, f: "write", key: "k", value: 5, node: nodeId("n1") },
        { type: "invoke", process: 2, f: "read", key: "k" },
        { type: "ok", process: 2, f: "read", key: "k", value: 5, revision: 9, modRevision: 7 },
        { type: "ok", process: 1, f: "write", key: "k", value: 5 },
      ),
    );
    expect(paired).toEqual([
      {
        process: 1,
        node: "n1",
        call: { f: "write", key: "k", value: 5 },
        outcome: { type: "ok", output: { value: 5 } },
        invokedAt: 0,
        completedAt: 30,
        callIndex: 0,
        returnIndex: 3,
      },
      {
        process: 2,
        call: { f: "read", key: "k" },
        outcome: { type: "ok", output: { value: 5, revision: 9, modRevision: 7 } },
        invokedAt: 10,
        completedAt: 20,
        callIndex: 1,
        returnIndex: 2,
      },
    ]);
  });

  it("leaves the nemesis out, and counts places with it", () => {
    const [only] = operations(
      history("nemesis", { type: "invoke", process: 1 }, "nemesis", { type: "ok", process: 1 }),
    );
    expect(only).toMatchObject({ callIndex: 1, returnIndex: 3 });
  });

  it("leaves notices out, to whichever process they came", () => {
    const [watch, read] = history({ type: "invoke", process: 1, f: "watch" }, { type: "ok", process: 1 });
    const notice: NoticeEvent = {
      index: 2,
      time: nanos(20),
      type: "notice",
      process: 1,
      node: nodeId("n1"),
      f: "put",
      of: 0,
      key: "k",
      value: 5,
    };
    const all = [watch, read, notice] as History;
    expect(operations(all)).toMatchObject([{ process: 1, callIndex: 0, returnIndex: 1 }]);
    expect(all.map((event) => [isClientEvent(event), isNotice(event), isHarnessEvent(event)])).toEqual([
      [true, false, false],
      [true, false, false],
      [false, true, false],
    ]);
    expect(subscriptionOf(notice, all)).toBe(watch);
    expect(subscriptionOf({ ...notice, of: 1 }, all)).toBeUndefined();
  });

  it("gives an unknown outcome a time but no place in the order", () => {
    const [only] = operations(
      history(
        { type: "invoke", process: 1 },
        { type: "info", process: 1, error: "timeout", message: "late" },
      ),
    );
    expect(only).toMatchObject({
      completedAt: 10,
      returnIndex: Number.POSITIVE_INFINITY,
      outcome: { type: "info", error: { code: "timeout", definite: false, message: "late" } },
    });
  });

  it("takes an invocation without an outcome as unknown", () => {
    const [only] = operations(history({ type: "invoke", process: 1 }));
    expect(only?.outcome.type).toBe("info");
    expect(only?.completedAt).toBe(Number.POSITIVE_INFINITY);
  });

  it("takes the word of the history for a failure, and keeps an error that it does not know as unknown", () => {
    const [known, foreign] = operations(
      history(
        { type: "invoke", process: 1 },
        { type: "fail", process: 1, error: "mismatch" },
        { type: "invoke", process: 1 },
        { type: "fail", process: 1, error: "toString" },
      ),
    );
    expect(known?.outcome).toMatchObject({ type: "fail", error: { code: "mismatch", definite: true } });
    expect(foreign?.outcome).toMatchObject({
      error: { code: "unknown", definite: true, message: "toString" },
    });
  });

  it("keeps when the load generator meant it to start", () => {
    const [only] = operations(history({ type: "invoke", process: 1, intended: nanos(-7) }));
    expect(only?.intendedAt).toBe(-7);
  });

  it("leaves out reads in another mode than the run's, and gives them where they are asked for", () => {
    const events = history(
      { type: "invoke", process: 1, f: "read" },
      { type: "ok", process: 1, f: "read", value: 1 },
      { type: "invoke", process: 1, f: "read", mode: "stale" },
      { type: "ok", process: 1, f: "read", mode: "stale", value: 2 },
    );
    expect(operations(events).map(({ callIndex }) => callIndex)).toEqual([0]);
    expect(operations(events, "other")).toMatchObject([
      { callIndex: 2, returnIndex: 3, call: { f: "read", mode: "stale" }, outcome: { output: { value: 2 } } },
    ]);
  });

  it("refuses a process that asks two things at once, or is answered what it did not ask", () => {
    const twice = history({ type: "invoke", process: 1 }, { type: "invoke", process: 1 });
    expect(() => operations(twice)).toThrow("process 1 invokes at event 1 while it waits for an answer");
    const unasked = history({ type: "ok", process: 4 });
    expect(() => operations(unasked)).toThrow("process 4 is answered at event 0 but asked nothing");
  });
});
