import { expect, it } from "vitest";
import type { FaultChange, FaultEvent } from "../core/harness-event.ts";
import { nodeId } from "../core/op.ts";
import { millis } from "../core/time.ts";
import { freely, historyOf } from "./testing/history-of.ts";
import { faultsProven, vacuity } from "./vacuity.ts";

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
