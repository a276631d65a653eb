import { describe, expect, it } from "vitest";
import { faultWindows, isCutOff, leaderSpans } from "./fault.ts";
import type { FaultChange, HarnessNews } from "./harness-event.ts";
import type { History, HistoryEvent } from "./history.ts";
import { type Link, type NodeId, nodeId } from "./op.ts";
import { nanos } from "./time.ts";

const n1 = nodeId("n1");
const at = (time: number, news: HarnessNews): HistoryEvent => ({
  index: 0,
  time: nanos(time),
  type: "info",
  process: "nemesis",
  ...news,
});
const fault = (name: string, state: FaultChange["state"], id: number, parts: Partial<FaultChange> = {}) =>
  ({ f: "fault", name, value: { state, id, summary: `fault ${id}`, nodes: [n1], ...parts } }) as const;
const leader = (value: NodeId | null) => ({ f: "leader", value }) as const;
const read: HistoryEvent = { index: 0, time: nanos(90), type: "invoke", process: 1, f: "read" };

describe("faultWindows()", () => {
  it("begins when the injection did, where that is known", () => {
    const begin = { ...fault("hold", "begin", 1), since: nanos(7) };
    expect(faultWindows([at(10, begin), at(40, fault("hold", "end", 1))])).toMatchObject([
      { from: 7, to: 40 },
    ]);
  });

  it("knows when the heal began, where the history says it", () => {
    const begin = fault("partition", "begin", 1);
    const end = fault("partition", "end", 1);
    expect(faultWindows([at(10, begin), at(40, { ...end, since: nanos(35) })])).toMatchObject([
      { from: 10, to: 40, healed: 35 },
    ]);
    expect(faultWindows([at(10, begin), at(40, end)])[0]).not.toHaveProperty("healed");
    expect(faultWindows([at(10, { ...begin, since: nanos(7) }), read])[0]).not.toHaveProperty("healed");
  });

  it("spans a fault from its begin to its end, with the proof", () => {
    const history: History = [
      at(10, fault("partition", "begin", 1, { cut: [[n1, nodeId("n2")]] })),
      at(12, fault("partition", "proven", 1, { proof: "n1 -> n2 refused 3" })),
      at(40, fault("partition", "end", 1)),
      read,
    ];
    expect(faultWindows(history)).toEqual([
      {
        id: 1,
        name: "partition",
        summary: "fault 1",
        nodes: ["n1"],
        cut: [["n1", "n2"]],
        from: 10,
        to: 40,
        proof: "n1 -> n2 refused 3",
      },
    ]);
  });

  it("has no proof where none was seen", () => {
    const [window] = faultWindows([at(10, fault("kill", "begin", 1)), at(20, fault("kill", "end", 1))]);
    expect(window).not.toHaveProperty("proof");
  });

  it("ends an unhealed fault with the history", () => {
    expect(faultWindows([at(10, fault("pause", "begin", 1)), read])[0]).toMatchObject({ from: 10, to: 90 });
  });

  it("keeps faults of the same time apart, in order of their begin", () => {
    const history: History = [
      at(10, fault("partition", "begin", 1)),
      at(11, fault("pause", "begin", 2)),
      at(20, fault("pause", "end", 2)),
      at(30, fault("partition", "end", 1)),
    ];
    expect(faultWindows(history).map(({ id, name, to }) => [id, name, to])).toEqual([
      [1, "partition", 30],
      [2, "pause", 20],
    ]);
  });

  it("skips what is not a fault, and an end without a begin", () => {
    const history: History = [
      at(0, { f: "phase", value: "main" }),
      at(1, leader(n1)),
      at(2, fault("kill", "end", 9)),
      read,
    ];
    expect(faultWindows(history)).toEqual([]);
  });
});

describe("isCutOff()", () => {
  const [n1, n2, n3, n4, n5] = ["n1", "n2", "n3", "n4", "n5"].map(nodeId) as [
    NodeId,
    NodeId,
    NodeId,
    NodeId,
    NodeId,
  ];
  const both = (a: NodeId, b: NodeId): Link[] => [
    [a, b],
    [b, a],
  ];

  it.each<[string, boolean, Link[], NodeId[]]>([
    ["of three, one is lost", false, both(n1, n2), [n1, n2, n3]],
    ["of three, both others are lost", true, [...both(n1, n2), ...both(n1, n3)], [n1, n2, n3]],
    [
      "it hears a majority that does not hear it",
      true,
      [
        [n1, n2],
        [n1, n3],
      ],
      [n1, n2, n3],
    ],
    ["others are cut off from one another", false, both(n2, n3), [n1, n2, n3]],
    ["of five, two are lost", false, [...both(n1, n2), ...both(n1, n3)], [n1, n2, n3, n4, n5]],
    ["of five, three are lost", true, [n2, n3, n4].flatMap((other) => both(n1, other)), [n1, n2, n3, n4, n5]],
  ])("where %s is %s", (_, expected, cut, nodes) => {
    expect(isCutOff(n1, cut, nodes)).toBe(expected);
  });
});

describe("leaderSpans()", () => {
  it("follows the leader without gaps to the history's end", () => {
    const history: History = [at(5, leader(n1)), at(20, leader(null)), at(35, leader(nodeId("n3"))), read];
    expect(leaderSpans(history)).toEqual([
      { node: "n1", from: 5, to: 20 },
      { from: 20, to: 35 },
      { node: "n3", from: 35, to: 90 },
    ]);
  });
});
