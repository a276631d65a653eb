/** What a report says about speed, faults and the load, and how it counts. */
import { describe, expect, it } from "vitest";
import type { NodeId } from "../core/op.ts";
import { nanos } from "../core/time.ts";
import type { Anomaly, Lane, Verdict } from "../core/verdict.ts";
import { renderReport } from "./report.ts";
import { blanks, dataOf, render, textOf } from "./testing/page.ts";
import { invalidFixture, staleFixture, unknownFixture, validFixture } from "./testing/runs.ts";

describe("the figures of a report", () => {
  const page = render(validFixture({ seconds: 12 }));
  const text = textOf(page);

  it("puts numbers next to the verdict, then charts, and the checkers' rows after them", () => {
    const order = ["Valid", "Response", ", healthy", "Longest without a write", "Longest without a read"];
    const places = [...order, "The run over time", "Latency by percentile", "What was checked"].map((words) =>
      text.indexOf(words),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(text).toMatch(/, healthy\s+p50 [\d.]+\s[µm]s .*?p99 [\d.]+\s[µm]s/);
    expect(text).toMatch(/under faults\s+p99 [\d.]+\sm?s/);
    expect(text).toMatch(/Longest without a write [\d.]+\sm?s\s+from [\d.]+\ss\s*, during F\d/);
  });

  it("gives figures by both measures, for the page to choose from", () => {
    const of = (measure: string) => page.match(new RegExp(`class="by-${measure}"`, "g"))?.length ?? 0;
    expect(of("response")).toBeGreaterThan(50);
    expect(of("service")).toBe(of("response"));
    expect(page).toContain('<tr class="of-service">');
  });

  it("says of each fault who was hit, and how soon clients were served again", () => {
    expect(text).toMatch(/F1 partition isolate leader n1 leader n1 2\.00 s/);
    expect(text).toMatch(/Fault Leader known First ok write read Healthy again/);
    expect(text).toMatch(/p50 before during after p99 before during after ok\/s before during after/);
  });

  it("says of how much time the healthy figures are", () => {
    expect(text).toMatch(/healthy\s+p50 .*? [\d.]+\ss of [\d.]+\ss: outside faults and the 3 s after each/);
  });

  it("says in how long steps percentiles are, and of how many operations", () => {
    expect(text).toMatch(/in steps of 100\sms, up to 1\ss where there are few: p99 of at least 100/);
  });

  it("says that a point opens the history of its key, by keyboard too", () => {
    expect(text).toContain("Click a point to see what happened around it on its key.");
    expect(text).toContain("Enter opens the history of the nearest point’s key");
  });
});

describe("a report", () => {
  it("draws network and fsyncs over time where they were sampled, and no empty chart", () => {
    const { run, history, usage } = validFixture({ seconds: 3 });
    const drawn = (samples: typeof usage) =>
      [...renderReport(run, history, samples).matchAll(/data-measure="(\w+)"><svg.*?<\/svg>/gs)].map(
        ([chart, measure]) => [measure, chart.match(/<path class="line node-/g)?.length],
      );
    expect(drawn(usage)).toEqual([
      ["processors", 3],
      ["memory", 3],
      ["disk", 3],
    ]);
    const more = usage.map((sample) => ({
      ...sample,
      writtenBytes: Math.round(sample.time / 1e3),
      networkBytes: Math.round(sample.time / 1e4),
      ...(sample.node !== "n3" && { syncs: Math.round(sample.time / 1e7) }),
    }));
    expect(drawn(more).slice(3)).toEqual([
      ["writes", 3],
      ["network", 3],
      ["fsyncs", 3],
    ]);
    expect(blanks(renderReport(run, history, more))).toEqual([]);
  });

  it("marks the speed of an overloaded run everywhere alike, and has no tick for it", () => {
    const { run, history, usage } = validFixture({ seconds: 3 });
    const sent = {
      checker: "load",
      kind: "valid" as const,
      summary: "overloaded: 500 operations/s requested, 430.0 sent",
      anomalies: [],
      figures: { "operations per second": 430 },
    };
    const page = (overloaded: boolean) =>
      renderReport({ ...run, overloaded, verdicts: [...run.verdicts, sent] }, history, usage);
    const text = textOf(page(true));
    expect(text.match(/overloaded: 430\/s of 500\/s sent/g)).toHaveLength(4);
    expect(text).toContain("Overloaded More was requested than the healthy cluster could take");
    expect(text).toMatch(/Load Overloaded Overloaded: 500/);
    expect(text).not.toMatch(/Load Valid/);
    expect(text).toContain("outside faults and the 3 s after each");
    const fine = textOf(page(false));
    expect(fine).not.toContain("430/s of 500/s");
    expect(fine).toMatch(/Load Valid/);
  });

  it("has no tick for the speed of a client-limited run", () => {
    const { run, history, usage } = unknownFixture({ seconds: 3 });
    const load = { checker: "load", kind: "valid" as const, summary: "500 operations/s sent", anomalies: [] };
    const text = textOf(renderReport({ ...run, verdicts: [...run.verdicts, load] }, history, usage));
    expect(text).toMatch(/Load Client-limited 500 operations\/s sent/);
    expect(text).toContain("client-limited");
  });

  it("counts only the load's operations in rates, and says what others did", () => {
    const { run, history, usage } = validFixture({ seconds: 3 });
    const loadClients = { stride: 12, processes: 9 };
    const fixture = { run: { ...run, loadClients }, history, usage };
    const { timeline, points } = dataOf(render(fixture));
    const counted =
      timeline.series.response.rates.ok.reduce((a, b) => a + b, 0) * timeline.series.bucketSeconds;
    expect(counted).toBeLessThan(run.operations.ok * 0.85);
    expect(points.total).toBe(1_500);
    expect(textOf(render(fixture))).toMatch(
      /Only the load is counted here, and not \d+ read, \d+ (write|cas) and \d+ (write|cas) operations, which standing clients sent/,
    );
  });

  it("draws the lag of watches as a curve of each node, on one scale", () => {
    const { run, history, usage } = validFixture({ seconds: 3 });
    const steps = (worstMs: number) =>
      [0, 1, 4].map((i) => ({ at: nanos(i * 1e8), count: 9, p50Ms: -2, worstMs }));
    const delivery: Verdict = {
      checker: "watch-delivery",
      kind: "valid",
      summary: "all changes arrived",
      anomalies: [],
      lanes: [],
      curves: [
        { label: "watch lag", node: "n1" as NodeId, step: nanos(1e8), steps: steps(40) },
        { label: "watch lag", node: "n2" as NodeId, step: nanos(1e8), steps: steps(4_000) },
      ],
    };
    const page = renderReport({ ...run, verdicts: [...run.verdicts, delivery] }, history, usage);
    expect(textOf(page)).toMatch(/Watch lag of each node\s+median\s+worst\s+in steps of 100\sms/);
    for (const node of ["n1", "n2"])
      expect(page).toContain(`data-plot="curve" data-checker="watch-delivery" data-node="${node}"`);
    const axes = [...page.matchAll(/id="watch-delivery-curve-\d".*?<\/svg>/gs)].map(([chart]) => [
      ...chart.matchAll(/text-anchor="end">([\d.]+\s(?:ms|s))</g),
    ]);
    expect(axes[0]?.map(([, label]) => label)).toEqual(axes[1]?.map(([, label]) => label));
    expect(axes[0]?.map(([, label]) => label)).toContain("1\u202fs");
    expect(dataOf(page).timeline.curves.map(({ node }) => node)).toEqual(["n1", "n2"]);
  });

  it("lists the worst of hundreds of faults and all of them as text, in a bounded number of elements", () => {
    const page = render(staleFixture({ seconds: 1_200, rate: 10 }));
    expect(textOf(page)).toContain("The 12 with the longest outages");
    expect(textOf(page)).toMatch(/All 226 faults Fault\s+kind/);
    expect(page.match(/<[a-z]/g)?.length).toBeLessThan(5_000);
    expect(page.length).toBeLessThan(2_000_000);
  }, 120_000);

  it("has a column of lost writes, with a dash where nobody looked and a link where some were", () => {
    const { run, history, usage } = validFixture({ seconds: 12 });
    const [fault] = run.faults;
    const lane: Lane = {
      label: "lost writes",
      from: fault?.from ?? nanos(0),
      to: fault?.to ?? nanos(0),
      text: "3 of k1, revision 7",
      colour: "wrong",
    };
    const revisions = (lost: number): Verdict => ({
      checker: "revisions",
      kind: lost > 0 ? "invalid" : "valid",
      summary: "the write of 3 to k1 is lost",
      anomalies: lost > 0 ? [{ kind: "lost-write", summary: "the write of 3 to k1 is lost" }] : [],
      figures: { "lost writes": lost },
      ...(lost > 0 && { lanes: [lane] }),
    });
    const page = (verdicts: Verdict[]) =>
      renderReport({ ...run, verdicts: [...run.verdicts, ...verdicts] }, history, usage);
    const found = page([revisions(1)]);
    expect(found).toContain('<a class="caveat" href="#anomalies">1</a>');
    expect(textOf(found)).toContain("Writes lost: acknowledged, but missing from a later state.");
    expect(textOf(found)).toMatch(/Without writes reads any Writes lost unknown failed/);
    expect(page([revisions(0)])).not.toContain('class="caveat" href="#anomalies"');
    expect(textOf(page([]))).toContain("Writes lost: no checker of this run looked for them.");
  });

  it("counts operations that were never answered as unknown, though the run's own counts lack them", () => {
    const { run, history, usage } = validFixture({ seconds: 3 });
    const cut = history.slice(0, Math.floor(history.length / 2));
    const sum = (page: string) => {
      const [, all, ...parts] =
        /Operations ([\d,]+)\s+ok ([\d,]+) fail ([\d,]+) unknown ([\d,]+)/.exec(textOf(page)) ?? [];
      const [total, ...each] = [all, ...parts].map((words) => Number(words?.replaceAll(",", "")));
      return [total, each.reduce((a, b) => a + b, 0)];
    };
    const [total, counted] = sum(
      renderReport({ ...run, operations: { ok: 1, fail: 0, info: 0 } }, cut, usage),
    );
    expect(total).toBeGreaterThan(100);
    expect(counted).toBe(total);
  });

  it("says nothing of what clients saw of faults where there were none", () => {
    const { run } = validFixture({ seconds: 3 });
    const text = textOf(renderReport(run, [], []));
    expect(text).toMatch(/Fault Description Hit/);
    expect(text).not.toMatch(/Until clients were served|Before, during and after/);
  });

  it("shows how stale reads were only if some were", () => {
    const { run, history, usage } = validFixture({ seconds: 3 });
    const figures = {
      reads: 700,
      "stale reads": 0,
      "staleness ms p50": 0,
      "staleness ms worst": 0,
      "versions behind worst": 0,
    };
    const none = {
      checker: "staleness",
      kind: "valid" as const,
      summary: "no stale reads",
      anomalies: [],
      figures,
    };
    const text = textOf(renderReport({ ...run, verdicts: [none] }, history, usage));
    expect(text).toContain("Stale reads none of 700 reads");
    expect(text).not.toMatch(/staleness p50|staleness worst|versions behind/);
    const some = { ...none, figures: { ...figures, "stale reads": 7, "staleness ms worst": 1_200 } };
    expect(textOf(renderReport({ ...run, verdicts: [some] }, history, usage))).toMatch(
      /Longest without a read .* Stale reads 1\.0% worst 1\.2\ss 7 of 700 reads .* The run over time/,
    );
    const unread = { ...none, figures: { ...figures, reads: 0 } };
    expect(textOf(renderReport({ ...run, verdicts: [unread] }, history, usage))).not.toMatch(
      /of 0 reads|Stale reads none|by 0/,
    );
  });

  it("has the right plural of everything that there is one of", () => {
    const { run, history, usage } = validFixture({ seconds: 3 });
    const [fault] = run.faults;
    const one = { ...run, faults: fault === undefined ? [] : [fault] };
    const text = textOf(renderReport(one, history, usage));
    expect(text).toContain("1 fault: partition 1.");
    expect(text).toContain("through 1 proven fault.");
    expect(text).not.toMatch(/\b1 (faults|operations|reads|windows|versions|anomalies|events|failures)\b/);
  });

  it("keeps text that runs the other way from its own words", () => {
    const { run, history, usage } = invalidFixture({ seconds: 3 });
    const summary = "process 1 read \u202ek\u05d0 late";
    const anomaly: Anomaly = { kind: "linearizability", key: "\u202ek", summary };
    const verdict: Verdict = { checker: "linearizable", kind: "invalid", summary, anomalies: [anomaly] };
    const page = renderReport({ ...run, verdicts: [verdict] }, history, usage);
    expect(page.replace(/<script.*?<\/script>/gs, "")).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(page).toMatch(/<p class="lead"><bdi>Process 1 read [^<]* late\.<\/bdi> <a href="#anomalies">See/);
  });
});
