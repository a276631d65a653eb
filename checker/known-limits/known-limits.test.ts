import { describe, expect, it } from "vitest";
import type { KnownLimit } from "../../core/consistency.ts";
import type { FaultChange } from "../../core/harness-event.ts";
import type { History } from "../../core/history.ts";
import { type Json, nodeId, type Operation } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { checkList } from "../linearizability/check-operations.ts";
import { Budget, unlimited } from "../linearizability/limits.ts";
import { listOf } from "../linearizability/operation-list.ts";
import { register } from "../models/register.ts";
import { judgedUnder } from "../promises.ts";
import { forSmallHistories, propertyRuns } from "../testing/agreement.ts";
import { bruteForce } from "../testing/brute-force.ts";
import { freely } from "../testing/history-of.ts";
import { registerScenario } from "../testing/register-scenario.ts";
import { Story } from "../testing/story.ts";
import { excuse, readsIn } from "./excused-reads.ts";
import type { Excuses } from "./excuses.ts";

const deposedLeader: KnownLimit = {
  name: "deposed leader",
  condition: "deposed-leader",
  boundMs: 2000,
  leaseMs: 500,
  sentence: "",
};
const newLeader: KnownLimit = { name: "new leader", condition: "new-leader", boundMs: 2000, sentence: "" };
/** What ZooKeeper's sync and Consul's default reads have. */
const promised = {
  "a deposed leader only": [deposedLeader],
  "a deposed leader and a new one": [deposedLeader, newLeader],
} as const;

async function judge(history: History, limits: readonly KnownLimit[]) {
  const [checker] = judgedUnder("linearizable-known-limits", register(), { limits });
  const verdict = await checker?.check(history, { ...freely, promises: "linearizable-known-limits" });
  return { kind: verdict?.kind, summary: verdict?.summary ?? "", anomalies: verdict?.anomalies ?? [] };
}

const everyCut = [
  ["n2", "n1"],
  ["n1", "n2"],
  ["n2", "n3"],
  ["n3", "n2"],
];

/** n2 leads, is paused from 10 to 15 s, and n1 acknowledges 2 meanwhile. */
const paused = (parts: Partial<Record<keyof FaultChange, Json>> = { led: "n2" }) =>
  new Story()
    .leads(0, "n2")
    .writes(1, 1, "n2")
    .writes(1.5, 1, "n3")
    .fault("pause-leader", 10, 15, parts)
    .leads(11, null)
    .leads(13.6, "n1", 13.4)
    .writes(14, 2);

describe.each(Object.entries(promised))("a stale read where the known limit is %s", (_, limits) => {
  it("is known at the leader that was paused, until 2 s after it was resumed", async () => {
    const { kind, summary, anomalies } = await judge(paused().reads(14.5, 15.085, "n2", 1).history(), limits);
    expect(kind).toBe("valid");
    expect(summary).toBe(
      "3 operations on 1 key are linearizable; 1 stale read meets a known limit (1 deposed leader)",
    );
    expect(anomalies).toHaveLength(1);
    expect(anomalies[0]?.known).toBe(true);
    expect(anomalies[0]?.limit).toMatchObject({ name: "deposed leader", node: "n2", boundMs: 2000 });
    expect(anomalies[0]?.summary).toContain(
      "answered by n2, which led when it was paused at 10.000 s, 85 ms after it was resumed; bound 2.0 s",
    );
    expect((await judge(paused().reads(14.5, 17, "n2", 1).history(), limits)).kind).toBe("valid");
  });

  it("is a violation there after that", async () => {
    const { kind, anomalies } = await judge(paused().reads(14.5, 17.001, "n2", 1).history(), limits);
    expect(kind).toBe("invalid");
    expect(anomalies.map(({ known }) => known)).toEqual([undefined]);
  });

  it("is a violation at a follower at the same time", async () => {
    const history = paused().reads(14.5, 15.085, "n3", 1).history();
    expect((await judge(history, limits)).kind).toBe("invalid");
  });

  it("is known at who leads while all links come and go, until 0.5 s after that", async () => {
    const flapping = new Story()
      .leads(0, "n2")
      .writes(1, 1, "n2")
      .writes(1.5, 1, "n3")
      .fault("partition", 10, 15, {
        led: "n2",
        cut: [...everyCut, ["n1", "n3"], ["n3", "n1"]],
        flapping: true,
      })
      .writes(12, 2);
    const read = async (at: number, node: string) =>
      (await judge(flapping.reads(at, at + 0.01, node, 1).history(), limits)).kind;
    expect(await read(12.5, "n2")).toBe("valid");
    expect(await read(15.4, "n2")).toBe("valid");
    expect(await read(12.6, "n3")).toBe("invalid");
  });

  it("is a violation at a node that did not lead when it was paused", async () => {
    const history = paused({ led: "n1" }).reads(14.5, 15.085, "n2", 1).history();
    expect((await judge(history, limits)).kind).toBe("invalid");
  });

  it("is judged by the leader that was seen last in a run that does not say who led", async () => {
    const history = paused({}).reads(14.5, 15.085, "n2", 1).history();
    expect((await judge(history, limits)).kind).toBe("valid");
  });

  it("is a violation at a leader that was struck otherwise", async () => {
    const story = new Story().leads(0, "n2").writes(1, 1, "n2").fault("slow", 10, 15, { led: "n2" });
    const history = story.writes(14, 2).reads(14.5, 15.085, "n2", 1).history();
    expect((await judge(history, limits)).kind).toBe("invalid");
  });

  it("is a violation at a follower that was cut off for 5.4 s", async () => {
    const history = new Story()
      .leads(0, "n1")
      .writes(1, 1)
      .fault("partition-follower", 10, 15.4, { led: "n1", cut: everyCut })
      .writes(10.001, 2)
      .reads(15.39, 15.401, "n2", 1)
      .history();
    const { kind, anomalies } = await judge(history, limits);
    expect(kind).toBe("invalid");
    expect(anomalies[0]?.limit).toBeUndefined();
  });

  const cutOff = (cut: Json) =>
    new Story()
      .leads(0, "n2")
      .writes(1, 1, "n2")
      .fault("partition", 10, 15, { led: "n2", nodes: ["n1", "n2", "n3"], cut })
      .writes(10.1, 2);

  it("is known at a leader that was cut off, until its lease ends", async () => {
    const known = await judge(cutOff(everyCut).reads(10.2, 10.5, "n2", 1).history(), limits);
    expect(known.kind).toBe("valid");
    expect(known.anomalies[0]?.limit?.sentence).toBe(
      "answered by n2, which led when it was cut off at 10.000 s, 500 ms after that; bound 500 ms",
    );
    const late = cutOff(everyCut).reads(10.2, 10.501, "n2", 1).history();
    expect((await judge(late, limits)).kind).toBe("invalid");
  });

  it("is a violation at a leader that still had a majority", async () => {
    const history = cutOff(everyCut.slice(0, 2)).reads(10.2, 10.5, "n2", 1).history();
    expect((await judge(history, limits)).kind).toBe("invalid");
  });

  it("is found where another one that is excused would hide it", async () => {
    const history = paused().reads(14.5, 15.085, "n2", 1).reads(14.6, 15.1, "n3", 1).history();
    const { kind, anomalies } = await judge(history, limits);
    expect(kind).toBe("invalid");
    const [violation] = anomalies;
    expect(violation?.evidence?.operations[violation.evidence.culprit ?? -1]?.node).toBe("n3");
  });

  it("never excuses a write that was lost", async () => {
    const history = paused().asks(15.01, 15.02, "n2", "cas", [1, 3]).history();
    expect((await judge(history, limits)).kind).toBe("invalid");
  });

  it("is not spoken of where there is none", async () => {
    const { kind, summary } = await judge(paused().reads(14.5, 15.085, "n2", 2).history(), limits);
    expect(kind).toBe("valid");
    expect(summary).toBe("4 operations on 1 key are linearizable");
  });
});

describe("a stale read at a new leader", () => {
  const elected = () =>
    new Story()
      .leads(0, "n2")
      .writes(1, 1)
      .writes(5, 2)
      .fault("kill-leader", 10, 15, { led: "n2" })
      .leads(11, null, 10.5)
      .leads(13.6, "n1", 12.9)
      .writes(14, 3);
  const both = promised["a deposed leader and a new one"];

  it("is known until 2 s after it was first seen to lead, and while it may have been elected unseen", async () => {
    for (const [asked, answered] of [
      [12.8, 12.9],
      [13, 13.5],
      [13.9, 15.6],
    ] as const) {
      const { kind, anomalies } = await judge(elected().reads(asked, answered, "n1", 1).history(), both);
      expect(kind).toBe("valid");
      expect(anomalies[0]?.limit).toMatchObject({ name: "new leader", node: "n1" });
    }
  });

  it("is a violation before and after that, at a follower, and where no such limit is known", async () => {
    expect((await judge(elected().reads(12.8, 12.899, "n1", 1).history(), both)).kind).toBe("invalid");
    expect((await judge(elected().reads(15, 15.601, "n1", 1).history(), both)).kind).toBe("invalid");
    expect((await judge(elected().reads(13, 13.5, "n3", 1).history(), both)).kind).toBe("invalid");
    const history = elected().reads(13, 13.5, "n1", 1).history();
    expect((await judge(history, [deposedLeader])).kind).toBe("invalid");
  });

  it("is a violation where the leader was only out of sight", async () => {
    const history = new Story()
      .leads(0, "n1")
      .writes(1, 1)
      .writes(5, 2)
      .leads(8, null)
      .leads(9, "n1")
      .reads(9.2, 9.3, "n1", 1)
      .history();
    expect((await judge(history, both)).kind).toBe("invalid");
  });

  it("is known where the same node leads again after its process was killed, from when nobody was seen to lead", async () => {
    const again = (fault: string) =>
      new Story()
        .leads(0, "n2")
        .writes(1, 1)
        .writes(5, 2)
        .fault(fault, 10, 13, { led: "n2", nodes: ["n1", "n2"] })
        .leads(11, null, 10.5)
        .leads(14.6, "n2", 14.3)
        .reads(14, 14.1, "n2", 1);
    const { kind, anomalies } = await judge(again("restart-staggered").history(), both);
    expect(kind).toBe("valid");
    expect(anomalies[0]?.limit).toMatchObject({ name: "new leader", node: "n2" });
    expect((await judge(again("partition").history(), both)).kind).toBe("invalid");
    expect((await judge(again("kill").reads(16.7, 16.8, "n2", 1).history(), both)).kind).toBe("invalid");
  });

  it("is known at a node that passed it on, if it was asked before an update under the new leader", async () => {
    const forwarded = [deposedLeader, { ...newLeader, forwarded: true }];
    const passedOn = (asked: number) => elected().writes(13.2, 3).reads(asked, 13.55, "n3", 1).history();
    const { kind, anomalies } = await judge(passedOn(13.1), forwarded);
    expect(kind).toBe("valid");
    expect(anomalies[0]?.limit?.sentence).toContain(
      "answered by n3, which forwarded it to n1, newly elected, ",
    );
    expect((await judge(passedOn(13.3), forwarded)).kind).toBe("invalid");
    expect((await judge(passedOn(13.1), both)).kind).toBe("invalid");
    // The first update comes at 14 s, after the leader was seen.
    expect((await judge(elected().reads(13.8, 13.9, "n3", 1).history(), forwarded)).kind).toBe("valid");
    expect((await judge(elected().reads(14.2, 14.3, "n3", 1).history(), forwarded)).kind).toBe("invalid");
    const idle = new Story()
      .leads(0, "n2")
      .writes(1, 1)
      .writes(5, 2)
      .fault("kill-leader", 10, 15, { led: "n2" })
      .leads(11, null, 10.5)
      .leads(13.6, "n1", 12.9)
      .reads(13.8, 13.9, "n3", 1);
    expect((await judge(idle.history(), forwarded)).kind).toBe("valid");
  });
});

describe("known limits of small random histories", () => {
  const model = register({ initial: 0 });
  const isExcusable = ({ call, outcome }: Operation, position: number) =>
    call.f === "read" && outcome.type === "ok" && position % 2 === 0;
  /** Every second operation meets a limit, if it is a read; `at` is its position. */
  const excusesOf = (all: readonly Operation[]): Excuses => ({
    of(read) {
      const position = all.indexOf(read);
      if (!isExcusable(read, position)) return undefined;
      return { name: "even", node: nodeId("n1"), at: nanos(position), boundMs: 1, sentence: "" };
    },
  });

  function excused(all: readonly Operation[]) {
    const list = listOf(all);
    const budget = new Budget(unlimited);
    const judgement = checkList(model, list, budget);
    const parts = [{ key: undefined, positions: Int32Array.from(all.keys()), judgement }];
    return excuse({ model, list, parts, excuses: excusesOf(all), budget });
  }

  it("are the reads that meet one and cannot be placed, no more and no fewer", () => {
    const seen = { valid: 0, known: 0, invalid: 0 };
    forSmallHistories(registerScenario(), (all) => {
      const { parts, anomalies, counts } = excused(all);
      const rest = all.filter((operation, position) => !isExcusable(operation, position));
      const expected = bruteForce(model, rest) ? "valid" : "invalid";
      expect(parts[0]?.judgement.kind).toBe(expected);
      const stale = new Set(anomalies.map(({ limit }) => limit?.at as number));
      expect(readsIn({ counts })).toBe(stale.size);
      if (expected === "invalid") {
        seen.invalid++;
        return;
      }
      const kept = all.filter((_, position) => !stale.has(position));
      expect(bruteForce(model, kept)).toBe(true);
      for (const read of all.filter((operation) => !kept.includes(operation)))
        expect(bruteForce(model, [...kept, read])).toBe(false);
      seen[stale.size === 0 ? "valid" : "known"]++;
    });
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(propertyRuns / 50);
  });
});
