import { describe, expect, it } from "vitest";
import type { Run } from "../../core/run.ts";
import type { Verdict } from "../../core/verdict.ts";
import { type Trial, trialsOf } from "./candidates.ts";
import { conclusionsOf, verdictTitle } from "./conclusions.ts";
import type { RunDigest } from "./digest.ts";
import { standingsOf } from "./standing.ts";
import { consul, digest, faultAt, threeSystems, zookeeper } from "./testing/digests.ts";

const trial = (digests: readonly RunDigest[]): Trial => trialsOf(digests)[0] as Trial;

/** Text by topic. Narrow spaces between numbers and units are plain ones here. */
const concluded = (digests: readonly RunDigest[]): Record<string, string> =>
  Object.fromEntries(
    conclusionsOf(trial(digests), standingsOf(trial(digests).candidates)).map(({ topic, text }) => [
      topic,
      text.replaceAll("\u202f", " "),
    ]),
  );

const verdict = (kind: Verdict["kind"], summary: string, more: Partial<Verdict> = {}): Partial<Run> => ({
  verdicts: [{ checker: "x", kind, summary, anomalies: [], ...more }],
});
const stale = (count: number, worstMs: number) =>
  verdict("valid", "fine", {
    figures: { reads: 1_000, "stale reads": count, "staleness ms worst": worstMs },
  });

describe("promises", () => {
  it("says that all kept them, through how many faults, and that they differ", () => {
    expect(concluded(threeSystems())["Promises"]).toBe(
      "All 3 kept their promises through 3 proven faults. They are not the same promises: etcd (linearizable) promises linearizable reads, consul (default) promises up-to-date reads with a known limit and zookeeper (local) promises reads in session order.",
    );
  });

  it("says nothing about different promises if they are the same", () => {
    const runs = [digest(), digest({ system: "reference", faults: [] })];
    expect(concluded(runs)["Promises"]).toBe("Both kept their promises through 1 proven fault.");
  });

  it("names an invalid system first, with what was found", () => {
    const runs = threeSystems([{}, { verdict: "invalid", run: verdict("invalid", "n2 lost write 41") }, {}]);
    expect(concluded(runs)["Promises"]).toMatch(
      /^zookeeper \(local\) broke its promise: n2 lost write 41\. etcd \(linearizable\) and consul \(default\) kept their promises/,
    );
  });

  it("says that nothing was decided, and why", () => {
    const runs = [
      digest(),
      digest({ ...consul, verdict: "unknown", run: verdict("unknown", "fault 2 had no effect") }),
    ];
    expect(concluded(runs)["Promises"]).toBe(
      "Nothing was decided about consul (default): fault 2 had no effect. etcd (linearizable) kept its promises through 1 proven fault.",
    );
  });

  it("says that a run ended early, rather than that nothing was checked", () => {
    const killed = digest({ ...consul, verdict: "unknown", run: { ended: "interrupted by Ctrl-C" } });
    expect(concluded([digest(), killed])["Promises"]).toContain(
      "Nothing was decided about consul (default): a run ended early (interrupted by Ctrl-C).",
    );
  });

  it("takes no system that was broken on purpose for a candidate", () => {
    const bug = digest({ system: "reference", verdict: "invalid", run: { mutant: "forget-vote" } });
    expect(concluded([digest(), bug])["Promises"]).toBe(
      "etcd (linearizable) kept its promises through 1 proven fault. reference (linearizable) was broken on purpose (forget-vote): it is not a candidate.",
    );
  });
});

describe("stale reads", () => {
  it("gives share and worst of each system that had any", () => {
    expect(
      concluded(threeSystems([{}, { run: stale(31, 2_000) }, { run: stale(0, 0) }]))["Stale reads"],
    ).toBe("3.1% of the reads of zookeeper (local) were stale, by up to 2 s.");
  });

  it("says that none was seen where they are allowed", () => {
    expect(concluded([digest(), digest({ ...zookeeper, run: stale(0, 0) })])["Stale reads"]).toBe(
      "None was seen, though zookeeper (local) allows them.",
    );
  });

  it("does not say that none was seen where nobody looked", () => {
    expect(concluded([digest(), digest(zookeeper)])).not.toHaveProperty("Stale reads");
  });

  it("names the known limit that was met", () => {
    const limit = { name: "deposed leader", node: "n1", at: 1, boundMs: 2_000, sentence: "" } as never;
    const found = verdict("valid", "fine", {
      anomalies: [{ kind: "stale-read", summary: "", known: true, limit }],
    });
    expect(concluded([digest(), digest({ ...consul, run: found })])["Stale reads"]).toBe(
      "consul (default) returned stale reads, within its known limit of a deposed leader.",
    );
  });
});

describe("longest without a success", () => {
  it("orders writes of all systems, whatever their reads promise", () => {
    expect(concluded(threeSystems())["Longest without a write"]).toBe(
      "etcd (linearizable) is lowest with 1.00 s, then zookeeper (local) 3.00 s and consul (default) 5.00 s.",
    );
  });

  it("orders reads only among the same promise", () => {
    expect(concluded(threeSystems())).not.toHaveProperty("Longest without a read");
    const other = digest({ system: "reference", read: { p50: 1, p99: 2, without: 2 } });
    expect(concluded([...threeSystems(), other])["Longest without a read"]).toBe(
      "etcd (linearizable) is lowest with 500 ms, then reference (linearizable) 2.00 s.",
    );
  });

  it("calls small differences too close to call", () => {
    const near = { write: { p50: 3, p99: 20, without: 1.1 } };
    expect(concluded(threeSystems([{}, near, {}]))["Longest without a write"]).toBe(
      "etcd (linearizable) 1.00 s and zookeeper (local) 1.10 s are too close to call, then consul (default) 5.00 s.",
    );
  });

  it("says nothing without faults", () => {
    const calm = { faults: [] };
    expect(concluded(threeSystems([calm, calm, calm]))["Longest without a write"]).toBe(
      "No fault was injected, so nothing is said about failover.",
    );
  });

  it("says whose leader was never struck", () => {
    const spared = { faults: [faultAt("follower")] };
    expect(concluded(threeSystems([{}, {}, spared]))["Longest without a write"]).toBe(
      "etcd (linearizable) is lowest with 1.00 s, then zookeeper (local) 3.00 s. Left out, because its leader was not struck in every run: consul (default), never struck.",
    );
  });

  it("says in how many runs the leader was struck, if not in all", () => {
    const sometimes = [1, 2, 3].map((seed) =>
      digest({ ...consul, seed, ...(seed === 3 && { faults: [faultAt("follower")] }) }),
    );
    const others = [1, 2, 3].flatMap((seed) => [digest({ seed }), digest({ ...zookeeper, seed })]);
    expect(concluded([...others, ...sometimes])["Longest without a write"]).toContain(
      "not struck in every run: consul (default), struck in 2 of 3 runs.",
    );
  });

  it("does not order what had different faults", () => {
    const runs = [digest(), digest({ ...consul, run: { nemeses: ["pause"] } })];
    expect(concluded(runs)["Longest without a write"]).toBe(
      "Not ranked, because of different faults: etcd (linearizable) kill and consul (default) pause.",
    );
  });
});

describe("latency", () => {
  it("orders writes of all systems at both percentiles", () => {
    expect(concluded(threeSystems())["Write latency"]).toBe(
      "Response time while healthy. p50: etcd (linearizable) is lowest with 2.00 ms, then zookeeper (local) 3.00 ms and consul (default) 6.00 ms. p99: etcd (linearizable) is lowest with 8.00 ms, then zookeeper (local) 20.0 ms and consul (default) 60.0 ms.",
    );
  });

  it("never orders reads of different promises, and says so", () => {
    expect(concluded(threeSystems())["Read latency"]).toBe(
      "etcd (linearizable), consul (default) and zookeeper (local) rank nowhere: no other system here makes the same promise to readers.",
    );
  });

  it("orders reads of the same promise", () => {
    const other = digest({ system: "reference", read: { p50: 3, p99: 4.2, without: 2 } });
    expect(concluded([digest(), other])["Read latency"]).toBe(
      "Response time while healthy. p50: etcd (linearizable) is lowest with 1.00 ms, then reference (linearizable) 3.00 ms. p99: etcd (linearizable) 4.00 ms and reference (linearizable) 4.20 ms are too close to call.",
    );
  });

  it("does not order what was offered different rates, and says what to do", () => {
    expect(concluded(threeSystems([{}, { rate: 82 }, {}]))["Write latency"]).toBe(
      "Not ranked, because of different loads: etcd (linearizable) 500/s offered, consul (default) 500/s offered and zookeeper (local) 82/s offered. To compare, run all with --rate 82.",
    );
  });
});

describe("what is not ranked", () => {
  it("names an overloaded run and why, and leaves it out of every order", () => {
    const text = concluded(threeSystems([{}, {}, { run: { overloaded: true } }]));
    expect(text["Not ranked"]).toBe(
      "consul (default) was overloaded: more was requested than the healthy cluster could take (500/s sent), so latencies are those of a queue. Run again at a lower rate or on an idle machine.",
    );
    expect(`${text["Write latency"]} ${text["Longest without a write"]}`).not.toContain("consul");
  });

  it("says if that is all of them", () => {
    const over = { run: { overloaded: true } };
    const text = concluded(threeSystems([over, over, over]));
    expect(text["Not ranked"]).toMatch(/^Nothing here can be ranked\. /);
    expect(Object.keys(text)).toEqual(["Promises", "Not ranked"]);
  });

  it("gives no advice where a sweep overloads on purpose", () => {
    const parts = [100, 200, 400].map((rate) => ({ from: rate, to: rate }));
    const load = { kind: "open", rate: 500, processes: 12, seconds: 20, parts } as const;
    const swept = { run: { overloaded: true, load } };
    expect(concluded(threeSystems([swept, swept, swept]))["Not ranked"]).toBe(
      "A sweep overloads a cluster on purpose, and its latencies are those of many rates: each rate is judged by itself.",
    );
  });

  it("leaves out an invalid system, too", () => {
    const text = concluded(threeSystems([{}, { verdict: "invalid" }, {}]));
    expect(`${text["Write latency"]} ${text["Longest without a write"]}`).not.toContain("zookeeper");
  });
});

describe("what was tried differently", () => {
  it("says how often leaders were struck, where that forbids an order of outages", () => {
    const often = Array.from({ length: 4 }, () => faultAt("leader"));
    expect(concluded([digest(), digest({ ...zookeeper, faults: often })])["Longest without a write"]).toBe(
      "Not ranked, because of different numbers of faults that struck the leader: etcd (linearizable) 1 a run and zookeeper (local) 4 a run.",
    );
  });

  it("says which settings differ, where that forbids any order", () => {
    const tight = digest({ ...zookeeper, run: { options: { ...digest().run.options, preset: "tight" } } });
    expect(concluded([digest(), tight])["Write latency"]).toBe(
      "Not ranked, because of different presets: etcd (linearizable) no preset and zookeeper (local) preset tight.",
    );
  });

  it("gives the range of the rates that calibrations chose", () => {
    const calibrated = (seed: number, rate: number) =>
      digest({ seed, rate, run: { calibration: { askedRate: 500, reachedRate: 2 * rate } } });
    const runs = [calibrated(1, 200), calibrated(2, 220), digest(zookeeper)];
    expect(concluded(runs)["Write latency"]).toContain("etcd (linearizable) 200 to 220/s offered");
  });
});

describe("how sure it is", () => {
  it("calls one run of each indicative, and says how many would do", () => {
    expect(concluded(threeSystems())["How sure"]).toBe(
      "One run each: the order is indicative. 6 runs each, with different seeds, would show which differences last: add --repeat 6.",
    );
  });

  it("says what counts if there are enough runs for the test", () => {
    const six = [1, 2, 3, 4, 5, 6].flatMap((seed) => [digest({ seed }), digest({ ...zookeeper, seed })]);
    expect(concluded(six)["How sure"]).toBe(
      "6 runs each. A difference counts if it is at least 5% and a Mann–Whitney test of the runs finds it, corrected for all 4 comparisons here (5% level).",
    );
  });

  it("calls repetitions with one seed indicative, however many", () => {
    const six = Array.from({ length: 6 }, (_, i) => [digest(), digest({ ...zookeeper, seed: i })]).flat();
    expect(concluded(six)["How sure"]).toMatch(
      /^6 runs each, those of etcd \(linearizable\) with one seed: the order is indicative\./,
    );
  });

  it("says how many, if some were run more often", () => {
    expect(concluded([digest(), digest({ seed: 2 }), digest(zookeeper)])["How sure"]).toMatch(
      /^1 to 2 runs each: the order is indicative/,
    );
  });

  it("says nothing where nothing was ordered", () => {
    expect(concluded([digest()])).not.toHaveProperty("How sure");
  });
});

describe("verdictTitle()", () => {
  it.each([
    [threeSystems(), "All 3 are valid"],
    [[digest(), digest(consul)], "Both are valid"],
    [[digest()], "etcd 3.5.16 is valid"],
    [threeSystems([{}, { verdict: "invalid" }, { verdict: "unknown" }]), "zookeeper 3.9.3 is invalid"],
    [threeSystems([{}, { verdict: "unknown" }, {}]), "zookeeper 3.9.3 is undecided"],
    [threeSystems([{ verdict: "invalid" }, { verdict: "invalid" }, {}]), "2 of 3 are invalid"],
    [[digest({ run: { mutant: "forget-vote" } })], "Nothing to compare"],
  ])("%# is %s", (digests, title) => expect(verdictTitle(trial(digests).candidates)).toBe(title));
});
