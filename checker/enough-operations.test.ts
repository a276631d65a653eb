import { describe, expect, it } from "vitest";
import type { FaultChange, FaultEvent } from "../core/harness-event.ts";
import { type Json, nodeId } from "../core/op.ts";
import { millis } from "../core/time.ts";
import { faultsProven, vacuity, vacuityUnder } from "./enough-operations.ts";
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
  const verdict = await vacuity({ needs: { read: 5, write: 1 } }).check(history, freely);
  expect(verdict.kind).toBe("unknown");
  expect(verdict.anomalies).toHaveLength(1);
  expect(verdict.summary).toContain("only 0 read operations succeeded, and 5 are needed");
});

it("reads in another mode than the run's do not count", async () => {
  const local = { mode: "stale" };
  const more = historyOf([2, "invoke", "read", null, local], [2, "ok", "read", 1, local]);
  const verdict = await vacuity({ needs: { read: 1 } }).check([...history, ...more], freely);
  expect(verdict.summary).toContain("only 0 read operations succeeded");
});

it("a run with enough of every kind is valid", async () => {
  expect((await vacuity({ needs: { write: 1 } }).check(history, freely)).kind).toBe("valid");
});

const fault = (index: number, change: Partial<FaultChange>): FaultEvent => ({
  index,
  time: millis(index),
  type: "info",
  process: "nemesis",
  f: "fault",
  name: "partition",
  value: { state: "begin", summary: "isolate n2", nodes: [nodeId("n2")], id: 1, ...change },
});

it("a fault that was never seen to bite makes the verdict unknown", async () => {
  const bitten = [
    fault(0, { state: "begin" }),
    fault(1, { state: "proven", proof: "refused" }),
    fault(2, { state: "end" }),
  ];
  expect((await faultsProven().check(bitten, freely)).kind).toBe("valid");
  const verdict = await faultsProven().check(bitten.toSpliced(1, 1), freely);
  expect(verdict.kind).toBe("unknown");
  expect(verdict.summary).toContain("isolate n2");
});

describe("a history that shows nothing", () => {
  const judged = async (model: Model, ...lines: readonly Line[]) =>
    vacuityUnder(model).check(historyOf(...lines), freely);
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
      /^none of 1 write and 1 read operations succeeded/,
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
      /^none of 2 read operations was answered/,
    ],
  ])("is unknown: %s", async (_, lines, summary) => {
    const verdict = await judged(register, ...lines);
    expect(verdict.kind).toBe("unknown");
    expect(verdict.summary).toMatch(summary);
    expect(verdict.anomalies).toMatchObject([{ kind: "vacuous" }]);
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
