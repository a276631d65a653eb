import { describe, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { trialsOf } from "./candidates.ts";
import type { RunDigest } from "./digest.ts";
import { type Figure, standingsOf } from "./standing.ts";
import { digest, type Facts, faultAt, zookeeper } from "./testing/digests.ts";

const latency: Figure = { name: "latency", kind: "write", percentile: "p99", measure: "response" };
const outage: Figure = { name: "outage", kind: "write" };

/** Standing of etcd and another run, in words: the names in order, or why there is no order. */
function placed(digests: readonly RunDigest[], figure: Figure) {
  const [trial] = trialsOf(digests);
  const candidates = trial?.candidates ?? [];
  const place = standingsOf(candidates).of(figure, "linearizable");
  if (place.type === "apart") return place.difference.condition;
  if (place.type === "alone") return "alone";
  return [...place.ranking.leaders, ...place.ranking.others].map(({ of }) => of.name.split(" ")[0]);
}

const against = (facts: Facts, figure: Figure) =>
  placed([digest(), digest({ ...zookeeper, ...facts })], figure);

describe("standingsOf()", () => {
  it("ranks what is valid and was tried alike, the lowest first", () => {
    expect(against({}, latency)).toEqual(["etcd", "zookeeper"]);
    expect(against({ write: { p50: 1, p99: 2, without: 0.1 } }, latency)).toEqual(["zookeeper", "etcd"]);
    expect(against({}, outage)).toEqual(["etcd", "zookeeper"]);
    expect(against({ cpuMsPerThousand: 100 }, { name: "processor" })).toEqual(["zookeeper", "etcd"]);
  });

  it.each<[string, Facts]>([
    ["invalid", { verdict: "invalid" }],
    ["undecided", { verdict: "unknown" }],
    ["overloaded", { run: { overloaded: true } }],
    [
      "limited by the client",
      { run: { client: { sendLagMsP99: 9, eventLoopUtilization: 1, gcMs: 0, limited: "busy" } } },
    ],
    ["broken on purpose", { run: { mutant: "forget-vote" } }],
  ])("ranks nothing that is %s", (_, facts) => {
    for (const figure of [latency, outage, { name: "processor" } as const])
      expect(against(facts, figure)).toBe("alone");
  });

  it("ranks times without a success of a generator that was late by milliseconds, and no latency of it", () => {
    const limited = {
      client: { sendLagMsP99: 2, eventLoopUtilization: 0.2, gcMs: 0, limited: "it was late" },
    };
    expect(against({ run: limited }, outage)).toEqual(["etcd", "zookeeper"]);
    expect(against({ run: limited }, latency)).toBe("alone");
  });

  it("ranks no percentile of too few operations", () => {
    const few = { write: { p50: 1, p99: 2, without: 1, ok: 99 } };
    expect(against(few, latency)).toBe("alone");
    expect(against(few, { ...latency, percentile: "p50" })).toEqual(["zookeeper", "etcd"]);
    const fewer = { write: { ...few.write, ok: 19 } };
    expect(against(fewer, { ...latency, percentile: "p50" })).toBe("alone");
  });

  it.each<[string, Facts]>([
    ["runtimes", { run: { runtime: "netns" } }],
    ["numbers of nodes", { run: { nodes: [{ id: "n1", endpoint: "a" }] } }],
    ["kinds of storage", { run: { options: { storage: "tmpfs" } } }],
    ["presets", { run: { options: { preset: "tight" } } }],
    ["node arguments", { run: { options: { nodeArg: ["--quota", "1"] } } }],
    ["nodes of the clients", { run: { target: { role: "leader", nodes: [nodeId("n1")] } } }],
    ["numbers of connections", { run: { connections: 1 } }],
    ["timeouts", { run: { options: { timeout: 500 } } }],
    ["machines", { run: { machine: { ...digest().run.machine, cores: 64 } } }],
  ])("ranks no figure across different %s", (condition, facts) => {
    expect(against(facts, latency)).toBe(condition);
    expect(against(facts, outage)).toBe(condition);
  });

  it("ranks latency and cost only at the same load, outages at any", () => {
    expect(against({ rate: 400 }, latency)).toBe("loads");
    expect(against({ rate: 400 }, { name: "processor" })).toBe("loads");
    expect(against({ rate: 490 }, latency)).toEqual(["etcd", "zookeeper"]);
    expect(against({ rate: 400 }, outage)).toEqual(["etcd", "zookeeper"]);
    const even = { kind: "open", rate: 500, processes: 12, seconds: 20 } as const;
    const ramp = { ...even, parts: [{ from: 1, to: 999 }] };
    expect(against({ run: { load: { ...even, arrivals: "constant" } } }, latency)).toEqual([
      "etcd",
      "zookeeper",
    ]);
    expect(against({ run: { load: { ...even, arrivals: "poisson" } } }, latency)).toBe("loads");
    expect(against({ run: { load: ramp } }, latency)).toBe("loads");
    expect(
      placed([digest({ run: { load: ramp } }), digest({ ...zookeeper, run: { load: ramp } })], latency),
    ).toEqual(["etcd", "zookeeper"]);
    expect(against({ run: { load: { kind: "closed", processes: 12, seconds: 20 } } }, latency)).toBe("alone");
  });

  it("ranks no latency of a sweep, which is a mixture of its rates", () => {
    const parts = [100, 200, 400].map((rate) => ({ from: rate, to: rate }));
    const sweep = { kind: "open", rate: 233, processes: 12, seconds: 20, parts } as const;
    const both = [digest({ run: { load: sweep } }), digest({ ...zookeeper, run: { load: sweep } })];
    expect(placed(both, latency)).toBe("alone");
    expect(placed(both, outage)).toEqual(["etcd", "zookeeper"]);
  });

  it("ranks outages only under the same faults, latency while healthy after any", () => {
    expect(against({ run: { nemeses: ["pause"] } }, outage)).toBe("faults");
    expect(against({ run: { options: { faultSeconds: 1 } } }, outage)).toBe("faults");
    expect(against({ run: { options: { gapSeconds: 1 } } }, outage)).toBe("faults");
    expect(against({ run: { nemeses: ["pause"] } }, latency)).toEqual(["etcd", "zookeeper"]);
  });

  it("ranks outages only after loads of one length, latency while healthy after any", () => {
    const longer: Facts = { run: { load: { kind: "open", rate: 500, processes: 12, seconds: 60 } } };
    expect(against(longer, outage)).toBe("lengths of the load");
    expect(against(longer, latency)).toEqual(["etcd", "zookeeper"]);
  });

  it("ranks outages only if the leader was struck about as often: a maximum grows with its number", () => {
    const strikes = (number: number) => Array.from({ length: number }, () => faultAt("leader"));
    const pair = (one: number, other: number) =>
      placed([digest({ faults: strikes(one) }), digest({ ...zookeeper, faults: strikes(other) })], outage);
    expect(pair(4, 6)).toEqual(["etcd", "zookeeper"]);
    expect(pair(6, 4)).toEqual(["etcd", "zookeeper"]);
    expect(pair(4, 7)).toBe("numbers of faults that struck the leader");
    const means = [digest({ seed: 1, faults: strikes(2) }), digest({ seed: 2, faults: strikes(6) })];
    expect(placed([...means, digest({ ...zookeeper, faults: strikes(4) })], outage)).toEqual([
      "etcd",
      "zookeeper",
    ]);
    const unproven = strikes(6).map(({ proof, ...fault }, i) =>
      i < 2 ? { ...fault, proof: `${proof}` } : fault,
    );
    expect(placed([digest({ faults: unproven }), digest({ ...zookeeper, faults: strikes(6) })], outage)).toBe(
      "numbers of faults that struck the leader",
    );
  });

  it("takes rates for the same by the furthest two, in whatever order they come", () => {
    const rates = (...all: number[]) => all.map((rate, i) => digest({ system: `s${i}`, rate }));
    expect(placed(rates(500, 480, 520), latency)).toBe("loads");
    expect(placed(rates(500, 490, 510), latency)).toHaveLength(3);
  });

  it("ranks no latency of a load that asks again with that of one that does not", () => {
    const load = { kind: "open", rate: 500, processes: 12, seconds: 20 } as const;
    expect(against({ run: { load: { ...load, retries: 3 } } }, latency)).toBe("loads");
  });

  it("ranks no outage of a run without faults", () => {
    expect(against({ faults: [] }, outage)).toBe("alone");
  });

  it("leaves out whose leader was never struck, if another one's was", () => {
    const follower = [faultAt("follower")];
    expect(against({ faults: follower }, outage)).toBe("alone");
    expect(
      placed([digest({ faults: follower }), digest({ ...zookeeper, faults: follower })], outage),
    ).toEqual(["etcd", "zookeeper"]);
  });

  it("ranks reads only among those that promise the same", () => {
    const read: Figure = { ...latency, kind: "read" };
    expect(against({}, read)).toBe("alone");
    expect(against({ promises: "linearizable" }, read)).toEqual(["zookeeper", "etcd"]);
  });

  it("counts the comparisons of one measure, which decide how many runs are needed", () => {
    const [trial] = trialsOf([digest(), digest(zookeeper)]);
    // Writes at p50 and p99, the longest time without one, processor time; reads have no peer.
    expect(standingsOf(trial?.candidates ?? []).comparisons).toBe(4);
  });
});
