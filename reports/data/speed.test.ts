import { describe, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import type { Run } from "../../core/run.ts";
import { seconds } from "../../core/time.ts";
import { jointCaveat, speedCaveat } from "./speed.ts";

type Parts = Parameters<typeof speedCaveat>[0];

const run = (more: Partial<Parts>, sent = 300): Parts => ({
  load: { kind: "open", rate: 500, processes: 9, seconds: 3 },
  verdicts: [
    {
      checker: "load",
      kind: "valid",
      summary: "",
      anomalies: [],
      figures: { "operations per second": sent },
    },
  ],
  client: { sendLagMsP99: 1, eventLoopUtilization: 0.1, gcMs: 1 },
  ...more,
});

describe("speedCaveat()", () => {
  it("follows what the harness decided, whatever the rate says", () => {
    expect(speedCaveat(run({ overloaded: false }))).toBeUndefined();
    expect(speedCaveat(run({ overloaded: true }, 499))?.short).toBe("overloaded: 499/s of 500/s sent");
  });

  it("compares rates only where an older run does not say", () => {
    expect(speedCaveat(run({}, 470))?.kind).toBe("overloaded");
    expect(speedCaveat(run({}, 480))).toBeUndefined();
    const closed: Run["load"] = { kind: "closed", processes: 9, seconds: 3 };
    expect(speedCaveat(run({ load: closed, overloaded: true }, 1))).toBeUndefined();
  });

  it("says what was requested on average, where the rate changed", () => {
    const [verdict] = run({ overloaded: true }, 210).verdicts;
    const figures = { ...verdict?.figures, "requested per second": 250.04 };
    const ramp: Run["load"] = { ...run({}).load, kind: "open", rate: 200, parts: [{ from: 100, to: 300 }] };
    const changed = run({ load: ramp, overloaded: true, verdicts: verdict ? [{ ...verdict, figures }] : [] });
    expect(speedCaveat(changed)?.short).toBe("overloaded: 210/s of 250/s sent");
  });

  it("names the client's limit where the load was not too much", () => {
    const client = {
      sendLagMsP99: 90,
      eventLoopUtilization: 0.99,
      gcMs: 1,
      limited: "its event loop was busy",
    };
    expect(speedCaveat(run({ overloaded: false, client }))).toEqual({
      kind: "client-limited",
      short: "client-limited",
      why: "its event loop was busy",
    });
    expect(speedCaveat(run({ overloaded: true, client }))?.kind).toBe("overloaded");
  });

  it("tells a lag that matters for latencies only from a generator that was too busy", () => {
    const late = (sendLagMsP99: number, eventLoopUtilization = 0.3) =>
      speedCaveat(
        run({
          overloaded: false,
          client: { sendLagMsP99, eventLoopUtilization, gcMs: 1, limited: "it was late" },
        }),
      )?.lagOnly;
    expect([late(1), late(10)]).toEqual([true, true]);
    expect([late(11), late(1, 0.9)]).toEqual([undefined, undefined]);
  });

  it("names the time from which clients were no longer at the leader", () => {
    const target = { role: "leader", nodes: [nodeId("n2")] } as const;
    expect(speedCaveat(run({ overloaded: false, target }))).toBeUndefined();
    const changed = run({ overloaded: false, target: { ...target, changedAt: seconds(12.3) } });
    expect(speedCaveat(changed)?.why).toMatch(
      /^another node led from 12.30\ss on, so latencies are not those of the leader alone \(clients stayed at n2\)$/,
    );
  });
});

describe("jointCaveat()", () => {
  const client = { ...run({}).client, limited: "its event loop was busy" };
  const [fine, limited, overloaded] = [
    run({ overloaded: false }),
    run({ overloaded: false, client }),
    run({ overloaded: true }),
  ];

  it("is that of a single run, in its words", () => {
    expect(jointCaveat([limited])).toEqual({ caveat: speedCaveat(limited), limitedRuns: 1 });
    expect(jointCaveat([fine])).toEqual({ limitedRuns: 0 });
  });

  it("is the clients' where half of the runs were theirs, and counts fewer", () => {
    expect(jointCaveat([limited, fine, limited, fine])).toMatchObject({
      caveat: { kind: "client-limited", short: "client-limited in 2 of 4 runs" },
      limitedRuns: 2,
    });
    expect(jointCaveat([limited, fine, fine])).toEqual({ limitedRuns: 1 });
  });

  it("is any other of a single one among many", () => {
    expect(jointCaveat([fine, fine, fine, limited, overloaded])).toMatchObject({
      caveat: { kind: "overloaded" },
      limitedRuns: 1,
    });
  });
});
