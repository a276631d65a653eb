import { expect, it } from "vitest";
import { staleLane } from "../../../checker/reads/stale-lanes.ts";
import type { StaleWindow } from "../../../checker/reads/stale-windows.ts";
import type { FaultWindow } from "../../../core/fault.ts";
import { nodeId } from "../../../core/op.ts";
import { millis } from "../../../core/time.ts";
import type { Verdict } from "../../../core/verdict.ts";
import { describeStale, staleByFault } from "./stale-by-fault.ts";

const [n1, n2] = [nodeId("n1"), nodeId("n2")];

const fault = (id: number, from: number, to: number): FaultWindow => ({
  id,
  name: "pause-leader",
  summary: "pause leader n1",
  nodes: [n1],
  cut: [],
  from: millis(from),
  to: millis(to),
});

const window = (node: typeof n1, from: number, to: number, worstMs: number): StaleWindow => ({
  node,
  from: millis(from),
  to: millis(to),
  reads: 2,
  worstMs,
});

const verdict = (windows: readonly StaleWindow[]): Verdict => ({
  checker: "staleness",
  kind: "valid",
  summary: "",
  anomalies: [],
  lanes: windows.map(staleLane),
});

it("sums stale reads up by node and fault, and says how long after the fault began they were", () => {
  const found = staleByFault({
    verdicts: [
      verdict([
        window(n1, 50, 51, 1),
        window(n1, 300, 350, 40),
        window(n1, 380, 419, 60),
        window(n2, 390, 395, 2),
      ]),
    ],
    faults: [fault(1, 100, 400), fault(2, 1000, 1400)],
  });
  expect(found).toEqual([
    {
      node: n1,
      fault: {
        name: "pause-leader",
        summary: "pause leader n1",
        ms: 300,
        here: true,
        firstMs: 200,
        lastMs: 319,
      },
      windows: 2,
      reads: 4,
      worstMs: 60,
    },
    expect.objectContaining({ node: n2, fault: expect.objectContaining({ here: false }), reads: 2 }),
    { node: n1, windows: 1, reads: 2, worstMs: 1 },
  ]);
  expect(found.map(describeStale)).toEqual([
    '4 stale reads on n1, by up to 60 ms, fault "pause leader n1" (300 ms): first sent 200 ms after it began, last answered 19 ms after it ended',
    '2 stale reads on n2, by up to 2 ms, fault "pause leader n1" (300 ms): first sent 290 ms after it began, last answered 295 ms after it began',
    "2 stale reads on n1, by up to 1 ms, outside any fault",
  ]);
});

it("finds nothing in a run without stale reads", () => {
  expect(staleByFault({ verdicts: [verdict([])], faults: [fault(1, 100, 400)] })).toEqual([]);
});
