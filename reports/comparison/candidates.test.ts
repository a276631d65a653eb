import { describe, expect, it } from "vitest";
import type { Run } from "../../core/run.ts";
import { loadWords, trialsOf } from "./candidates.ts";
import { consul, digest, threeSystems, zookeeper } from "./testing/digests.ts";

const base = digest().run;

const withWorkers = (workers: number): Run["client"] => ({
  ...base.client,
  workers: Array.from({ length: workers }, () => ({
    sendLagMsP99: 1,
    eventLoopUtilization: 0.1,
    gcMs: 0,
    cpuShare: 0.1,
  })),
});

describe("loadWords()", () => {
  const open = (rate: number) => ({ kind: "open", rate, processes: 12, seconds: 20 }) as const;
  const closed = { kind: "closed", processes: 12, seconds: 20 } as const;
  it.each([
    [[open(500), open(500)], "500/s offered"],
    [[open(230), open(210), open(220)], "210 to 230/s offered"],
    [[closed, closed], "12 clients in a closed loop"],
  ])("%# says %s", (loads, words) => expect(loadWords(loads)).toBe(words));
});

describe("trialsOf()", () => {
  it("puts candidates with reads of one promise next to each other, the strongest first", () => {
    const [trial] = trialsOf([digest(zookeeper), digest(consul), digest()]);
    expect(trial?.candidates.map(({ reads, label }) => [reads, label])).toEqual([
      ["linearizable", "etcd (linearizable)"],
      ["known-limits", "consul (default)"],
      ["session", "zookeeper (local)"],
    ]);
  });

  it("takes runs that differ in their seed as repetitions of one candidate", () => {
    const [trial] = trialsOf([digest({ seed: 1 }), digest({ seed: 2 }), digest(consul)]);
    expect(trial?.candidates.map(({ runs }) => runs.length)).toEqual([2, 1]);
  });

  it("takes the worst verdict of the repetitions", () => {
    const [trial] = trialsOf([digest({ seed: 1 }), digest({ seed: 2, verdict: "invalid" })]);
    expect(trial?.candidates.map(({ verdict }) => verdict)).toEqual(["invalid"]);
  });

  it("compares different workloads, and different options of one, apart", () => {
    const options = (percent: number) => ({
      workloadRun: { keyPrefix: "r", options: { "read-percent": percent } },
    });
    const trials = trialsOf([
      digest({ run: { workload: "set" } }),
      digest({ run: options(50) }),
      digest({ run: options(90) }),
    ]);
    expect(trials.map(({ workload, variant }) => [workload, variant])).toEqual([
      ["set", ""],
      ["register", "read-percent=50"],
      ["register", "read-percent=90"],
    ]);
  });

  it("names what tells two candidates of one system and read mode apart", () => {
    const [trial] = trialsOf([digest({ rate: 100 }), digest({ rate: 200 }), digest({ version: "3.4.23" })]);
    expect(trial?.candidates.map(({ name }) => name)).toEqual([
      "etcd 3.5.16, 100/s offered",
      "etcd 3.5.16, 200/s offered",
      "etcd 3.4.23",
    ]);
    expect(trial?.candidates.map(({ label }) => label)).toEqual([
      "etcd 3.5.16, 100/s offered (linearizable)",
      "etcd 3.5.16, 200/s offered (linearizable)",
      "etcd 3.4.23 (linearizable)",
    ]);
  });

  it.each<[string, Partial<Run>]>([
    ["tmpfs storage", { options: { storage: "tmpfs" } }],
    ["preset tight", { options: { preset: "tight" } }],
    ["node arguments --a --b", { options: { nodeArg: ["--a", "--b"] } }],
    ["2 connections for each worker and node", { connections: 2 }],
    ["6 connections to each node", { connections: 2, client: withWorkers(3) }],
    ["timeout 500 ms", { options: { timeout: 500 } }],
    ["kill of 4 s, 2.50 s apart", { options: { faultSeconds: 4, gapSeconds: 2.5 } }],
    ["60 s of load", { load: { kind: "open", rate: 500, processes: 12, seconds: 60 } }],
  ])("takes a run with %s for another candidate, and names it so", (words, run) => {
    const plain = { ...base, options: {} };
    const [trial] = trialsOf([digest({ run: plain }), digest({ seed: 2, run: { ...plain, ...run } })]);
    expect(trial?.candidates.map(({ runs }) => runs.length)).toEqual([1, 1]);
    expect(trial?.candidates[1]?.name).toBe(`etcd 3.5.16, ${words}`);
  });

  it("takes runs that were calibrated from one rate as repetitions, whatever rates that gave", () => {
    const calibrated = (seed: number, rate: number, askedRate: number) =>
      digest({ seed, rate, run: { calibration: { askedRate, reachedRate: rate * 2 } } });
    const [trial] = trialsOf([
      calibrated(1, 210.5, 500),
      calibrated(2, 215, 500),
      calibrated(3, 300, 300),
      digest({ rate: 500 }),
    ]);
    expect(trial?.candidates.map(({ name, runs }) => [name, runs.length])).toEqual([
      ["etcd 3.5.16, calibrated to at most 500/s", 2],
      ["etcd 3.5.16, calibrated to at most 300/s", 1],
      ["etcd 3.5.16, 500/s offered", 1],
    ]);
  });

  it.each(["calibrated", "in percent"])("tells arrivals and retries of %s rates apart", (how) => {
    const calibration = {
      askedRate: 500,
      reachedRate: 900,
      ...(how === "in percent" && { shares: "50%", kneeRate: 900 }),
    };
    const load = { kind: "open", rate: 450, processes: 12, seconds: 20 } as const;
    const runs = [load, { ...load, retries: 3 }, { ...load, arrivals: "poisson" as const }].map((own, i) =>
      digest({ seed: i, run: { calibration, load: own } }),
    );
    const [trial] = trialsOf(runs);
    expect(trial?.candidates.map(({ name }) => name.replace(/.*?(knee|500\/s)/, ""))).toEqual([
      "",
      ", 3 retries",
      " (Poisson arrivals)",
    ]);
  });

  it("never takes a run with a planted bug as a repetition of one without", () => {
    const [trial] = trialsOf([digest(), digest({ seed: 2, run: { mutant: "forget-vote" } })]);
    expect(trial?.candidates.map(({ name, mutant }) => [name, mutant])).toEqual([
      ["etcd 3.5.16, no planted bug", undefined],
      ["etcd 3.5.16, planted bug forget-vote", "forget-vote"],
    ]);
  });

  it("gives each candidate of a page its own line", () => {
    const [trial] = trialsOf(threeSystems());
    expect(trial?.candidates.map(({ style }) => style)).toEqual([0, 1, 2]);
  });
});
