import { describe, expect, it } from "vitest";
import { renderIndex } from "./index-page.ts";
import { invalidFixture, unknownFixture, validFixture } from "./testing/runs.ts";

const short = { seconds: 3 };
const runs = [
  { run: validFixture(short).run, href: "a/report.html" },
  { run: unknownFixture(short).run, href: "b/report.html" },
  { run: invalidFixture(short).run, href: `c" onclick="alert(1)` },
];

describe("renderIndex()", () => {
  const page = renderIndex(runs);

  it("takes the worst verdict of all runs, and counts them", () => {
    expect(page.match(/<title>([^·]*)/)?.[1]).toBe("Invalid: 3 runs ");
    expect(page.includes("3 runs: 1 invalid, 1 unknown, 1 valid.")).toBe(true);
  });

  it("links each run's report, addresses escaped", () => {
    expect(page.match(/href="a\/report.html"/g)).toHaveLength(2);
    expect(page.includes(' onclick="')).toBe(false);
  });

  it("labels speeds that are not a result", () => {
    expect(page.includes("of an invalid history")).toBe(true);
    expect(page.includes("client-limited")).toBe(true);
    expect(page.includes("planted bug read-without-quorum")).toBe(true);
  });

  it.each([
    [0.9, true],
    [0.99, false],
  ])("says whether a run was overloaded when %d of the offered rate was sent: %s", (share, overloaded) => {
    const { run } = validFixture(short);
    const rate = 1000;
    const load = { kind: "open", rate, processes: 12, seconds: 3 } as const;
    const figures = { "operations per second": share * rate };
    const verdict = { checker: "load", kind: "valid", summary: "sent", anomalies: [], figures } as const;
    const html = renderIndex([{ run: { ...run, load, verdicts: [verdict] }, href: "a/report.html" }]);
    expect(html.includes("overloaded: 900/s of 1,000/s sent")).toBe(overloaded);
    expect(html.includes("overloaded")).toBe(overloaded);
  });

  it("calls it unknown where nothing was run", () => {
    expect(renderIndex([]).match(/<title>([^·]*)/)?.[1]).toBe("Unknown: 0 runs ");
  });
});
