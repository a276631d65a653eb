import { describe, expect, it } from "vitest";
import { invalidFixture, staleFixture, unknownFixture, validFixture } from "../testing/runs.ts";
import { digestOf, type RunDigest } from "./digest.ts";
import { renderComparison } from "./page.ts";
import { digest, threeSystems, zookeeper } from "./testing/digests.ts";

/** Markup of a section, by its id. */
const section = (page: string, id: string): string =>
  page.split("<section").find((part) => part.includes(`<h2 id="${id}"`)) ?? "";
const rows = (markup: string): string[] => markup.split("<tr").slice(1);

describe("renderComparison()", () => {
  it("shows bytes per key only if a run knows them", () => {
    const [first, ...others] = threeSystems();
    const cost = (memoryPerKey: number) => {
      const grown = first?.cost && { ...first, cost: { ...first.cost, memoryPerKey } };
      return section(renderComparison([...(grown === undefined ? [] : [grown]), ...others]), "cost");
    };
    expect(cost(3_413)).toContain("3.33");
    expect(cost(3_413)).toContain("Memory per key");
    expect(cost(Number.NaN)).not.toContain("Memory per key");
  });

  const page = renderComparison(threeSystems());

  it("says in its title and first heading what it compares, and how it ended", () => {
    expect(page.match(/<title>([^·]*)/)?.[1]).toBe("etcd, zookeeper and consul compared: All 3 are valid ");
    expect(page).toContain('<h1 id="verdict">All 3 are valid</h1>');
  });

  it("has a table for each promise, and never two promises in one", () => {
    const tables = section(page, "side-by-side").split("<table").slice(1);
    expect(tables.map((table) => table.match(/<caption>(.*?)<\/caption>/)?.[1])).toEqual([
      "Linearizable reads",
      "Reads that are up to date, but for a known limit",
      "Reads in session order, which may be stale",
    ]);
    expect(tables.map((table) => rows(table).length - 1)).toEqual([1, 1, 1]);
  });

  it("shows the read mode wherever it names a system", () => {
    for (const id of ["side-by-side", "over-time", "percentiles", "failover", "cost"]) {
      const named = section(page, id).split("zookeeper 3.9.3").slice(1);
      const visible = named.filter((rest) => !/^[^<]*">/.test(rest));
      expect(visible.length, id).toBeGreaterThan(0);
      for (const rest of visible) expect(rest, id).toMatch(/^(<\/a>)? <code>local<\/code>/);
    }
  });

  it("marks the lowest write of all promises, and the lowest read only within one", () => {
    const [etcd = "", consul = "", zookeeper = ""] = rows(section(page, "side-by-side")).filter((row) =>
      row.includes("<code>"),
    );
    expect(etcd.match(/lowest of 3/g)).toHaveLength(5);
    expect(`${etcd}${consul}${zookeeper}`).not.toContain("lowest of 1");
    expect(`${consul}${zookeeper}`).not.toContain("lowest of");
  });

  it("marks what is no result, which is then never the lowest", () => {
    const fast = { write: { p50: 0.1, p99: 0.2, without: 0.01 } };
    for (const [facts, words] of [
      [{ run: { overloaded: true } }, "overloaded"],
      [{ verdict: "invalid" }, "invalid"],
      [{ verdict: "unknown" }, "unknown"],
      [{ run: { mutant: "forget-vote" } }, "planted bug forget-vote"],
    ] as const) {
      const page = renderComparison(threeSystems([{}, { ...fast, ...facts }, {}]));
      for (const id of ["side-by-side", "failover", "cost"]) {
        const row = rows(section(page, id)).find((one) => one.includes("zookeeper")) ?? "";
        expect(row, words).toContain(words);
        expect(row, words).toContain("unfit");
        expect(row, words).not.toContain("lowest of");
      }
      expect(section(page, "side-by-side"), words).toContain("lowest of 2");
    }
  });

  it("compares runs of different workloads apart", () => {
    const page = renderComparison([...threeSystems(), digest({ run: { workload: "set" } })]);
    expect(page).toContain("Workload register</h2>");
    expect(page).toContain("Workload set</h2>");
    expect(page.match(/<h2 id="t1-side-by-side"/g)).toHaveLength(1);
    expect(section(page, "t2-side-by-side")).not.toContain("zookeeper");
  });

  it("says once what may be concluded from the runs of every workload", () => {
    const [hero = ""] = renderComparison([
      ...threeSystems(),
      ...threeSystems().map((one) => ({ ...one, run: { ...one.run, workload: "set" } })),
    ]).split('<div class="toolbar');
    expect(hero.match(/<dt>Promises<\/dt>/g)).toHaveLength(1);
    const [everywhere = "", register] = hero.split("<h3>register</h3>");
    expect(everywhere).toContain("<dt>Promises</dt>");
    expect(register).toBeUndefined();
    const different = renderComparison([...threeSystems(), digest({ run: { workload: "set" } })]);
    expect(different.match(/<dt>Promises<\/dt>/g)).toHaveLength(2);
  });

  it("uses each id once", () => {
    const page = renderComparison([...threeSystems(), digest({ run: { workload: "set" } })]);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("draws all charts of a kind on one scale", () => {
    const axes = (part: string) =>
      [...section(page, part).matchAll(/<svg class="chart".*?<\/svg>/gs)].map(([chart]) =>
        [...chart.matchAll(/text-anchor="end">([^<]*)/g)].map(([, label]) => label).join(" "),
      );
    expect(axes("over-time")).toHaveLength(12);
    expect(new Set(axes("over-time")).size).toBe(1);
    expect(axes("percentiles")).toHaveLength(8);
    expect(new Set(axes("percentiles")).size).toBe(1);
  });

  it("shows median and range of repetitions", () => {
    const page = renderComparison([
      digest({ write: { p50: 2, p99: 8, without: 1 } }),
      digest({ seed: 2, write: { p50: 2, p99: 8, without: 2 } }),
      digest({ seed: 3, write: { p50: 2, p99: 8, without: 4 } }),
      digest(zookeeper),
    ]).replaceAll("\u202f", " ");
    expect(section(page, "failover")).toContain('2.00 s <span class="range">(range 1.00 s to 4.00 s)</span>');
    expect(section(page, "runs").match(/report\.html/g)).toHaveLength(4);
  });

  it("links each run's report, addresses escaped", () => {
    const page = renderComparison([{ ...digest(), href: `c" onclick="alert(1)` }]);
    expect(page.includes(' onclick="')).toBe(false);
    expect(renderComparison(threeSystems())).toContain('href="consul-1/report.html"');
  });

  it("takes runs of all kinds, from overloaded to empty, and stays small", () => {
    const digests: RunDigest[] = [validFixture(), invalidFixture(), staleFixture(), unknownFixture()].map(
      ({ run, history, usage }, i) => ({ ...digestOf(run, history, usage), href: `${i}/report.html` }),
    );
    const { run } = validFixture({ seconds: 3 });
    const empty = {
      ...run,
      verdict: "unknown" as const,
      faults: [],
      latency: [],
      operations: { ok: 0, fail: 0, info: 0 },
    };
    digests.push({ ...digestOf({ ...empty, runtime: "netns" }, [], []), href: "e/report.html" });
    const page = renderComparison(digests);
    expect(page.length).toBeLessThan(500_000);
    const content = page.match(/<main.*<\/main>/s)?.[0] ?? "";
    expect(content.match(/NaN|Infinity|undefined/g)).toBeNull();
    expect(content.includes("client-limited")).toBe(true);
  });

  it("says how stale reads were, and how many known limits were met", () => {
    const { run } = validFixture({ seconds: 3 });
    const figures = { reads: 1_000, "stale reads": 31, "staleness ms worst": 2_000 };
    const verdict = { checker: "staleness", kind: "valid", summary: "x", anomalies: [], figures } as const;
    const page = renderComparison([
      digest(),
      digest({ ...zookeeper, run: { verdicts: [...run.verdicts, verdict] } }),
    ]);
    const row = rows(section(page, "staleness")).find((one) => one.includes("zookeeper")) ?? "";
    expect(row).toContain("3.1%");
    expect(rows(section(page, "staleness")).find((one) => one.includes("etcd"))).toContain("–");
  });
});
