import { describe, expect, it } from "vitest";
import { type Call, type Json, nodeId, type Operation, type Outcome } from "../../../core/op.ts";
import { nanos } from "../../../core/time.ts";
import type { Model } from "../../model.ts";
import { models } from "../../models/index.ts";
import { answered, mismatched } from "../../testing/random-history.ts";
import { checkOperations } from "../check-operations.ts";
import { Budget, unlimited } from "../limits.ts";
import { listOf } from "../operation-list.ts";
import { whole } from "../whole.ts";
import { explain } from "./explain.ts";

type Span = readonly [call: number, end: number];

/** An operation of process `process`, called and answered at these milliseconds. */
function op(process: number, call: Call, [from, to]: Span, outcome: Outcome = answered()): Operation {
  const isUnknown = outcome.type === "info";
  return {
    process,
    call,
    outcome,
    invokedAt: nanos(from * 1e6),
    completedAt: nanos(to * 1e6),
    callIndex: 2 * from,
    returnIndex: isUnknown ? Number.POSITIVE_INFINITY : 2 * to,
  };
}

const unknown: Outcome = { type: "info", error: { code: "timeout", definite: false, message: "" } };

/** The sentence of the violation in a history. */
function said(model: object, ...operations: readonly Operation[]): string {
  const judged = model as Model;
  const judgement = checkOperations(judged, operations);
  if (judgement.kind !== "invalid") throw new Error(`the history is ${judgement.kind}`);
  return explain(judged, listOf(operations), judgement.culprit, new Budget(unlimited)).summary;
}

describe("the sentence of a register's violation", () => {
  const on = (operation: Operation): Operation => ({ ...operation, node: nodeId("n2") });
  const write = (process: number, value: Json, at: Span, outcome?: Outcome) =>
    on(op(process, { f: "write", key: "k3", value }, at, outcome));
  const read = (process: number, value: Json, at: Span) =>
    on(op(process, { f: "read", key: "k3" }, at, answered(value)));
  const cas = (process: number, from: Json, to: Json, at: Span, outcome?: Outcome) =>
    on(op(process, { f: "cas", key: "k3", value: [from, to] }, at, outcome));
  const model = models.register();

  it("names the write that had taken the value's place, and when", () => {
    expect(said(model, write(1, 41, [0, 10]), write(4, 57, [20, 30]), read(7, 41, [1930, 1940]))).toBe(
      "process 7 read 41 from k3 on n2 at 1.930 s, but process 4 wrote 57 to k3, acknowledged 1.9 s earlier, and nothing wrote 41 in between",
    );
  });

  it("distinguishes a lost value from a stale one", () => {
    expect(said(model, write(4, 57, [20, 30]), read(7, null, [40, 50]))).toMatch(
      /read null .* nothing removed the value in between$/,
    );
  });

  it("says that nothing had written a value, or only later", () => {
    expect(said(model, write(1, 41, [0, 10]), read(7, 99, [20, 30]))).toMatch(
      /, but nothing wrote 99 before that$/,
    );
    expect(said(model, read(7, 99, [20, 30]), write(1, 99, [40, 50]))).toMatch(
      /, but nothing wrote 99 until later$/,
    );
  });

  it("names a read that saw another value where nothing else shows the order of the writes", () => {
    const writes = [write(1, 41, [0, 20]), write(4, 57, [10, 30])];
    expect(said(model, ...writes, read(5, 57, [25, 40]), read(7, 41, [140, 150]))).toMatch(
      /but process 5 read 57 from k3, answered 100 ms earlier, and nothing wrote 41 in between$/,
    );
  });

  it("says who took a value that was there once", () => {
    const twice = said(model, write(1, 0, [0, 10]), cas(2, 0, 1, [20, 40]), cas(3, 0, 2, [30, 50]));
    expect(twice).toBe(
      "process 3 replaced 0 by 2 in k3 on n2 at 0.030 s, but process 2 replaced 0 by 1 in k3, too, and at most 1 operation wrote 0 before that",
    );
  });

  it("says of a refused comparison that the value was there", () => {
    expect(said(model, write(1, 41, [0, 10]), cas(2, 41, 42, [20, 30], mismatched))).toMatch(
      /found that the value was not 41 in k3 .* but process 1 wrote 41 to k3, acknowledged 10 ms earlier, and nothing changed the value from 41 in between$/,
    );
  });

  it("does not say that nothing wrote what an unknown operation may have written", () => {
    const operations = [
      write(1, 41, [0, 10]),
      write(2, 99, [15, 15], unknown),
      write(4, 57, [20, 30]),
      read(5, 99, [40, 50]),
      read(6, 57, [60, 70]),
    ];
    expect(said(model, ...operations)).not.toMatch(/nothing wrote 99/);
  });

  it("counts events where the history has no times", () => {
    const untimed = (operation: Operation): Operation => ({
      ...operation,
      invokedAt: nanos(operation.callIndex * 1e6),
      completedAt: nanos(operation.returnIndex * 1e6),
    });
    const history = [write(1, 41, [0, 1]), cas(4, 41, 57, [2, 5]), read(7, 41, [9, 12])];
    expect(said(model, ...history.map(untimed))).toBe(
      "process 7 read 41 from k3 on n2 at event 18, but process 4 replaced 41 by 57 in k3, acknowledged 8 events earlier, and nothing wrote 41 in between",
    );
  });

  it("is the same where all keys are judged together", () => {
    const other = { ...write(9, 41, [24, 26]), call: { f: "write", key: "k4", value: 41 } };
    const history = [write(1, 41, [0, 10]), write(4, 57, [20, 22]), other, read(7, 41, [30, 40])];
    expect(said(whole(model), ...history)).toMatch(/process 4 wrote 57 .* nothing wrote 41 in between$/);
  });

  it("says what it can of a register that has no words of its own", () => {
    const { init, step, key, register } = model;
    const bare = { name: "bare", calls: model.calls, init, step, key, register };
    expect(said(bare, read(7, 99, [20, 30]))).toMatch(
      /^process 7 did read of k3 and got 99 on n2 .* but nothing set it to 99 before that$/,
    );
  });
});

describe("the sentence of a violation is true for every model", () => {
  const add = (process: number, value: Json, at: Span, outcome?: Outcome) =>
    op(process, { f: "add", value }, at, outcome);
  const read = (process: number, value: Json, at: Span) => op(process, { f: "read" }, at, answered(value));

  it("set: an element that was added and is missing, one that nobody added, one that was removed", () => {
    const set = models.set();
    expect(said(set, add(0, 1, [0, 1]), add(1, 2, [2, 3]), read(2, [1], [6, 7]))).toBe(
      "process 2 read [1] from the set at 0.006 s, but process 1 added 2 to the set, acknowledged 3.0 ms earlier, and nothing removed 2 in between",
    );
    expect(said(set, add(0, 1, [0, 1]), read(2, [1, 9], [6, 7]))).toMatch(/but nothing added 9 before that$/);
    const remove = op(3, { f: "remove", value: 1 }, [2, 3]);
    expect(said(set, add(0, 1, [0, 1]), remove, read(2, [1], [6, 7]))).toMatch(
      /but process 3 removed 1 from the set, acknowledged 3.0 ms earlier, and nothing added 1 in between$/,
    );
  });

  it("counter: what the additions allow", () => {
    const counter = models.counter();
    expect(said(counter, add(0, 1, [0, 1]), add(0, 2, [2, 3]), read(2, 1, [6, 7]))).toBe(
      "process 2 read 1 at 0.006 s, but what was added before that allows only 3",
    );
    expect(said(counter, add(0, 1, [0, 1]), add(1, 2, [2, 2], unknown), read(2, 7, [6, 7]))).toMatch(
      /but what was or may have been added before that allows only 1 to 3$/,
    );
  });

  it("queue: nobody put it in, somebody has taken it, another was before it, it was not empty", () => {
    const queue = models["fifo-queue"]();
    const put = (process: number, value: Json, at: Span) => op(process, { f: "enqueue", value }, at);
    const take = (process: number, value: Json, at: Span) =>
      op(process, { f: "dequeue" }, at, answered(value));
    expect(said(queue, take(1, 3, [0, 1]))).toMatch(/dequeued 3 .* but nothing enqueued 3 before that$/);
    expect(said(queue, put(0, 3, [0, 1]), take(1, 3, [2, 3]), take(2, 3, [4, 5]))).toMatch(
      /but process 1 dequeued 3, too, and at most 1 operation enqueued 3 before that$/,
    );
    expect(said(queue, put(0, 1, [0, 1]), put(0, 2, [2, 3]), take(1, 2, [4, 5]))).toMatch(
      /dequeued 2 .* but process 0 enqueued 1 before anything enqueued 2, and nothing took 1 out before that$/,
    );
    expect(said(queue, put(0, 1, [0, 1]), take(1, null, [4, 5]))).toMatch(
      /found nothing to dequeue .* but process 0 enqueued 1, acknowledged 3.0 ms earlier, and nothing took it out before that$/,
    );
  });

  it("locks: somebody held it, a token that did not rise", () => {
    const acquire = (process: number, value: Json, at: Span, token?: number) =>
      op(process, { f: "acquire", value }, at, answered(token));
    const release = (process: number, value: Json, at: Span) => op(process, { f: "release", value }, at);
    expect(said(models.mutex(), acquire(1, "a", [0, 1]), acquire(2, "b", [4, 5]))).toBe(
      'process 2 acquired the lock as "b" at 0.004 s, but process 1 acquired the lock as "a", acknowledged 3.0 ms earlier, and nothing released the lock in between',
    );
    expect(said(models.mutex(), acquire(1, "a", [0, 5]), acquire(2, "b", [4, 9]))).toMatch(
      /but process 1 acquired the lock as "a", too, and nothing released the lock before that$/,
    );
    expect(
      said(
        models["fenced-lock"](),
        acquire(1, "a", [0, 1], 7),
        release(1, "a", [2, 3]),
        acquire(2, "b", [4, 5], 7),
      ),
    ).toMatch(
      /acquired the lock as "b" with token 7 .* but process 1 acquired the lock as "a" with token 7, too, and no token is given twice$/,
    );
  });

  it("versioned register: a version that went back, or was given twice, or had another value", () => {
    const model = models["versioned-register"]();
    const write = (process: number, value: Json, at: Span, revision: number) =>
      op(process, { f: "write", value }, at, answered(undefined, revision));
    const readAt = (value: Json, at: Span, revision: number) =>
      op(7, { f: "read" }, at, answered(value, revision));
    expect(said(model, write(1, 5, [0, 1], 9), readAt(5, [4, 5], 3))).toMatch(
      /read 5 at revision 3 .* but process 1 wrote 5 at revision 9, acknowledged 3.0 ms earlier, and a revision never falls$/,
    );
    expect(said(model, write(1, 5, [0, 1], 9), write(2, 6, [2, 3], 9))).toMatch(
      /process 1 wrote 5 at revision 9, too, and no revision is given twice$/,
    );
    const racing = [write(1, 5, [0, 9], 9), write(2, 6, [0, 9], 10)];
    expect(said(model, ...racing, readAt(6, [10, 11], 9))).toMatch(
      /read 6 at revision 9 .* but process 1 wrote 5 at revision 9$/,
    );
  });

  it("stores of keys: which key", () => {
    const put = op(1, { f: "put", key: "a", value: 1 }, [0, 1]);
    expect(said(models.kv(), put, op(2, { f: "get", key: "a" }, [4, 5], answered(null)))).toMatch(
      /read null from a .* but process 1 put 1 in a, acknowledged 3.0 ms earlier, and nothing deleted a in between$/,
    );
    expect(said(models.kv(), put, op(2, { f: "list", key: "" }, [4, 5], answered([])))).toMatch(
      /listed \[\] .* but process 1 put 1 in a, .* and nothing deleted a in between$/,
    );
    const txn = (...parts: Json[]) => [{ f: "txn", value: parts }, answered(parts)] as const;
    const [writes, wrote] = txn(["write", "x", 1], ["write", "y", 1]);
    const [reads, saw] = txn(["read", "x", 1], ["read", "y", null]);
    expect(said(models["multi-register"](), op(1, writes, [0, 1], wrote), op(2, reads, [4, 5], saw))).toMatch(
      /read 1 from x and read null from y .* but process 1 wrote 1 to x and wrote 1 to y, acknowledged .* and nothing wrote null to y in between$/,
    );
  });

  it("string map: what cannot have been left", () => {
    const model = models["string-map"]();
    const append = (process: number, value: string, at: Span) => op(process, { f: "append", value }, at);
    const get = (value: string, at: Span) => op(7, { f: "get" }, at, answered(value));
    expect(said(model, append(1, "a", [0, 1]), append(2, "b", [2, 3]), get("a", [6, 7]))).toMatch(
      /read "a" .* but process 2 appended "b", acknowledged 3.0 ms earlier, and nothing left "a" there in between$/,
    );
  });

  it("names the states that were possible, where no simple reason is certain", () => {
    const counter = models.counter();
    const adds = [add(0, 2, [0, 9]), add(1, 4, [1, 9])];
    expect(said(counter, ...adds, read(2, 5, [6, 7]))).toBe(
      "process 2 read 5 at 0.006 s, but what came before can have left only the states 0, 2, 4 and 6",
    );
  });

  it("names no states where there are too many operations to be sure of all", () => {
    const bare = { ...models.counter(), reasons: [] };
    const before = Array.from({ length: 100 }, (_, i) => read(9, 0, [2 * i, 2 * i + 1]));
    expect(said(bare, ...before, add(0, 4, [220, 221]), read(2, 5, [231, 232]))).toMatch(
      /, and no order of the operations before it allows that$/,
    );
    expect(said(bare, ...before.slice(50), add(0, 4, [220, 221]), read(2, 5, [231, 232]))).toMatch(
      /, but what came before can have left only the state 4$/,
    );
  });

  it("says so where a state would allow it, but not what others did", () => {
    const swap = (process: number, from: Json, to: Json, at: Span) =>
      op(process, { f: "cas", value: [from, to] }, at);
    const bare = { ...models.register({ initial: 0 }), reasons: [] };
    expect(said(bare, swap(1, 0, 1, [0, 10]), swap(2, 0, 2, [5, 15]))).toMatch(
      /but what came before can have left only the states 1 and 0, and if it came at 0, the others could not follow$/,
    );
  });

  it("stays short, however long values and however many states are", () => {
    const long = "x".repeat(10_000);
    const write = (process: number, value: Json, at: Span) => op(process, { f: "write", value }, at);
    const writes = Array.from({ length: 8 }, (_, i) => write(i, `${long}${i}`, [0, 30]));
    const bare = { ...models.register({ initial: long }), reasons: [] };
    const words = said(bare, ...writes, op(9, { f: "read" }, [10, 20], answered(`${long}y`)));
    expect(words.length).toBeLessThan(800);
    expect(words).toMatch(/^process 9 read "x+…x+y" /);
  });
});
