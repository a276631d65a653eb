import { describe, expect, it } from "vitest";
import type { Json } from "../core/op.ts";
import { enoughOperations, enoughToJudge } from "./enough-operations.ts";
import type { Model } from "./model.ts";
import { modelOf, models } from "./models/index.ts";
import { freely, historyOf, type Line } from "./testing/history-of.ts";

const history = historyOf(
  [0, "invoke", "write", 1],
  [0, "ok", "write", 1],
  [1, "invoke", "read"],
  [1, "info", "read"],
);

it("a run with too few successes of a kind is unknown, naming kind and count", async () => {
  const verdict = await enoughOperations({ needs: { read: 5, write: 1 } }).check(history, freely);
  expect(verdict.kind).toBe("unknown");
  expect(verdict.anomalies).toHaveLength(1);
  expect(verdict.summary).toContain("no read operation succeeded; the verdict needs at least 5");
});

it("reads in another mode than the run's do not count", async () => {
  const local = { mode: "stale" };
  const more = historyOf([2, "invoke", "read", null, local], [2, "ok", "read", 1, local]);
  const verdict = await enoughOperations({ needs: { read: 1 } }).check([...history, ...more], freely);
  expect(verdict.summary).toContain("no read operation succeeded");
});

it.each([
  [2, "only 1 write operation succeeded; the verdict needs at least 2"],
  [1, "enough operations of each kind succeeded"],
])("a run with one write, where %d are needed, is described in the singular", async (write, summary) => {
  expect(await enoughOperations({ needs: { write } }).check(history, freely)).toMatchObject({ summary });
});

it("a run with enough operations of each kind is valid", async () => {
  expect((await enoughOperations({ needs: { write: 1 } }).check(history, freely)).kind).toBe("valid");
});

describe("a history that shows nothing", () => {
  const judged = async (model: Model, ...lines: readonly Line[]) =>
    enoughToJudge(model).check(historyOf(...lines), freely);
  const register = models.register() as Model;
  const write: readonly Line[] = [
    [0, "invoke", "write", 1],
    [0, "ok", "write", 1],
  ];
  const read = (value: Json): readonly Line[] => [
    [1, "invoke", "read"],
    [1, "ok", "read", value],
  ];

  it.each<[string, readonly Line[], RegExp]>([
    [
      "nothing succeeded",
      [
        [0, "invoke", "write", 1],
        [0, "info", "write", 1],
        [1, "invoke", "read"],
        [1, "fail", "read"],
      ],
      /^no operation succeeded \(requested: 1 write, 1 read\)/,
    ],
    ["all that succeeded read the initial state", [...read(null), ...read(null)], /read the initial state/],
    [
      "all reads gave the initial state, and no write is known to have succeeded",
      [[0, "invoke", "write", 1], [0, "info", "write", 1], ...read(null)],
      /read the initial state/,
    ],
    [
      "no read was answered",
      [...write, [1, "invoke", "read"], [1, "info", "read"], [2, "invoke", "read"]],
      /^none of the 2 read operations was answered/,
    ],
    [
      "the only read was not answered",
      [...write, [1, "invoke", "read"], [1, "info", "read"]],
      /^the only read operation was not answered/,
    ],
  ])("is unknown: %s", async (_, lines, summary) => {
    const verdict = await judged(register, ...lines);
    expect(verdict.kind).toBe("unknown");
    expect(verdict.summary).toMatch(summary);
    expect(verdict.anomalies).toMatchObject([{ kind: "too-few-operations" }]);
  });

  it.each<[string, readonly Line[]]>([
    ["a write and a read of it", [...write, ...read(1)]],
    ["writes, where nobody asked for a read", write],
    ["a write, and a read that began after it", [...read(null), ...write, ...read(1)]],
    [
      "a read of a write whose outcome is unknown",
      [[0, "invoke", "write", 1], [0, "info", "write", 1], ...read(1)],
    ],
    ["a read of what nobody wrote, which is a violation", read(7)],
    [
      "a comparison that never succeeded",
      [...write, ...read(1), [0, "invoke", "cas", [2, 3]], [0, "fail", "cas"]],
    ],
  ])("is not: %s", async (_, lines) => {
    expect((await judged(register, ...lines)).kind).toBe("valid");
  });

  it("knows every model's reads of its initial state", async () => {
    const reads: Record<string, readonly Line[]> = {
      counter: read(0),
      set: read([]),
      "fifo-queue": [
        [0, "invoke", "dequeue"],
        [0, "ok", "dequeue", null],
      ],
      "string-map": [
        [0, "invoke", "get"],
        [0, "ok", "get", ""],
      ],
      "multi-register": [
        [0, "invoke", "txn", [["r", "x", null]]],
        [0, "ok", "txn", [["r", "x", null]]],
      ],
    };
    for (const [name, lines] of Object.entries(reads)) {
      const verdict = await judged(modelOf(name), ...lines);
      expect([name, verdict.summary]).toEqual([name, expect.stringContaining("read the initial state")]);
    }
  });
});
