import { describe, expect, it } from "vitest";
import { trialsOf } from "./candidates.ts";
import { failovers } from "./failovers.ts";
import { digest, type Facts, strikesOf, threeSystems } from "./testing/digests.ts";

const panel = (...facts: [Facts, Facts, Facts]): string =>
  failovers(trialsOf(threeSystems(facts)).flatMap(({ candidates }) => candidates))?.toString() ?? "";
const rows = (markup: string): string[] => markup.split("<tr").slice(2);
/** 1.01, 1.02, … seconds. */
const strikes = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + (i + 1) / 100);

describe("the failovers of a comparison", () => {
  const kill = (values: readonly number[]): Facts => ({
    failovers: [strikesOf("kill-leader", values)],
    run: { electionTimeoutMs: 500 },
  });

  it("have a table for each kind of fault, with a row for each system that it struck", () => {
    const both = {
      failovers: [strikesOf("kill-leader", strikes(30)), strikesOf("pause-leader", strikes(30))],
    };
    const markup = panel(both, kill(strikes(30)), both);
    const captions = [...markup.matchAll(/<caption>(.*?)<\/caption>/g)].map(([, name]) => name);
    expect(captions).toEqual(["kill-leader", "pause-leader"]);
    const [kills = "", pauses = ""] = markup.split("<table").slice(1);
    expect(rows(kills)).toHaveLength(3);
    expect(rows(pauses)).toHaveLength(2);
  });

  it("say the median, its interval, how many times the election timeout it is, and draw every strike", () => {
    const markup = panel(kill(strikes(30)), {}, {});
    const [row = ""] = rows(markup);
    expect(row).toContain("30 strikes");
    expect(row).toContain("1.15\u202fs");
    expect(row).toContain("1.10\u202fs to 1.21\u202fs");
    expect(row).toContain("2.3×");
    expect(markup.match(/<circle/g)).toHaveLength(30);
  });

  it("pool the runs of a system, and leave out kinds that struck too seldom for an interval", () => {
    const run = (seed: number, count: number) =>
      digest({ seed, failovers: [strikesOf("kill-leader", strikes(count))] });
    const of = (...runs: ReturnType<typeof run>[]) =>
      failovers(trialsOf(runs).flatMap(({ candidates }) => candidates))?.toString();
    expect(of(run(1, 3), run(2, 3))).toContain("6 strikes");
    expect(of(run(1, 5))).toBeUndefined();
  });

  it("mark medians as lower bounds where strikes lasted until they were healed, and say how many did not", () => {
    const partial = (healed: number): Facts => ({
      failovers: [strikesOf("partition-chained", strikes(6, 5), healed)],
    });
    const markup = panel(partial(6), partial(0), partial(1));
    const [all = "", some = "", none = ""] = rows(markup).map((row) => row.split("</tr>")[0] ?? "");
    expect(all).toContain("0 of 6");
    expect(all).toMatch(/≥\u202f5\.0\d\u202fs.*5\.01\u202fs to …/s);
    expect(none).toContain("6 of 6");
    expect(none).not.toContain("≥");
    expect(some).toContain("5 of 6");
    expect(some).toContain("5.01\u202fs to …");
    expect(some).not.toContain("≥");
    expect(markup.match(/dot healed/g)).toHaveLength(7);
  });

  it("draw what never ended at the end of the scale, in a colour of its own, and no number for its median", () => {
    const never = Array.from({ length: 20 }, () => Number.POSITIVE_INFINITY);
    const markup = panel(kill([...strikes(10), ...never]), {}, {});
    expect(markup.match(/dot never/g)).toHaveLength(20);
    expect(markup).toContain("10 of 30 strikes");
  });
});
