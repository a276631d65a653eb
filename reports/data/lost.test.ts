import { describe, expect, it } from "vitest";
import type { FaultWindow } from "../../core/fault.ts";
import { nanos } from "../../core/time.ts";
import type { Lane, Verdict } from "../../core/verdict.ts";
import { lostByFault, lostWrites } from "./lost.ts";

const at = (seconds: number) => nanos(seconds * 1e9);

const lane = (label: string, from: number, to: number, text = "41 of k1"): Lane => ({
  label,
  from: at(from),
  to: at(to),
  text,
  colour: "wrong",
});

const verdict = (figures: Record<string, number>, lanes?: readonly Lane[]): Verdict => ({
  checker: "revisions",
  kind: "invalid",
  summary: "",
  anomalies: [],
  figures,
  ...(lanes && { lanes }),
});

describe("lostWrites()", () => {
  it("finds lost writes of keys and lost elements of sets, each once, in order", () => {
    const writes = verdict({ "lost writes": 1 }, [lane("lost writes", 7, 9)]);
    const elements = verdict({ "lost elements": 1 }, [
      lane("lost elements", 3, 12, "5 of s1"),
      lane("lost elements", 3, 11, "5 of s1"),
      lane("stale reads", 1, 2),
    ]);
    expect(lostWrites([writes, elements])).toEqual([
      { from: at(3), to: at(11) },
      { from: at(7), to: at(9) },
    ]);
  });

  it("tells none lost from nobody having looked, and from an older verdict that does not say when", () => {
    expect(lostWrites([verdict({ "lost writes": 0 })])).toEqual([]);
    expect(lostWrites([verdict({ reads: 3 })])).toBeUndefined();
    expect(lostWrites([verdict({ "lost writes": 2 })])).toBeUndefined();
  });
});

describe("lostByFault()", () => {
  const fault = (from: number, to: number): FaultWindow => ({
    id: from,
    name: "kill",
    summary: "kill n1",
    nodes: [],
    cut: [],
    from: at(from),
    to: at(to),
  });
  const faults = [fault(10, 14), fault(20, 24)];
  const counted = (from: number, to: number) => lostByFault(faults, [{ from: at(from), to: at(to) }]);

  it("counts a write at the fault that lasted when it was acknowledged", () => {
    expect(counted(12, 30)).toEqual([1, 0]);
    expect(counted(14, 15)).toEqual([1, 0]);
  });

  it("counts one that was acknowledged before at the first fault after which it was missing", () => {
    expect(counted(9, 12)).toEqual([1, 0]);
    expect(counted(15, 21)).toEqual([0, 1]);
  });

  it("counts one that was lost just after a fault at that fault, and one far from any at none", () => {
    expect(counted(16, 17)).toEqual([1, 0]);
    expect(counted(18, 19)).toEqual([0, 0]);
    expect(counted(2, 3)).toEqual([0, 0]);
  });
});
