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
    callIndex: call,
    returnIndex: end,
  };
}

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
      /the state could only be 57 then$/,
    );
  });

  it("names the states that were possible where the reason is another", () => {
    const operations = [
      op(1, "write", 41, [0, 25]),
      op(4, "write", 57, [5, 40]),
      op(7, "read", 41, [20, 30]),
    ];
    expect(said(operations, 2, "41", "57", "null")).toMatch(
      /but the state could only be 41, 57 or null then$/,
    );
    expect(said(operations, 2)).toMatch(/and no order of what came before allows that$/);
  });
});
