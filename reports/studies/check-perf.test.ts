import { describe, expect, it } from "vitest";
import type { Run } from "../../core/run.ts";
import { nanos } from "../../core/time.ts";
import { operation } from "../testing/operations.ts";
import { validFixture } from "../testing/runs.ts";
import { checkPerfOf } from "./check-perf.ts";

const base = validFixture({ seconds: 1 }).run;

interface Behaviour {
  /** Milliseconds of each operation. */
  readonly takes?: (i: number) => number;
  readonly fails?: number;
  readonly perSecond?: number;
  readonly run?: Partial<Run>;
}

/** Ten seconds of a load of 100/s, of which `perSecond` are sent. */
function checked({ takes = () => 5, fails = 0, perSecond = 100, run }: Behaviour = {}) {
  const operations = Array.from({ length: perSecond * 10 }, (_, i) => {
    const from = (i * 1000) / perSecond;
    const outcome = i < fails ? ("fail" as const) : ("ok" as const);
    return operation({ f: "write", from, intended: from, to: from + takes(i), outcome });
  });
  return checkPerfOf({
    run: {
      ...base,
      verdict: "valid",
      options: { study: ["check-perf"] },
      client: { sendLagMsP99: 0.1, eventLoopUtilization: 0.1, gcMs: 0 },
      load: { kind: "open", rate: 100, processes: 50, seconds: 10 },
      ...run,
    },
    operations,
    usage: [],
    faults: [],
    end: nanos(20e9),
  });
}

const broken = (behaviour: Behaviour) =>
  checked(behaviour)?.rules.flatMap(({ rule, state }) => (state === "pass" ? [] : [`${rule} ${state}`]));

describe("check perf", () => {
  it("passes a load that is borne quickly", () => {
    expect(checked()?.state).toBe("pass");
    expect(checked()?.rules.map(({ rule }) => rule)).toEqual([
      "errors",
      "throughput",
      "slowest",
      "deviation",
    ]);
  });

  it("fails each rule of etcdctl on its own", () => {
    expect(broken({ fails: 1 })).toEqual(["errors fail"]);
    expect(broken({ perSecond: 89 })).toEqual(["throughput fail"]);
    expect(broken({ perSecond: 92 })).toEqual([]);
    expect(broken({ takes: (i) => (i === 500 ? 501 : 5) })).toEqual(["slowest fail"]);
    expect(broken({ takes: (i) => (i === 500 ? 499 : 5) })).toEqual([]);
    expect(broken({ takes: (i) => (i % 2 === 0 ? 5 : 207) })).toEqual(["deviation fail"]);
    expect(broken({ takes: (i) => (i % 2 === 0 ? 5 : 203) })).toEqual([]);
  });

  it("counts what nobody knows as an error", () => {
    const unknown = operation({ f: "write", from: 0, outcome: "info" });
    const run = { ...base, options: { study: ["check-perf"] } } as Run;
    const figures = checkPerfOf({ run, operations: [unknown], usage: [], faults: [], end: nanos(1e9) });
    expect(figures?.rules[0]).toMatchObject({ rule: "errors", value: 1 });
  });

  it("does not blame a system for its client, but what holds all the same passes", () => {
    const client = { sendLagMsP99: 90, eventLoopUtilization: 0.99, gcMs: 0, limited: "it was busy" };
    const slow = checked({ perSecond: 50, run: { client } });
    expect(slow).toMatchObject({ state: "not measured", why: "client-limited: it was busy" });
    expect(slow?.rules.map(({ state }) => state)).toEqual(["pass", "not measured", "pass", "pass"]);
    expect(checked({ run: { client } })?.state).toBe("pass");
  });

  it.each(["invalid", "unknown"] as const)("measures nothing of a run that is %s", (verdict) => {
    const { state, rules = [] } = checked({ run: { verdict } }) ?? {};
    expect(state).toBe("not measured");
    expect(new Set(rules.map((rule) => rule.state))).toEqual(new Set(["not measured"]));
  });

  it("is only of an open loop that was asked for it", () => {
    expect(checked({ run: { options: {} } })).toBeUndefined();
    expect(checked({ run: { load: { kind: "closed", processes: 5, seconds: 10 } } })).toBeUndefined();
  });
});
