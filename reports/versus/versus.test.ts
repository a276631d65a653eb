import { describe, expect, it } from "vitest";
import type { RunDigest } from "../comparison/digest.ts";
import { digest, type Facts, zookeeper } from "../comparison/testing/digests.ts";
import { orderWarning } from "./order.ts";
import { renderVersus, titleOf } from "./page.ts";
import { powerSentence, withPower } from "./power.ts";
import { changeWords, type Judged, summaryOf, versus } from "./versus.ts";

/** Ten runs whose latencies scatter by 5%, times `factor`. */
const side = (factor = 1, facts: Facts = {}): RunDigest[] =>
  Array.from({ length: 10 }, (_, i) => {
    const own = factor * (1 + 0.01 * ((i * 7) % 10) - 0.05);
    return digest({
      seed: i,
      write: { p50: 2 * own, p99: 8 * own, without: 1 },
      read: { p50: own, p99: 4 * own, without: 0.5 },
      ...facts,
    });
  });
const one = (a: readonly RunDigest[], b: readonly RunDigest[]): Judged => versus(a, b)[0] as Judged;
const words = ({ cells }: Judged) =>
  Object.fromEntries(cells.map(({ quantity, word }) => [quantity.name, word]));
const whys = ({ cells }: Judged) =>
  Object.fromEntries(cells.map(({ quantity, why }) => [quantity.name, why]));

const same = one(side(), side());
const slower = one(side(), side(1.2));

describe("versus()", () => {
  it("finds nothing between two sides of the same", () => {
    const judged = same;
    expect(new Set(Object.values(words(judged)))).toEqual(new Set(["not distinguishable"]));
    expect(summaryOf(judged)).toBe("Not distinguishable in all 11 figures.");
    expect(titleOf([judged])).toBe("Not distinguishable");
  });

  it("says slower and faster, by operation and percentile, with the change", () => {
    expect(words(slower)).toMatchObject({
      "write p99": "slower",
      "read p50": "slower",
      "ok per second": "not distinguishable",
    });
    expect(slower.cells[0]?.ratio?.value).toBeCloseTo(1.2, 6);
    expect(summaryOf(slower)).toMatch(
      /^B is slower in read p50 \(\+20%\), read p90 \(\+20%\).* The other 5 figures are not distinguishable\.$/,
    );
    expect(words(one(side(1.2), side()))).toMatchObject({ "write p99": "faster" });
  });

  it("says that more operations per second are faster", () => {
    const busy = side().map((run) => ({ ...run, okPerSecond: run.okPerSecond * 1.3 }));
    expect(words(one(side(), busy))["ok per second"]).toBe("faster");
    expect(words(one(busy, side()))["ok per second"]).toBe("slower");
  });

  it("says shorter and longer of outages, lower and higher of costs", () => {
    const short = side(1, { write: { p50: 2, p99: 8, without: 0.3 }, cpuMsPerThousand: 500 });
    const judged = words(one(side(), short));
    expect(judged["longest without a write"]).toBe("shorter");
    expect(judged["processor time per 1,000 ok"]).toBe("lower");
  });

  it("calls few runs indicative", () => {
    const judged = one(side().slice(0, 3), side(2).slice(0, 3));
    expect(judged.cells[0]).toMatchObject({ word: "slower", difference: { isFirm: false } });
    expect(summaryOf(judged)).toContain("indicative only");
  });

  it("calls runs of one seed indicative, however many", () => {
    const judged = one(side(), side(1.2, { seed: 3 }));
    expect(judged.cells[0]?.difference?.isFirm).toBe(false);
  });

  it("has p99.9 only of at least 10,000 operations in every run", () => {
    expect(words(same)).not.toHaveProperty(["write p99.9"]);
    const many = { write: { p50: 2, p99: 8, without: 1, ok: 10_000 } };
    expect(words(one(side(1, many), side(1, many)))).toHaveProperty(["write p99.9"], "not distinguishable");
    expect(whys(one(side(1, many), side()))["write p99.9"]).toBe("too few operations in B");
  });

  it("points out outliers, and counts them", () => {
    const runs = side();
    runs[4] = digest({ seed: 4, write: { p50: 30, p99: 100, without: 1 } });
    const cell = one(runs, side()).cells.find(({ quantity }) => quantity.name === "write p50");
    expect(cell?.a.outliers).toEqual([4]);
    expect(cell?.a.values).toHaveLength(10);
  });

  it("gives the chance of each side's own runs", () => {
    const { a } = same.cells[0] as Judged["cells"][number];
    expect(a.noise).toBeGreaterThan(0);
    expect(a.noise).toBeLessThan(0.1);
  });

  it("names every condition that differs, and compares no latency at different loads", () => {
    const judged = one(
      side(),
      side(1.2, { version: "3.4.23", rate: 400, run: { options: { nodeArg: ["--quota", "1"] } } }),
    );
    expect(judged.differing.map(({ condition, a, b }) => [condition, a, b])).toEqual([
      ["versions", "3.5.16", "3.4.23"],
      ["node arguments", "no node arguments", "node arguments --quota 1"],
      ["loads", "500/s offered", "400/s offered"],
    ]);
    expect(whys(judged)).toMatchObject({
      "write p99": "different loads",
      "ok per second": "different loads",
    });
    expect(words(judged)["longest without a write"]).toBe("not distinguishable");
  });

  it("compares no outages under different faults, but latency while healthy", () => {
    const judged = one(side(), side(1.2, { run: { nemeses: ["pause"] } }));
    expect(whys(judged)["longest without a write"]).toBe("different faults");
    expect(words(judged)["write p50"]).toBe("slower");
  });

  it("compares nothing that is invalid, undecided or client-limited, and says how many runs", () => {
    const runs = side();
    runs[2] = digest({ seed: 2, verdict: "invalid" });
    expect(summaryOf(one(runs, side()))).toBe("Nothing can be compared: A is invalid in 1 of 10 runs.");
    expect(summaryOf(one(side(), side(1, { run: { overloaded: true } })))).toBe(
      "Nothing can be compared: B was overloaded.",
    );
  });

  it("compares a side of which less than half of the runs were client-limited, and nothing of another", () => {
    const { client } = digest().run;
    const limited = { run: { client: { ...client, limited: "it was busy" } } };
    const withLimited = (runs: number) =>
      side().map((own, i) => (i < runs ? digest({ seed: own.run.seed, ...limited }) : own));
    expect(words(one(withLimited(4), side(1.2)))["write p50"]).toBe("slower");
    expect(summaryOf(one(withLimited(5), side(1.2)))).toBe(
      "Nothing can be compared: A was client-limited in 5 of 10 runs.",
    );
  });

  it("pairs each workload, system and read mode with its own", () => {
    const set = (facts: Facts = {}) => digest({ ...facts, run: { workload: "set" } });
    const pairs = versus([...side(), set()], [set(), ...side()]);
    expect(pairs.map(({ workload }) => workload)).toEqual(["register", "set"]);
    const both = (version: string) => [digest({ version }), digest({ ...zookeeper, version })];
    const mixed = versus(both("1"), both("2"));
    expect(mixed.map(({ a, b }) => [a.name, b.name])).toEqual([
      ["etcd 1", "etcd 2"],
      ["zookeeper 1", "zookeeper 2"],
    ]);
  });

  it("compares two systems, if each side has one", () => {
    expect(versus([digest()], [digest(zookeeper)])[0]?.differing[0]).toMatchObject({
      condition: "systems",
      a: "etcd",
      b: "zookeeper",
    });
  });

  it.each([
    [
      "on one side only",
      [digest(), digest({ run: { workload: "set" } })],
      [digest()],
      /set is on side A only/,
    ],
    [
      "on the other side only",
      [digest()],
      [digest(), digest({ run: { workload: "set" } })],
      /set is on side B only/,
    ],
    [
      "ambiguous",
      [digest(), digest({ rate: 400 })],
      [digest()],
      /A has 2 configurations of etcd \(linearizable\) with workload register/,
    ],
  ])("refuses what is %s", (_, a, b, message) => expect(() => versus(a, b)).toThrow(message));
});

describe("the order of the runs", () => {
  const madeAt = (hours: readonly number[], version: string) =>
    hours.map((hour, seed) =>
      digest({ seed, version, run: { startedAt: new Date(Date.UTC(2026, 0, 1, hour)).toISOString() } }),
    );
  const warning = (a: readonly number[], b: readonly number[]) =>
    orderWarning(one(madeAt(a, "1"), madeAt(b, "2")));

  it("is a warning if all of one side came before all of the other, with the way out", () => {
    expect(warning([1, 2, 3], [4, 5, 6])).toMatch(/^All runs of A were made before all of B: .* in turn, /);
    expect(warning([9, 8, 7], [4, 6, 5])).toMatch(/^All runs of B were made before all of A: /);
  });

  it("is none if they were made in turn, at once, or are too few to tell", () => {
    expect(warning([1, 3, 5], [2, 4, 6])).toBeUndefined();
    expect(warning([1, 2, 4], [3, 5, 6])).toBeUndefined();
    expect(warning([1, 1, 1], [1, 1, 1])).toBeUndefined();
    expect(warning([1, 2], [3, 4, 5])).toBeUndefined();
    const undated = [1, 2, 3].map((seed) => digest({ seed, run: { startedAt: "" } }));
    expect(orderWarning(one(undated, madeAt([1, 2, 3], "2")))).toBeUndefined();
  });

  it("is on the page", () =>
    expect(renderVersus([one(madeAt([1, 2, 3], "1"), madeAt([4, 5, 6], "2"))])).toContain(
      "Order of the runs",
    ));
});

describe("the power of a comparison", () => {
  /** The same runs with other seeds, so that those of a seed differ. */
  const mixed = (runs: readonly RunDigest[]) =>
    runs.map((run, i) => ({ ...run, run: { ...run.run, seed: (i + 3) % runs.length } }));
  const [powered] = withPower([one(side(), mixed(side()))]);
  const found = (name: string) => powered?.cells.find(({ quantity }) => quantity.name === name)?.leastFound;

  it("is the least change for the worse that would be found, figure by figure", () => {
    expect(found("write p99")).toBeGreaterThan(1.04);
    expect(found("write p99")).toBeLessThan(1.3);
    expect(found("ok per second")).toBeLessThan(1);
    expect(powered && powerSentence(powered)).toMatch(
      /4 of 5 comparisons would find a change for the worse from \+\d+% in (read|write) p\d+ to \+\d+% in /,
    );
  });

  it("finds less of what scatters more", () => {
    const wild = side().map((run, i) => {
      const { read } = run.operations;
      if (read === undefined) return run;
      const p50 = read.response.p50 * (1 + 0.08 * ((i * 3) % 10));
      const operations = { ...run.operations, read: { ...read, response: { ...read.response, p50 } } };
      return { ...run, operations };
    });
    const [judged] = withPower([one(wild, mixed(wild))]);
    const of = (name: string) =>
      judged?.cells.find(({ quantity }) => quantity.name === name)?.leastFound ?? 0;
    expect(of("read p50")).toBeGreaterThan(of("read p99") * 1.05);
  });

  it("is none of too few runs, of one seed, and of what is not compared", () => {
    const few = one(side().slice(0, 3), side().slice(0, 3));
    expect(withPower([few])[0]?.cells.some(({ leastFound }) => leastFound !== undefined)).toBe(false);
    expect(powerSentence(few)).toContain("not even the largest slowdown");
    expect(powerSentence(one(side(), side(1, { seed: 3 })))).toContain("one seed");
    expect(powerSentence(one(side(), side(1, { run: { overloaded: true } })))).toBeUndefined();
  });

  it("is on the page, with how it was found", () => {
    const content = powered === undefined ? "" : renderVersus([powered]);
    expect(content).toContain("<dt>Power</dt>");
    expect(content).toMatch(/power \+\d+%/);
    expect(content).toContain("drawn again and again from their own runs");
  });
});

describe("changeWords()", () => {
  it.each([
    [1.21, "+21%"],
    [0.97, "−3%"],
    [1.001, "±0%"],
    [4.2, "×4.2"],
    [Number.NaN, "–"],
  ])("of %d are %s", (ratio, expected) => expect(changeWords(ratio)).toBe(expected));
});

describe("renderVersus()", () => {
  const page = renderVersus(versus(side(), side(1.2, { version: "3.4.23" })));
  const content = page.match(/<main.*<\/main>/s)?.[0] ?? "";

  it("says in its title and first heading what it found", () => {
    expect(page).toMatch(/<title>etcd 3.5.16 against etcd 3.4.23: B is slower in 6 of 11 figures /);
    expect(content).toContain('<h1 id="verdict">B is slower in 6 of 11 figures</h1>');
    expect(content).toContain("Different versions");
  });

  it("draws a dot for each run, and no number that is none", () => {
    const [strip = ""] = content.match(/<svg class="strip".*?<\/svg>/s) ?? [];
    expect(strip.match(/<circle/g)).toHaveLength(20);
    expect(content.match(/NaN|Infinity|undefined/g)).toBeNull();
  });

  it("uses each id once, with several workloads, too", () => {
    const set = digest({ run: { workload: "set" } });
    const many = renderVersus(versus([digest(), set], [digest(), set]));
    const ids = [...many.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(many).toContain("Workload set</h2>");
  });

  it("escapes names", () => {
    const hostile = { version: '"><script>alert(1)</script>' };
    expect(renderVersus(versus([digest(hostile)], [digest()]))).not.toContain("<script>alert");
  });
});
