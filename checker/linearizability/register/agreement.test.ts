import { describe, it } from "vitest";
import type { Json, Operation } from "../../../core/op.ts";
import type { Random } from "../../../core/random.ts";
import { forSmallHistories } from "../../testing/agreement.ts";
import { bruteForce } from "../../testing/brute-force.ts";
import { registerScenario } from "../../testing/register-scenario.ts";
import { unlimited } from "../limits.ts";
import { listOf } from "../operation-list.ts";
import { breadthFirst } from "../search/breadth-first.ts";
import { completeOrder } from "../search/complete-order.ts";
import { depthFirst } from "../search/depth-first.ts";
import type { GaveUp, SearchResult } from "../search/result.ts";
import { verifyOrder } from "../verify-order.ts";
import { columnsOf } from "./columns.ts";
import { registerProblem } from "./problem.ts";
import { decideUnique } from "./unique.ts";

/** Every way of deciding a register says what brute force says, and gives a proof that stands by itself. */
function everyWayAgrees(value: (random: Random) => Json, initial: Json = 0): void {
  const scenario = registerScenario(value, initial);
  const register = scenario.model.register;
  if (register === undefined) throw new Error("the model is no register");
  forSmallHistories(scenario, (history) => {
    const expected = bruteForce(scenario.model, history);
    const columns = columnsOf({ init: scenario.model.init, register }, listOf(history));
    const unique = decideUnique(columns);
    const sources = (operations: Iterable<number>) =>
      Array.from(operations, (i) => columns.source[i] as number);
    if (unique.kind === "ordered" && !verifyOrder(scenario.model, history, sources(unique.order())))
      throw new Error("the order of unique values is not legal");
    if (unique.kind === "contradiction") {
      if (expected) throw new Error(`${unique.why} of a legal history`);
      const part = sources(unique.operations).map((i) => history[i] as Operation);
      if (bruteForce(scenario.model, part))
        throw new Error(`${unique.why}: the operations are no contradiction`);
    }
    const problem = registerProblem(columns, String);
    const expectProof = (result: SearchResult | GaveUp, how: string) => {
      if ((result.kind === "valid") !== expected) throw new Error(`${how} says ${result.kind}`);
      if (result.kind !== "valid") return;
      const order =
        result.order && Array.from(completeOrder(problem, result.order), (i) => problem.source[i]);
      if (!verifyOrder(scenario.model, history, (order ?? []) as number[]))
        throw new Error(`the order that ${how} finds is not legal: ${order}`);
    };
    const work = { left: Number.POSITIVE_INFINITY };
    const breadth = breadthFirst(problem, { limits: unlimited, work, keepsOrder: true });
    expectProof(breadth, "breadth first");
    const options = { limits: unlimited, deadEnds: Number.POSITIVE_INFINITY, horizon: 1 << 20 };
    const depth = depthFirst(problem, options);
    expectProof(depth, "depth first");
    if (depth.kind === "invalid" && breadth.kind === "invalid" && depth.culprit !== breadth.culprit)
      throw new Error(`depth first blames ${depth.culprit}, breadth first ${breadth.culprit}`);
  });
}

describe("every way of deciding a register agrees with brute force", () => {
  it("where values repeat often", () => {
    everyWayAgrees((random) => random.integer(0, 2));
  });

  it("where values repeat now and then", () => {
    everyWayAgrees((random) => random.integer(0, 5));
  });

  it("where the value is absent at first, and again after each delete", () => {
    let last = 0;
    everyWayAgrees(() => last++ % 3, null);
  });

  it("where every value is written once", () => {
    let last = 0;
    everyWayAgrees(() => 1 + (last++ % 8));
  });
});
