import { describe, expect, it } from "vitest";
import { type RegisterHistoryOptions, registerHistory } from "../../../bench/register-history.ts";
import type { ClientEvent, History } from "../../../core/history.ts";
import type { Json, Operation } from "../../../core/op.ts";
import type { Anomaly } from "../../../core/verdict.ts";
import { illegal, type Model } from "../../model.ts";
import { models } from "../../models/index.ts";
import { forSmallHistories, propertyRuns, type Scenario } from "../../testing/agreement.ts";
import { bruteForce } from "../../testing/brute-force.ts";
import { freely, historyOf } from "../../testing/history-of.ts";
import { registerScenario } from "../../testing/register-scenario.ts";
import { checkOperations } from "../check-operations.ts";
import { Budget, unlimited } from "../limits.ts";
import { linearizable } from "../linearizable.ts";
import { listOf } from "../operation-list.ts";
import { explain } from "./explain.ts";

/** What every explanation must be. */
function expectExplanation<S>(model: Model<S>, { evidence }: Pick<Anomaly, "evidence">): void {
  if (evidence?.kind !== "order") throw new Error("an explanation shows an order");
  const { operations, culprit = -1, states = [] } = evidence;
  const others = operations.toSpliced(culprit, 1);
  expect(bruteForce(model, operations), "the shown operations are illegal by themselves").toBe(false);
  expect(bruteForce(model, others), "and legal without the culprit").toBe(true);
  const bad = operations[culprit] as Operation;
  expect(states.length).toBeGreaterThan(0);
  for (const { state, order } of states) {
    let reached: S | typeof illegal = model.init;
    for (const operation of order.map((i) => operations[i] as Operation))
      if (reached !== illegal) reached = model.step(reached, operation.call, operation.outcome);
    expect(reached).not.toBe(illegal);
    expect(model.describeState?.(reached as S)).toBe(state);
    expect(model.step(reached as S, bad.call, bad.outcome), "no shown state allows the culprit").toBe(
      illegal,
    );
  }
}

function expectExplanations<S>(scenario: Scenario<S>): void {
  const runs = Math.min(propertyRuns, 20_000);
  forSmallHistories(
    scenario,
    (history) => {
      const judgement = checkOperations(scenario.model as Model, history);
      if (judgement.kind !== "invalid") return;
      expectExplanation(
        scenario.model,
        explain(scenario.model as Model, listOf(history), judgement.culprit, new Budget(unlimited)),
      );
    },
    runs,
  );
}

/** The history with the answer of its last read replaced. */
function withLastRead(history: History, value: Json): History {
  const at = history.findLastIndex(({ type, f }) => type === "ok" && f === "read");
  return history.with(at, { ...(history[at] as ClientEvent), value });
}

async function explainLong(options: Omit<RegisterHistoryOptions, "seed">, value: Json): Promise<Anomaly> {
  const history = withLastRead(registerHistory({ ...options, seed: 7 }), value);
  const verdict = await linearizable({ model: models.register() }).check(history, freely);
  expect(verdict.kind).toBe("invalid");
  return verdict.anomalies[0] as Anomaly;
}

describe("an explanation", () => {
  it("stands by itself, for every small history of a register that is not linearizable", () => {
    expectExplanations(registerScenario());
  });

  it("stands by itself where values are written once", () => {
    let last = 0;
    expectExplanations(registerScenario(() => 1 + (last++ % 8)));
  });

  it("leaves out what contradicts itself while the culprit is under way", async () => {
    const mismatch = { error: "mismatch" };
    const history = historyOf(
      [1, "invoke", "write", 1],
      [2, "invoke", "read"],
      [2, "ok", "read", 1],
      [3, "invoke", "read"],
      [4, "invoke", "cas", [1, 2]],
      [5, "invoke", "read"],
      [4, "fail", "cas", [1, 2], mismatch],
      [5, "ok", "read", 0],
      [3, "ok", "read", 0],
    );
    const model = models.register({ initial: 0 });
    const verdict = await linearizable({ model }).check(history, freely);
    const [anomaly] = verdict.anomalies;
    expectExplanation(model, anomaly as Anomaly);
    expect(anomaly?.evidence?.operations.map(({ process }) => process)).toEqual([1, 2, 4]);
  });

  it("finds the write that a stale read missed in a long history", async () => {
    const anomaly = await explainLong({ operations: 20_000, clients: 10 }, 17);
    expect(anomaly.evidence?.operations.length).toBeLessThan(6);
    expectExplanation(models.register(), anomaly);
    expect(anomaly.summary).toMatch(/read 17 .* acknowledged .* earlier, and nothing wrote 17 in between/);
  });

  it("finds it where values repeat, and the same value was read many times before", async () => {
    const options = { operations: 20_000, clients: 3, values: 400 };
    const anomaly = await explainLong(options, 17);
    expect(anomaly.evidence?.operations.length).toBeLessThan(10);
    expectExplanation(models.register(), anomaly);
  });

  it("stays small where it can prove nothing", async () => {
    const anomaly = await explainLong({ operations: 5000, clients: 40, values: 3, cas: 0.4, reads: 0.3 }, 99);
    expect(anomaly.evidence?.operations.length).toBeLessThan(41);
    expect(anomaly.summary).toContain("nothing wrote 99 before that");
  });
});
