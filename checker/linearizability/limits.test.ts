import { describe, expect, it } from "vitest";
import type { ClientEvent } from "../../core/history.ts";
import type { Json, Operation } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { nanos } from "../../core/time.ts";
import type { RunContext } from "../checker.ts";
import { illegal, type Model } from "../model.ts";
import { models } from "../models/index.ts";
import { freely } from "../testing/history-of.ts";
import { randomHistory } from "../testing/random-history.ts";
import { registerScenario } from "../testing/register-scenario.ts";
import { checkOperations } from "./check-operations.ts";
import { unlimited } from "./limits.ts";
import { linearizable } from "./linearizable.ts";

/** Operations as a history: of each its events, at the indexes that it has. */
function recorded(operations: readonly Operation[]): ClientEvent[] {
  const events: ClientEvent[] = [];
  for (const { process, call, outcome, callIndex, returnIndex } of operations) {
    const about = { process, f: call.f, key: call.key ?? "k1" };
    const value = call.value !== undefined && { value: call.value };
    events.push({ ...about, ...value, type: "invoke", index: callIndex, time: nanos(callIndex * 1e6) });
    if (outcome.type === "info") continue;
    const end = { ...about, index: returnIndex, time: nanos(returnIndex * 1e6) };
    if (outcome.type === "ok") events.push({ ...end, ...outcome.output, type: "ok" });
    else events.push({ ...end, type: "fail", error: outcome.error.code });
  }
  events.sort((a, b) => a.index - b.index);
  return events.map((event, index) => ({ ...event, index }));
}

/** A history of registers that is legal, and hard to search: many at once write few values, and some are never answered. */
const hard = (seed: number, operations = 3000) =>
  randomHistory(
    { ...registerScenario((random) => random.integer(0, 20)), operations, processes: 40, crashes: 0.02 },
    createRandom(seed),
  );

/** The same without repeated values: unique values decide it. */
function unique(operations: number): Operation[] {
  let last = 0;
  const scenario = registerScenario(() => ++last);
  return randomHistory(
    {
      ...scenario,
      call: (random) => (random.chance(0.5) ? { f: "read" } : { f: "write", value: ++last }),
      operations,
      processes: 10,
      crashes: 0,
    },
    createRandom(1),
  );
}

/** A context whose clock counts how often it is asked, and advances by `secondsPerLook` each time. */
function asked(secondsPerLook: number, limits: Partial<RunContext> = {}) {
  let looks = 0;
  const context = { ...freely, ...limits, now: () => looks++ * secondsPerLook };
  return { context, looks: () => looks };
}

/** A log whose content nobody reads but its length: every order of appends is another state. */
function log(onStep: () => void = () => {}): Model<string> {
  return {
    name: "log",
    calls: ["append", "length"],
    init: "",
    step(state, call, outcome) {
      onStep();
      if (call.f === "append") return `${state}${String(call.value)}`;
      const answer: Json | undefined = outcome.type === "ok" ? outcome.output.value : undefined;
      return answer === undefined || answer === state.length ? state : illegal;
    },
  };
}

/** Many appends at once, again and again; then a length that cannot be. */
function appends(rounds: number, atOnce: number): Operation[] {
  const operations: Operation[] = [];
  const add = (process: number, call: Operation["call"], value: Json | undefined, at: number, end: number) =>
    operations.push({
      process,
      call,
      outcome: { type: "ok", output: value === undefined ? {} : { value } },
      invokedAt: nanos(at),
      completedAt: nanos(end),
      callIndex: at,
      returnIndex: end,
    });
  for (let round = 0; round < rounds; round++)
    for (let process = 0; process < atOnce; process++)
      add(
        process,
        { f: "append", value: String.fromCharCode(97 + process) },
        undefined,
        round * 2 * atOnce + process,
        (round * 2 + 1) * atOnce + process,
      );
  const end = rounds * 2 * atOnce;
  add(0, { f: "length" }, rounds * atOnce + 1, end, end + 1);
  return operations;
}

describe("the limits of a check", () => {
  it("are looked at again and again while a history is read and unique values are judged", async () => {
    const operations = 30_000;
    const clock = asked(0);
    const checker = linearizable({ model: models.register({ initial: 0 }) });
    const verdict = await checker.check(recorded(unique(operations)), clock.context);
    expect(verdict.kind).toBe("valid");
    // At the columns, at the links twice, at the blocks.
    expect(clock.looks()).toBeGreaterThan((4 * operations) / 1024);
  });

  it("end every path within a few looks at the clock after the time is up", async () => {
    for (const limit of [5, 30, 60, 120, 1000]) {
      const clock = asked(1, { timeLimitSeconds: limit });
      const history = recorded(hard(1));
      const verdict = await linearizable({ model: models.register({ initial: 0 }) }).check(
        history,
        clock.context,
      );
      expect(verdict.kind).toBe("unknown");
      expect(verdict.anomalies[0]?.kind).toBe("time-limit");
      expect(clock.looks()).toBeLessThan(limit + 10);
    }
  });

  it("end a search whose steps are slow within a tenth of the time", () => {
    let seconds = 0;
    const model = log(() => {
      seconds += 0.000_2;
    });
    const limits = { ...unlimited, now: () => seconds, deadlineSeconds: 2 };
    const judgement = checkOperations(model as Model, appends(3, 12), { limits });
    expect(judgement).toMatchObject({ kind: "unknown", limit: "time-limit" });
    expect(seconds).toBeGreaterThanOrEqual(2);
    expect(seconds).toBeLessThan(2.2);
  });

  it("end an explanation, too, which shows the culprit none the less", async () => {
    let seconds = 0;
    const model = {
      ...log(() => {
        seconds += 0.000_2;
      }),
    };
    const history = recorded(appends(2, 4));
    const checker = linearizable({ model: model as Model });
    const freeVerdict = await checker.check(history, { ...freely, now: () => seconds });
    expect(freeVerdict.kind).toBe("invalid");
    const inAll = seconds;
    seconds = 0;
    const judging = checkOperations(model as Model, appends(2, 4));
    expect(judging.kind).toBe("invalid");
    const toJudge = seconds;
    seconds = 0;
    const limit = toJudge + (inAll - toJudge) / 8;
    const verdict = await checker.check(history, { ...freely, now: () => seconds, timeLimitSeconds: limit });
    expect(verdict.kind).toBe("invalid");
    const [anomaly] = verdict.anomalies;
    const shown = anomaly?.evidence;
    expect(shown?.operations[shown.culprit ?? -1]?.call.f).toBe("length");
    expect(seconds).toBeLessThan(limit * 1.1);
  });

  it("of memory end a search before it holds more, and it says where it was", () => {
    const memoryBytes = 3e5;
    const limits = { ...unlimited, memoryBytes };
    const judgement = checkOperations(log() as Model, appends(3, 12), { limits });
    expect(judgement).toMatchObject({ kind: "unknown", limit: "memory-limit" });
    const register = checkOperations(models.register({ initial: 0 }), hard(5, 1500), { limits });
    expect(register).toMatchObject({ kind: "unknown", limit: "memory-limit" });
    if (register.kind !== "unknown") throw new Error("it is undecided");
    expect(register.judged).toBeGreaterThan(0);
    expect(register.states.length).toBeGreaterThan(0);
  });

  it("of memory end a check that could not even hold the history's columns", () => {
    const limits = { ...unlimited, memoryBytes: 10_000 };
    const judgement = checkOperations(models.register(), unique(1000), { limits });
    expect(judgement).toEqual({ kind: "unknown", limit: "memory-limit", judged: 0, states: ["null"] });
  });

  it("are reported with the key, how far the search came, and the states that were possible there", async () => {
    const history = recorded(hard(3)).map((event) => ({ ...event, key: "k7" }));
    const checker = linearizable({ model: models.register({ initial: 0 }) });
    const verdict = await checker.check(history, asked(0.01, { timeLimitSeconds: 10 }).context);
    expect(verdict.kind).toBe("unknown");
    expect(verdict.anomalies[0]?.key).toBe("k7");
    expect(verdict.anomalies[0]?.summary).toMatch(
      /^key k7 is undecided: the time limit of 10 s was reached after [\d,]+ answers; the state could then be \d+/,
    );
  });

  it("leave undecided what they do not decide, and count it", async () => {
    const history = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((key) =>
      recorded(hard(key, 300)).map((event) => ({
        ...event,
        process: event.process + 1000 * key,
        key: `k${key}`,
      })),
    );
    const checker = linearizable({ model: models.register({ initial: 0 }) });
    const verdict = await checker.check(
      history.map((event, index) => ({ ...event, index })),
      asked(1, { timeLimitSeconds: 20 }).context,
    );
    expect(verdict.kind).toBe("unknown");
    expect(verdict.figures?.["undecided"]).toBeGreaterThan(8);
    expect(verdict.anomalies).toHaveLength(8);
  });
});
