import { describe, expect, it } from "vitest";
import { type Json, nodeId, type Operation } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { sentence } from "./words.ts";

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

describe("the sentence of a violation", () => {
  it("names the write that had taken the value's place, and when", () => {
    const operations = [
      op(1, "write", 41, [0, 10]),
      op(4, "write", 57, [20, 30]),
      op(7, "read", 41, [1930, 1940]),
    ];
    expect(sentence(operations, 2, [{ state: "57", order: [0, 1] }])).toBe(
      "process 7 read 41 from k3 on n2 at 1.930 s, but the write of 57 by process 4 had been acknowledged 1.9 s earlier and nothing wrote 41 again",
    );
  });

  it("tells a lost key from a stale value", () => {
    const operations = [op(4, "write", 57, [20, 30]), op(7, "read", null, [40, 50])];
    expect(sentence(operations, 1, [{ state: "57", order: [0] }])).toMatch(
      /read null .* nothing removed the key$/,
    );
  });

  it("says that nothing had written a value, or only later", () => {
    const never = [op(1, "write", 41, [0, 10]), op(7, "read", 99, [20, 30])];
    expect(sentence(never, 1, [{ state: "41", order: [0] }])).toMatch(/but nothing had written 99$/);
    const later = [op(7, "read", 99, [20, 30]), op(1, "write", 99, [40, 50])];
    expect(sentence(later, 0, [{ state: "null", order: [] }])).toMatch(/but 99 was written only later$/);
  });

  it("names the states that were possible where the reason is another", () => {
    const operations = [
      op(1, "write", 41, [0, 25]),
      op(4, "write", 57, [5, 40]),
      op(7, "read", 41, [20, 30]),
    ];
    const states = ["41", "57", "null"].map((state) => ({ state, order: [0] }));
    expect(sentence(operations, 2, states)).toMatch(/but the state could only be 41, 57 or null then$/);
    expect(sentence(operations, 2, [])).toMatch(/and no order of what came before allows that$/);
  });
});
