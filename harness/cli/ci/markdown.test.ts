import { describe, expect, it } from "vitest";
import { markdownOf } from "./markdown.ts";
import { hostile, twoRuns } from "./testing/results.ts";

describe("markdownOf() of a command that ended early", () => {
  it("says so first, and keeps the runs that were finished", () => {
    const text = markdownOf(twoRuns("n1 returned an old value"), "no space left on device");
    expect(text).toMatch(
      /^## Assay: 2 runs, ended early.*\n\n\*\*Ended early:\*\* no space left on device\n/,
    );
    expect(text).toContain("n1 returned an old value");
  });
});

describe("markdownOf()", () => {
  const text = markdownOf(twoRuns(hostile));
  const lines = text.split("\n");

  it("says first how it ended, and which thresholds failed", () => {
    expect(lines[0]).toBe("## Assay: 2 runs, invalid, 4 threshold checks failed");
    expect(text.indexOf("`read.p50 > 1us`")).toBeLessThan(text.indexOf("| system |"));
    expect(text).toContain("2 threshold checks passed");
  });

  it("has a row of as many cells as the header for each run", () => {
    const rows = lines.filter((line) => line.startsWith("|"));
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.split(/(?<!\\)\|/).length)).size).toBe(1);
  });

  it("lists what was found, with nothing in it that is markup", () => {
    const found = lines.filter((line) => line.startsWith("- ") && line.includes("script"));
    expect(found.length).toBeGreaterThan(0);
    for (const line of found) {
      expect(line).not.toMatch(/<|(?<!\\)\[|(?<!\\)`|(?<!\\)\*|@/);
      expect(line).not.toContain("\u001b");
      expect(line).toContain("second line");
      expect(line).toContain("漢字");
    }
  });

  it("keeps an entity whole, and mentions nobody", () => {
    expect(markdownOf(twoRuns("@octocat said #1"))).toContain("&#64;octocat said \\#1");
  });

  it("gives no p99 of fewer than 100 operations", () => {
    const result = twoRuns("x");
    const few = {
      ...result,
      runs: result.runs.map((run) => ({
        ...run,
        latency: run.latency.map((one) => ({ ...one, count: 99 })),
      })),
    };
    const cells = markdownOf(few)
      .split("\n")
      .filter((line) => /^\| (etcd|zookeeper|consul|reference)/.test(line));
    expect(cells.length).toBeGreaterThan(0);
    for (const line of cells) expect(line).not.toContain(" ms");
  });

  it("says that a run could not run", () => {
    const result = twoRuns("x");
    const failed = {
      ...result,
      runs: result.runs.map((run) => ({ ...run, error: "n1 never became ready" })),
    };
    expect(markdownOf(failed)).toContain("could not run: n1 never became ready");
  });
});
