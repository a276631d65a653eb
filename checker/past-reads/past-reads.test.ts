import { describe, expect, it } from "vitest";
import { operations as operationsOf } from "../../core/history.ts";
import type { Call, Json, Operation, Outcome } from "../../core/op.ts";
import { Budget, unlimited } from "../linearizability/limits.ts";
import { illegal, type Model } from "../model.ts";
import { kv } from "../models/kv/kv.ts";
import { register } from "../models/register.ts";
import { set } from "../models/set.ts";
import { isRead } from "../reads/is-read.ts";
import { forSmallHistories, propertyRuns, type Scenario } from "../testing/agreement.ts";
import { freely, historyOf, type Line } from "../testing/history-of.ts";
import { answered } from "../testing/random-history.ts";
import { registerScenario } from "../testing/register-scenario.ts";
import { pastReads, type SessionOrder } from "./past-reads.ts";
import { judgeSession } from "./session-order.ts";
import { explainReads } from "./update-order.ts";

const judge = async (model: Model, order: SessionOrder, ...lines: readonly Line[]) =>
  pastReads({ model, order }).check(historyOf(...lines), freely);

/** An operation that is asked and answered before the next one. */
const done = (
  process: number,
  f: string,
  value: Json | undefined,
  answer: Json,
  revision?: number,
): Line[] => [
  value === undefined ? [process, "invoke", f] : [process, "invoke", f, value],
  [process, "ok", f, answer, revision === undefined ? {} : { revision }],
];

const added = [...done(0, "add", 1, 1), ...done(0, "add", 2, 2)];

describe("reads that may be old", () => {
  it("may see any state that the updates left, however long ago", async () => {
    for (const seen of [[], [1], [1, 2]]) {
      const verdict = await judge(set(), "none", ...added, ...done(1, "read", undefined, seen));
      expect(verdict).toMatchObject({ kind: "valid", anomalies: [] });
    }
  });

  it("must not see a state that the updates never left, or a part of one", async () => {
    for (const seen of [[2], [1, 3]]) {
      const verdict = await judge(set(), "none", ...added, ...done(1, "read", undefined, seen));
      expect(verdict.kind).toBe("invalid");
      expect(verdict.summary).toContain("process 1's read of k1 on n2");
    }
  });

  it("must not see what was asked for after they were answered", async () => {
    const verdict = await judge(set(), "none", ...done(1, "read", undefined, [1]), ...done(0, "add", 1, 1));
    expect(verdict.kind).toBe("invalid");
  });

  it("may see an update whose outcome is unknown, and must agree on it with one another", async () => {
    const unknown: Line[] = [
      [0, "invoke", "add", 1],
      [0, "info", "add", 1, { error: "timeout" }],
    ];
    const later = done(3, "add", 2, 2);
    const saw = (...all: readonly Json[]) =>
      judge(set(), "none", ...unknown, ...later, ...all.flatMap((seen) => done(1, "read", undefined, seen)));
    expect((await saw([1, 2], [2], [])).kind).toBe("valid");
    expect((await saw([1], [2])).kind).toBe("invalid");
  });

  it("must agree on the order of updates that were under way at the same time", async () => {
    const both: Line[] = [
      [0, "invoke", "add", 1],
      [3, "invoke", "add", 2],
      [0, "ok", "add", 1],
      [3, "ok", "add", 2],
    ];
    const one = done(1, "read", undefined, [1]);
    const two = done(2, "read", undefined, [2]);
    expect((await judge(set(), "none", ...both, ...one)).kind).toBe("valid");
    expect((await judge(set(), "none", ...both, ...two)).kind).toBe("valid");
    expect((await judge(set(), "none", ...both, ...one, ...two)).kind).toBe("invalid");
  });

  it("judge nothing where the updates are not linearizable themselves", async () => {
    const twice = [...done(0, "cas", [null, 1], [null, 1]), ...done(1, "cas", [null, 2], [null, 2])];
    const verdict = await judge(register(), "none", ...twice, ...done(2, "read", undefined, 1));
    expect(verdict.kind).toBe("unknown");
  });
});

describe("a session of reads that may be old", () => {
  const newThenOld = [...done(1, "read", undefined, [1, 2]), ...done(1, "read", undefined, [1])];

  it("must not go back where the promise keeps the order of its reads", async () => {
    expect((await judge(set(), "none", ...added, ...newThenOld)).kind).toBe("valid");
    for (const order of ["reads", "operations"] as const) {
      const verdict = await judge(set(), order, ...added, ...newThenOld);
      expect(verdict.kind).toBe("invalid");
      expect(verdict.anomalies[0]).toMatchObject({ kind: "session-order", evidence: { culprit: 1 } });
    }
  });

  it("sees its own updates where the promise keeps the order of all that it does", async () => {
    const own = [...added, ...done(0, "read", undefined, [1])];
    expect((await judge(set(), "reads", ...own)).kind).toBe("valid");
    expect((await judge(set(), "operations", ...own)).kind).toBe("invalid");
  });

  it("ends with its connection", async () => {
    const lost: Line[] = [
      [1, "invoke", "read"],
      [1, "fail", "read", null, { error: "not-connected" }],
    ];
    const [before, after] = [newThenOld.slice(0, 2), newThenOld.slice(2)];
    expect((await judge(set(), "reads", ...added, ...before, ...lost, ...after)).kind).toBe("valid");
  });

  it("must not go back by the system's own count, whatever the keys", async () => {
    const puts = [...done(0, "put", 1, 1, 5), ...done(0, "put", 1, 1, 6)];
    const went = [...done(1, "get", undefined, 1, 6), ...done(1, "get", undefined, 1, 5)];
    expect((await judge(kv(), "none", ...puts, ...went)).kind).toBe("valid");
    expect((await judge(kv(), "reads", ...puts, ...went)).kind).toBe("invalid");
  });
});

/** Every legal order of the updates with the unknown ones that it needs, as the states that it leads through. */
function* ordersOf<S>(
  model: Model<S>,
  rest: readonly Operation[],
  states: readonly S[] = [model.init],
  placed: readonly Operation[] = [],
): Generator<{ states: readonly S[]; placed: readonly Operation[] }> {
  if (rest.every(({ outcome }) => outcome.type === "info")) yield { states, placed };
  const firstReturn = Math.min(...rest.map(({ returnIndex }) => returnIndex));
  for (const [i, update] of rest.entries()) {
    if (update.callIndex > firstReturn) continue;
    const next = model.step(states.at(-1) as S, update.call, update.outcome);
    if (next !== illegal)
      yield* ordersOf(model, rest.toSpliced(i, 1), [...states, next], [...placed, update]);
  }
}

/** The definition, tried out: whether the chain's operations can be placed after prefixes of the order, never going back. */
function fits<S>(
  model: Model<S>,
  { states, placed }: { states: readonly S[]; placed: readonly Operation[] },
  chain: readonly Operation[],
  from = 0,
): boolean {
  const [first, ...others] = chain;
  if (first === undefined) return true;
  const own = placed.indexOf(first);
  if (own >= 0) return own >= from && fits(model, { states, placed }, others, own + 1);
  for (let place = from; place < states.length; place++) {
    if (placed.slice(0, place).some(({ callIndex }) => callIndex > first.returnIndex)) break;
    const isLegal = model.step(states[place] as S, first.call, first.outcome) !== illegal;
    if (isLegal && fits(model, { states, placed }, others, place)) return true;
  }
  return false;
}

const constrains = ({ outcome }: Operation): boolean =>
  outcome.type !== "fail" || outcome.error.code === "mismatch";

/** A set whose adds may be under way together, so that their order is open. */
const setScenario: Scenario<readonly string[]> = {
  model: set() as unknown as Model<readonly string[]>,
  call: (random) =>
    random.chance(0.5)
      ? { f: "read" }
      : { f: random.pick(["add", "add", "remove"]), value: random.integer(1, 3) },
  answer: (state, { f }: Call): Outcome =>
    f === "read" ? answered(state.map((element) => JSON.parse(element) as Json)) : answered(null),
  otherAnswer: (random, { call }) =>
    call.f === "read" ? answered([1, 2, 3].filter(() => random.chance(0.5))) : answered(null),
};

describe.each([
  ["registers", registerScenario()],
  ["sets", setScenario],
] as const)("agreement with the definition on small random histories of %s", (_, scenario) => {
  const { model } = scenario as Scenario<unknown>;
  const split = (all: readonly Operation[]) => {
    const relevant = all.filter(constrains);
    const reads = relevant.filter(({ call, outcome }) => isRead(model, call) && outcome.type === "ok");
    const updates = relevant.filter(({ call }) => !isRead(model, call));
    return { reads, updates, relevant };
  };
  const budget = () => new Budget(unlimited);

  it("which reads one order of the updates explains", () => {
    const seen: Record<string, number> = {};
    forSmallHistories(
      scenario as Scenario<unknown>,
      (all) => {
        const { reads, updates } = split(all);
        const orders = [...ordersOf(model, updates)];
        const explained = orders.some((order) => reads.every((read) => fits(model, order, [read])));
        const expected = orders.length === 0 ? "no-order" : explained ? "explained" : "unexplained";
        const { kind } = explainReads(model, updates, reads, budget());
        expect(kind).toBe(expected);
        seen[kind] = (seen[kind] ?? 0) + 1;
      },
      propertyRuns / 2,
    );
    expect(seen["unexplained"]).toBeGreaterThan(propertyRuns / 100);
    expect(seen["explained"]).toBeGreaterThan(propertyRuns / 10);
  });

  it("which sessions are in order", () => {
    const seen: Record<string, number> = {};
    forSmallHistories(
      scenario as Scenario<unknown>,
      (all) => {
        const { reads, updates, relevant } = split(all);
        const explained = explainReads(model, updates, reads, budget());
        if (explained.kind !== "explained") return;
        const orders = [...ordersOf(model, updates)];
        for (const process of new Set(relevant.map((operation) => operation.process))) {
          const session = relevant.filter(
            (one) =>
              one.process === process &&
              one.outcome.type !== "info" &&
              (reads.includes(one) || updates.includes(one)),
          );
          const judged = judgeSession(model, updates, explained.order, session, budget());
          const expected = orders.some((order) => fits(model, order, session)) ? "in-order" : "out-of-order";
          expect(judged.kind).toBe(expected);
          seen[expected] = (seen[expected] ?? 0) + 1;
          if (judged.kind !== "out-of-order") continue;
          const { operations } = judged;
          expect(orders.some((order) => fits(model, order, operations))).toBe(false);
          expect(orders.some((order) => fits(model, order, operations.slice(0, -1)))).toBe(true);
        }
      },
      propertyRuns / 2,
    );
    // About one session in a hundred: enough of them to mean something, whatever the seed.
    expect(seen["out-of-order"]).toBeGreaterThan(propertyRuns / 1000);
  });
});

describe("a verdict on reads that may be old", () => {
  it("is unknown where the time is up", () => {
    const history = historyOf(...added, ...done(1, "read", undefined, [1]));
    expect(operationsOf(history)).toHaveLength(3);
    let now = 0;
    const context = { ...freely, timeLimitSeconds: 1, now: () => now++ };
    expect(pastReads({ model: set(), order: "reads" }).check(history, context)).toMatchObject({
      kind: "unknown",
    });
  });
});
