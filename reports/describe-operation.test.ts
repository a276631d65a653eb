import { describe, expect, it } from "vitest";
import { describeCall } from "../checker/linearizability/explain/describe-call.ts";
import { register } from "../checker/models/register.ts";
import type { Call, NodeId, Operation, Outcome } from "../core/op.ts";
import { nanos } from "../core/time.ts";
import { barLabel, describeOperation, describeOutcome } from "./describe-operation.ts";

const words = register();

const operation = (call: Call, outcome: Outcome): Operation => ({
  process: 7,
  node: "n2" as NodeId,
  call,
  outcome,
  invokedAt: nanos(12.481e9),
  completedAt: nanos(12.4822e9),
  callIndex: 0,
  returnIndex: 1,
});
const ok = (value?: number | null): Outcome => ({
  type: "ok",
  output: { ...(value !== undefined && { value }), revision: 17 },
});
const timeout: Outcome = { type: "info", error: { code: "timeout", definite: false, message: "deadline" } };
const mismatch: Outcome = { type: "fail", error: { code: "mismatch", definite: true, message: "no" } };
const plain = (text: string) => text.replaceAll("\u202f", " ");

describe("an operation in words", () => {
  it.each([
    [operation({ f: "write", key: "k", value: 41 }, ok(41)), "w 41 ok", "wrote 41 to k"],
    [operation({ f: "write", key: "k", value: 41 }, timeout), "w 41 ?", "tried to write 41 to k"],
    [operation({ f: "read", key: "k" }, ok(41)), "r 41 ok", "read 41 from k"],
    [operation({ f: "read", key: "k" }, ok(null)), "r null ok", "read null from k"],
    [operation({ f: "read", key: "k" }, timeout), "r ?", "tried to read from k"],
    [
      operation({ f: "cas", key: "k", value: [41, 42] }, mismatch),
      "cas 41→42 fail",
      "found that the value was not 41 in k",
    ],
  ])("is short on a bar and whole in a table", (one, label, call) => {
    expect([barLabel(one, words), describeCall(words, one.call, one.outcome)]).toEqual([label, call]);
  });

  it.each([
    [operation({ f: "append", value: { x: 1 } }, ok()), 'append {"x":1} ok', 'did append {"x":1}'],
    [operation({ f: "size", key: "k" }, ok(3)), "size 3 ok", "did size of k and got 3"],
    [operation({ f: "has", value: 3 }, ok(1)), "has 3 → 1 ok", "did has 3 and got 1"],
    [operation({ f: "has", value: 3 }, timeout), "has 3 ?", "tried has 3"],
    [operation({ f: "has", value: 3 }, mismatch), "has 3 fail", "did has 3 and was refused"],
  ])("is understood where no model has words for it", (one, label, call) => {
    expect([barLabel(one, {}), describeCall({}, one.call, one.outcome)]).toEqual([label, call]);
  });

  it("gives the revision where a session's promise is about it", () => {
    expect(barLabel(operation({ f: "read", key: "k" }, ok(41)), words, true)).toBe("r 41 @17 ok");
  });

  it("says how it ended, and that an unknown end is one", () => {
    const call = { f: "read", key: "k" };
    expect(plain(describeOutcome(operation(call, ok(1))))).toBe("ok in 1.20 ms");
    expect(plain(describeOutcome(operation(call, timeout)))).toBe(
      "unknown (timeout), given up after 1.20 ms",
    );
    const unanswered = { ...operation(call, timeout), completedAt: nanos(Number.POSITIVE_INFINITY) };
    expect(describeOutcome(unanswered)).toBe("unknown, never answered");
  });

  it("fits in one line: who, where, what, when, how", () => {
    expect(plain(describeOperation(operation({ f: "read", key: "k" }, ok(41)), words))).toBe(
      "process 7 on n2: read 41 from k, sent at 12.481 s, ok in 1.20 ms, revision 17",
    );
  });
});
