import { describe, expect, it } from "vitest";
import { register } from "../checker/models/register.ts";
import type { HistoryEvent } from "../core/history.ts";
import type { NodeId, Operation } from "../core/op.ts";
import type { Run } from "../core/run.ts";
import { nanos } from "../core/time.ts";
import { type Anomaly, type Lane, type Verdict, violationKind } from "../core/verdict.ts";
import { renderReport } from "./report.ts";
import { blanks, dataOf, render, textOf } from "./testing/page.ts";
import { invalidFixture, staleFixture, unknownFixture, validFixture } from "./testing/runs.ts";

describe("the report of a valid run", () => {
  const fixture = validFixture();
  const page = render(fixture);
  const text = textOf(page);

  it("says the verdict first, and through what the promise was kept", () => {
    expect(text.indexOf("Valid")).toBeLessThan(text.indexOf("The run over time"));
    expect(text).toContain(
      `kept its promise of linearizable reads through ${fixture.run.faults.length} proven faults.`,
    );
  });

  it("names the promises to watches where these were judged, and not that of reads", () => {
    const { run } = fixture;
    const watches = {
      stream: {
        contract: "every-event",
        from: true,
        prefix: true,
        previous: true,
        progress: true,
        atomic: true,
      },
    } as const;
    const verdict = { checker: "watch-delivery", kind: "valid", summary: "all", anomalies: [] } as const;
    const workloadRun = { keyPrefix: "", options: {}, ...run.workloadRun, watches };
    const other = textOf(render({ ...fixture, run: { ...run, workloadRun, verdicts: [verdict] } }));
    expect(other).toContain("kept its promises to watches through");
    expect(other).toContain("stream (every change once, in order)");
    expect(other).not.toContain("promise of linearizable");
  });

  it("stays below 2 MB for 15,000 operations", () => {
    expect(fixture.run.operations.ok + fixture.run.operations.fail + fixture.run.operations.info).toBe(
      15_000,
    );
    expect(page.length).toBeLessThan(2_000_000);
  });

  it("holds every operation for the scatter", () => {
    const { points } = dataOf(page);
    expect([points.total, points.at.length, points.dropped]).toEqual([15_000, 15_000, 0]);
  });

  it("leaves out percentiles of too few operations", () => {
    const [latency] = fixture.run.latency.filter(({ outcome }) => outcome === "ok");
    const p999Of = (count: number) => {
      const own = { ...(latency as NonNullable<typeof latency>), count, p99: 71e3, p999: 72e3, max: 73e3 };
      const shown = textOf(render({ ...fixture, run: { ...fixture.run, latency: [own] } }));
      return ["71.0 ms", "72.0 ms"].map((figure) => shown.replaceAll("\u202f", " ").includes(figure));
    };
    expect([p999Of(10_000), p999Of(9_999), p999Of(99)]).toEqual([
      [true, true],
      [true, false],
      [false, false],
    ]);
  });

  it("lists each fault with its proof", () => {
    for (const { summary, proof } of fixture.run.faults) {
      expect(text).toContain(summary);
      expect(text).toContain(proof);
    }
  });

  it("repeats the exact command, the seed, the versions and the machine", () => {
    const { command, seed, machine, assay } = fixture.run;
    for (const fact of [command, String(seed), machine.cpu, machine.os, machine.node, `${assay.commit}`])
      expect(text).toContain(fact);
  });

  it("says which rate was chosen and why, and what could not be sent", () => {
    const { run, ...rest } = fixture;
    const load = { kind: "open", rate: 81, processes: 500, seconds: 30 } as const;
    const facts = (parts: Partial<Run>) => textOf(render({ ...rest, run: { ...run, load, ...parts } }));
    const lowered = facts({
      calibration: { askedRate: 500, reachedRate: 163.4 },
      unsent: [
        { node: "n1", at: nanos(1e9), count: 5 },
        { node: "n2", at: nanos(2e9), count: 2 },
      ],
    });
    expect(lowered).toContain("81/s, up to 500 clients");
    expect(lowered).toContain("half of the 163/s reached in the warm-up; 500/s is the default");
    expect(lowered).toContain("7 operations: no client of their node was free");
    const kept = facts({ calibration: { askedRate: 81, reachedRate: 900 }, unsent: [] });
    expect(kept).toContain("the default; the warm-up reached 900/s");
    expect(kept).toMatch(/Not sent none/);
    expect(facts({})).not.toContain("warm-up");
    const shares = { askedRate: 81, reachedRate: 60, shares: "90%" };
    expect(facts({ calibration: shares, unsent: [] })).toContain("90% of the 60/s reached in the warm-up");
    const ofKnee = { ...shares, kneeRate: 90 };
    expect(facts({ calibration: ofKnee, unsent: [] })).toContain("90% of the knee, 90/s");
    const limited = { ...ofKnee, kneeClientLimited: true as const };
    expect(facts({ calibration: limited, unsent: [] })).toContain("90/s (client-limited: the load generator");
  });

  it("fetches nothing: no address but fragments, and a policy that forbids it", () => {
    expect(page.includes("default-src &#39;none&#39;")).toBe(true);
    for (const [, address] of page.matchAll(/\s(?:src|href)="([^"]*)"/g))
      expect(address).toMatch(/^(#|data:)/);
    expect(page.match(/@import|url\((?!#)/g)).toBeNull();
  });

  it("has no words for what is not there", () => {
    expect(blanks(page)).toEqual([]);
  });

  it("is the same page every time", () => {
    expect(render(validFixture()) === page).toBe(true);
  });
});

describe("the report of an invalid run", () => {
  const fixture = invalidFixture();
  const page = render(fixture);
  const text = textOf(page);
  const anomaly = fixture.run.verdicts[0]?.anomalies[0];

  it("leads with the sentence that explains the violation", () => {
    const sentence = anomaly?.summary ?? "";
    expect(text.indexOf("Invalid")).toBeLessThan(text.indexOf(sentence));
    expect(text.indexOf(sentence)).toBeLessThan(text.indexOf("The run over time"));
  });

  it("names the planted bug before all else", () => {
    expect(text.indexOf("read-without-quorum")).toBeLessThan(text.indexOf("Invalid"));
  });

  it("says next to each speed that the history is invalid", () => {
    expect(text.match(/of an invalid history/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it("draws the sub-history, marks the culprit, and lists the states with their orders", () => {
    expect(page.match(/class="bar [a-z]+ culprit"/g)).toHaveLength(1);
    expect(text).toContain("The 2 states that these operations leave just before");
    expect(text).toContain("1. p4 w 5107 ok → 2. p7 r 5107 ok → 3. p2 w 5133 ok");
    expect(dataOf(page).sketches.map(({ bars }) => bars.length)).toEqual([
      anomaly?.evidence?.operations.length,
    ]);
  });
});

describe("the report of other runs", () => {
  it("separates known limits from violations, and draws staleness against faults", () => {
    const text = textOf(render(staleFixture({ seconds: 8 })));
    expect(text).toContain("The one shown is allowed by this read mode.");
    expect(text).toContain("The 3 shown are allowed by this read mode.");
    expect(text).toMatch(/Stale read on key r4 allowed by this read mode/);
    expect(text).toContain("staleness p50 613 ms");
    expect(text).toContain("none more than 31 versions behind. These are lower bounds");
    expect(text).toMatch(/n2 [\d.]+ s 1.2 s 49 1.2 s F3 pause leader n2; elsewhere: F2 kill leader n3/);
    expect(text).toContain("breaks monotonic reads");
    expect(text).toMatch(/\d+ reads returned a value that had been overwritten/);
    expect(text).toMatch(/F1 isolate leader n1/);
  });

  it("has a section of each checker that found things with a place in time, its own figures a column each", () => {
    const { run, history, usage } = validFixture({ seconds: 3 });
    const holds: Verdict = {
      checker: "lock-holds",
      kind: "valid",
      summary: "no two holds overlapped",
      anomalies: [],
      lanes: [
        {
          label: "holds",
          node: "n2" as NodeId,
          from: nanos(1e9),
          to: nanos(1.5e9),
          text: "p3 holds a",
          figures: { "fencing token": 17 },
          colour: "plain",
        },
      ],
      parts: [{ name: "lock a", node: "n2" as NodeId, figures: { holds: 3, "longest ms": 500 } }],
    };
    const page = renderReport({ ...run, verdicts: [...run.verdicts, holds] }, history, usage);
    const text = textOf(page);
    expect(text).toMatch(/Lock holds\s+No two holds overlapped\.\s+holds\s+under the faults/);
    expect(text).toMatch(/Node From Lasted Fencing token Faults n2 1\.00 s 500\sms 17/);
    expect(page).toContain('class="lane-plain"');
    expect(text).toMatch(/The only one In parts, worst first Name Node Holds Longest lock a n2 3 500\sms/);
  });

  it("shows the first anomalies of each kind, and folds the evidence of the others", () => {
    const page = render(staleFixture({ seconds: 8 }));
    const shown = page.split('<article class="anomaly').slice(1);
    expect(shown.map((article) => /id="anomaly-\d+-title">([A-Z][a-z ]*[a-z])/.exec(article)?.[1])).toEqual([
      "Monotonic reads",
      ...Array(4).fill("Stale read"),
    ]);
    expect(shown.map((article) => article.includes('<details class="evidence">'))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it("says next to a valid verdict that the read mode's known limit was found", () => {
    const { run, history, usage } = validFixture({ seconds: 3 });
    const limit = "process 7 read 3 from r1 after it had been overwritten";
    const metLimit = {
      name: "deposed leader",
      node: "n2" as NodeId,
      at: nanos(1),
      boundMs: 2000,
      sentence: "",
    };
    const verdict = {
      checker: "linearizable",
      kind: "valid" as const,
      summary: limit,
      anomalies: [{ kind: violationKind, summary: limit, known: true, limit: metLimit }],
    };
    const stale = {
      figures: { reads: 1881, "stale reads": 292, "staleness ms worst": 33_400 },
    };
    const text = textOf(renderReport({ ...run, verdicts: [verdict, ...run.verdicts] }, history, usage));
    expect(text).toContain(`The known limit of ${run.readMode.name} reads was found: Process 7 read 3`);
    expect(textOf(renderReport(run, history, usage, register()))).not.toContain("known limit");
    const measured = { ...verdict, ...stale, anomalies: [] };
    const measuredText = textOf(renderReport({ ...run, verdicts: [measured] }, history, usage, register()));
    expect(measuredText).toContain("16% of reads (292 of 1,881) were stale, by up to 33.4");
  });

  it("says plainly that unknown is not a pass, that a fault was not proven, and that the client was the limit", () => {
    const text = textOf(render(unknownFixture({ seconds: 8 })));
    expect(text).toContain("Nothing was decided: this is not a pass.");
    expect(text).toContain("no proof that it took effect");
    expect(text).toContain("Client-limited");
    expect(text).toContain("Ended early");
    expect(text).not.toContain("What went wrong");
  });

  it("is whole for a run in which nothing happened", () => {
    const { run } = validFixture({ seconds: 3 });
    const bare: Run = {
      ...run,
      nemeses: [],
      faults: [],
      verdicts: [],
      verdict: "unknown",
      latency: [],
      operations: { ok: 0, fail: 0, info: 0 },
    };
    const page = renderReport(bare, [], []);
    expect(textOf(page)).toContain("No checker ran on this history.");
    expect(textOf(page)).toContain("No operation was sent, so there is nothing to draw.");
    expect(page.replace(/<(script|style).*?<\/\1>/gs, "").match(/<svg class="chart"|data-plot=/g)).toBeNull();
    expect(textOf(page)).not.toContain("load generator kept up");
    expect(blanks(page)).toEqual([]);
  });

  it("thins a scatter of 60,000 operations, says so, and stays bounded", () => {
    const fixture = validFixture({ seconds: 60, rate: 1_000 });
    const page = render(fixture);
    const { points } = dataOf(page);
    expect(points.total).toBe(60_000);
    expect(points.at.length).toBeLessThanOrEqual(18_000);
    expect(points.at.length + points.dropped).toBe(60_000);
    expect(textOf(page)).toMatch(
      /of 60,000 operations: every failure and the extremes of each 100 ms are shown/,
    );
    expect(page.length).toBeLessThan(2_000_000);
  }, 120_000);
});

describe("what comes from the system under test", () => {
  const attack = `</script><img src=x onerror=alert(1)>"'\u2028<!--`;
  const node = attack as NodeId;
  const { run } = invalidFixture({ seconds: 3 });
  const history: HistoryEvent[] = [
    { index: 0, time: nanos(0), type: "info", process: "nemesis", f: "leader", value: node },
    {
      index: 1,
      time: nanos(1e6),
      type: "info",
      process: "nemesis",
      f: "fault",
      name: attack,
      value: { state: "begin", id: 1, summary: attack, nodes: [node] },
    },
    { index: 2, time: nanos(2e6), type: "invoke", process: 1, f: attack, key: attack, value: attack, node },
    {
      index: 3,
      time: nanos(3e6),
      type: "info",
      process: 1,
      f: attack,
      key: attack,
      node,
      error: attack,
      message: attack,
    },
    { index: 4, time: nanos(4e6), type: "invoke", process: 2, f: "read", key: attack, node },
    {
      index: 5,
      time: nanos(5e6),
      type: "ok",
      process: 2,
      f: "read",
      key: attack,
      value: { [attack]: [attack] },
      node,
    },
  ];
  const operation: Operation = {
    process: 1,
    node,
    call: { f: attack, key: attack, value: attack },
    outcome: { type: "info", error: { code: "unknown", definite: false, message: attack } },
    invokedAt: nanos(2e6),
    completedAt: nanos(3e6),
    callIndex: 2,
    returnIndex: Number.POSITIVE_INFINITY,
  };
  const anomaly: Anomaly = {
    kind: attack,
    key: attack,
    summary: attack,
    evidence: {
      kind: "order",
      operations: [operation],
      culprit: 0,
      states: [{ state: attack, order: [0] }],
    },
  };
  const lane: Lane = {
    label: attack,
    node,
    from: nanos(1e6),
    to: nanos(2e6),
    text: attack,
    figures: { [attack]: 1 },
    colour: "wrong",
  };
  const hostile: Run = {
    ...run,
    id: attack,
    system: { name: attack, version: attack },
    runtime: attack,
    workload: attack,
    nemeses: [attack],
    readMode: { name: attack, promises: "linearizable" },
    nodes: [{ id: attack, endpoint: attack }],
    mutant: attack,
    options: { [attack]: attack },
    command: attack,
    ended: attack,
    startedAt: attack,
    assay: { version: attack, commit: attack },
    machine: { cpu: attack, cores: 1, memoryBytes: 1, os: attack, node: attack },
    latency: run.latency.map((summary) => ({ ...summary, f: attack })),
    faults: [],
    verdicts: [
      {
        checker: attack,
        kind: "invalid",
        summary: attack,
        anomalies: [anomaly],
        figures: { [attack]: 1 },
        lanes: [lane],
      },
    ],
    client: { sendLagMsP99: 0, eventLoopUtilization: 0, gcMs: 0, limited: attack },
  };
  const usage = [{ time: nanos(0), node: attack, cpuSeconds: 1, memoryBytes: 1, diskBytes: 1 }];

  it("stays data, wherever in the report it stands", () => {
    const page = renderReport(hostile, history, usage);
    expect(page.includes("<img")).toBe(false);
    expect(page.includes('" onerror')).toBe(false);
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(page.match(/<\/script>/g)).toHaveLength(3);
    expect(page.match(/&lt;\/script&gt;&lt;img/g)?.length).toBeGreaterThan(40);
  });

  it("reads back in the page as it was", () => {
    const { points, sketches } = dataOf(renderReport(hostile, history, usage));
    expect(points.keys).toContain(attack);
    expect(sketches[0]?.lanes[0]?.node).toBe(attack);
  });
});
