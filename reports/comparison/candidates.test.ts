import { describe, expect, it } from "vitest";
import { trialsOf } from "./candidates.ts";
import { consul, digest, threeSystems, zookeeper } from "./testing/digests.ts";

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
