import { describe, expect, it } from "vitest";
import { trialsOf } from "./candidates.ts";
import { singleRuns } from "./single-runs.ts";
import { digest, type Facts, zookeeper } from "./testing/digests.ts";

/** Markup for runs of etcd with these p99 of writes (ms), and as many of ZooKeeper. */
function shown(p99s: readonly number[], { ok = 1_000, ...facts }: Facts & { ok?: number } = {}): string {
  const runs = p99s.flatMap((p99, i) => {
    const write = { p50: 2, p99, without: 1, ok };
    return [
      digest({ ...facts, write, seed: i + 1 }),
      digest({ ...zookeeper, ...facts, write: { ...write, ok: 20_000 }, seed: i + 1 }),
    ];
  });
  return String(singleRuns(trialsOf(runs)[0]?.candidates ?? []));
}
const table = (markup: string, caption: string): string =>
  markup.split("<table").find((one) => one.includes(`<caption>${caption}</caption>`)) ?? "";
const headings = (markup: string): string[] =>
  [...markup.matchAll(/<th[^>]*scope="col"[^>]*>(.*?)<\/th>/g)].map(([, words = ""]) => words);
const circles = (markup: string): number => markup.split("<circle").length - 1;

describe("singleRuns()", () => {
  it("is left out where nothing was repeated", () => {
    expect(singleRuns(trialsOf([digest(), digest(zookeeper)])[0]?.candidates ?? [])).toBeUndefined();
  });

  it("has a dot for each run of each system", () => {
    const [etcd = "", zookeeperRow = ""] = table(shown([7, 8, 9]), "all operations")
      .split("<tr")
      .slice(2);
    expect(etcd).toContain("etcd");
    expect(zookeeperRow).toContain("zookeeper");
    // Throughput and processor time.
    for (const row of [etcd, zookeeperRow]) expect(circles(row)).toBe(6);
  });

  it("marks outliers and keeps them, on the scale of all systems", () => {
    const markup = table(shown([8, 8.1, 8.2, 8.3, 8.1, 8.2, 80]), "write");
    const outliers = [...markup.matchAll(/<circle class="outlier" cx="([\d.]+)"/g)].map(([, x]) => x);
    // Two systems, each by response and by service time.
    expect(outliers).toHaveLength(4);
    expect(new Set(outliers).size).toBe(1);
    expect(markup).toContain("1 far from the others");
  });

  it("says the noise floor from six runs on", () => {
    expect(table(shown([7, 8, 9, 7, 8, 9]), "write")).toMatch(/chance ±\d/);
    expect(table(shown([7, 8, 9, 7, 8]), "write")).not.toContain("chance");
  });

  it("has a p99.9 only if every run has 10,000 operations", () => {
    expect(headings(table(shown([7, 8], { ok: 9_999 }), "write"))).not.toContain("p99.9");
    expect(headings(table(shown([7, 8], { ok: 10_000 }), "write"))).toContain("p99.9");
  });

  it("has a dash for a percentile of too few operations", () => {
    const [, etcd = ""] = table(shown([7, 8], { ok: 99 }), "write")
      .split("<tr")
      .slice(1);
    expect(circles(etcd)).toBe(4);
    expect(etcd).toContain("–");
  });
});
