import { describe, expect, it } from "vitest";
import { type Json, nodeId, type Operation } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { listOf } from "../operation-list.ts";
import { sentence, valueHistory } from "./words.ts";

/** An operation of process `process`, called and answered at these milliseconds. */
function op(process: number, f: string, value: Json, [call, end]: readonly [number, number]): Operation {
  return {
    process,
    node: nodeId("n2"),
    call: { f, key: "k3", ...(f !== "read" && { value }) },
    outcome: { type: "ok", output: { value } },
    invokedAt: nanos(call * 1e6),
    completedAt: nanos(end * 1e6),
    callIndex: 2 * call,
    returnIndex: 2 * end,
  };
}

/** The same in a history without times. */
const untimed = (operation: Operation): Operation => ({
  ...operation,
  invokedAt: nanos(operation.callIndex * 1e6),
  completedAt: nanos(operation.returnIndex * 1e6),
});

const said = (operations: readonly Operation[], culprit: number, ...states: string[]): string => {
  const reached = states.map((state) => ({ state, order: [] }));
  const history = valueHistory(listOf(operations), null, operations[culprit] as Operation);
  return sentence(operations, culprit, reached, history);
};

describe("the sentence of a violation", () => {
  it("names the write that had taken the value's place, and when", () => {
    const operations = [
      op(1, "write", 41, [0, 10]),
      op(4, "write", 57, [20, 30]),
      op(7, "read", 41, [1930, 1940]),
    ];
    expect(said(operations, 2, "57")).toBe(
      "process 7 read 41 from k3 on n2 at 1.930 s, but the write of 57 by process 4 had been acknowledged 1.9 s earlier and nothing wrote 41 again",
    );
  });

  it("tells a lost key from a stale value", () => {
    const operations = [op(4, "write", 57, [20, 30]), op(7, "read", null, [40, 50])];
    expect(said(operations, 1, "57")).toMatch(/read null .* nothing removed the key$/);
  });

  it("says that nothing had written a value, or only later", () => {
    const never = [op(1, "write", 41, [0, 10]), op(7, "read", 99, [20, 30])];
    expect(said(never, 1, "41")).toMatch(/but nothing had written 99$/);
    const later = [op(7, "read", 99, [20, 30]), op(1, "write", 99, [40, 50])];
    expect(said(later, 0, "null")).toMatch(/but 99 was written only later$/);
  });

  it("says nothing of the kind that is not true of the whole history", () => {
    const shown = [op(4, "write", 57, [20, 30]), op(7, "read", 41, [40, 50])];
    const whole = [op(1, "write", 41, [22, 28]), ...shown];
    const history = valueHistory(listOf(whole), null, shown[1] as Operation);
    expect(sentence(shown, 1, [{ state: "57", order: [0] }], history)).toMatch(
      /the operations that bear on it leave only the state 57$/,
    );
  });

  it("names the states that were possible where the reason is another", () => {
    const operations = [
      op(1, "write", 41, [0, 25]),
      op(4, "write", 57, [5, 40]),
      op(7, "read", 41, [20, 30]),
    ];
    expect(said(operations, 2, "41", "57", "null")).toMatch(
      /but the operations that bear on it leave only the states 41, 57 and null$/,
    );
    expect(said(operations, 2)).toMatch(/and no order of what came before allows that$/);
  });

  it("names a read that saw another value where nothing else tells the writes' order", () => {
    const operations = [
      op(1, "write", 41, [0, 20]),
      op(4, "write", 57, [10, 30]),
      op(5, "read", 57, [25, 40]),
      op(7, "read", 41, [140, 150]),
    ];
    expect(said(operations, 3, "57")).toMatch(
      /but process 5 had read 57 100 ms earlier and nothing wrote 41 again$/,
    );
  });

  it("counts events where the history has no times, and names what a CAS replaced", () => {
    const operations = [
      op(1, "write", 41, [0, 1]),
      { ...op(4, "cas", null, [2, 5]), call: { f: "cas", key: "k3", value: [41, 57] } },
      op(7, "read", 41, [9, 12]),
    ];
    expect(said(operations.map(untimed), 2, "57")).toBe(
      "process 7 read 41 from k3 on n2 at event 18, but the cas from 41 to 57 by process 4 had been acknowledged 8 events earlier and nothing wrote 41 again",
    );
  });

  it("stays short, however long values and however many states are", () => {
    const long = "x".repeat(10_000);
    const operations = [op(1, "append", long, [0, 10]), op(7, "get", `${long}y`, [20_030, 20_040])];
    const states = Array.from({ length: 16 }, (_, i) => `${long}${i}`);
    const words = said(operations, 1, ...states);
    expect(words.length).toBeLessThan(800);
    expect(words).toMatch(/^process 7 read "x+…x+y" from k3 .* and 11 others$/);
  });
});
