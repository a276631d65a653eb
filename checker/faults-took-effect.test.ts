import { expect, it } from "vitest";
import type { FaultChange, FaultEvent } from "../core/harness-event.ts";
import { nodeId } from "../core/op.ts";
import { millis } from "../core/time.ts";
import { faultsTookEffect } from "./faults-took-effect.ts";
import { freely } from "./testing/history-of.ts";

const fault = (index: number, change: Partial<FaultChange>): FaultEvent => ({
  index,
  time: millis(index),
  type: "info",
  process: "nemesis",
  f: "fault",
  name: "partition",
  value: { state: "begin", summary: "isolate n2", nodes: [nodeId("n2")], id: 1, ...change },
});

/** The events of a fault on one node, with proof that it took effect or without. */
function faultOn(node: string, id: number, proven: boolean): FaultEvent[] {
  const changes: Partial<FaultChange>[] = [
    { state: "begin" },
    ...(proven ? [{ state: "proven", proof: "refused" } as const] : []),
    { state: "end" },
  ];
  return changes.map((change, i) => fault(10 * id + i, { summary: `isolate ${node}`, id, ...change }));
}

const verdictOn = (...faults: FaultEvent[][]) => faultsTookEffect().check(faults.flat(), freely);

it("a fault without proof of its effect makes the verdict unknown", async () => {
  expect((await verdictOn(faultOn("n2", 1, true))).kind).toBe("valid");
  const verdict = await verdictOn(faultOn("n2", 1, false));
  expect(verdict.kind).toBe("unknown");
  expect(verdict.summary).toBe('the fault "isolate n2" was injected, but nothing shows that it took effect');
});

it.each([
  ["no faults", [], "no faults were injected"],
  ["one fault", [true], "the only fault took effect"],
  ["four faults", [true, true, true, true], "all 4 faults took effect"],
  [
    "two of three without proof",
    [false, true, false],
    'nothing shows that 2 of 3 faults took effect: "isolate n1" and "isolate n3"',
  ],
  [
    "five of five without proof",
    [false, false, false, false, false],
    'nothing shows that 5 of 5 faults took effect: "isolate n1", "isolate n2", "isolate n3" and 2 others',
  ],
])("counts %s in English", async (_, proven, summary) => {
  const faults = proven.map((isProven, i) => faultOn(`n${i + 1}`, i + 1, isProven));
  expect((await verdictOn(...faults)).summary).toBe(summary);
});
