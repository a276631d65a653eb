import { describe, expect, it } from "vitest";
import type { Consistency, KnownLimit } from "../../core/consistency.ts";
import { type ClientEvent, type History, isClientEvent, operations } from "../../core/history.ts";
import { type Json, nodeId } from "../../core/op.ts";
import { createRandom, type Random } from "../../core/random.ts";
import { nanos } from "../../core/time.ts";
import type { Verdict } from "../../core/verdict.ts";
import type { Checker } from "../checker.ts";
import { excusesOf } from "../known-limits/excuses.ts";
import type { Model } from "../model.ts";
import { set } from "../models/set.ts";
import { judgedUnder } from "../promises.ts";
import { bruteForce } from "../testing/brute-force.ts";
import { freely } from "../testing/history-of.ts";
import { elements } from "./elements.ts";
import { setCheckers } from "./set-checkers.ts";
import { type SetRunOptions, setRun } from "./testing/set-run.ts";

const model = set() as Model;
const verdictOf = async (checker: Checker, history: History): Promise<Verdict> =>
  checker.check(history, freely);

const shown = (history: History): string => history.map((event) => JSON.stringify(event)).join("\n");

/** A small run of one set, some of whose answers are wrong. */
function drawn(seed: number, wrong = 0.1): History {
  const random = createRandom(seed);
  const options: SetRunOptions = {
    operations: 7,
    processes: 3,
    nodes: 2,
    adds: 0.4,
    removes: 0.25,
    unknown: 0.25,
    lagMs: random.pick([0, 15]),
    order: random.pick(["any", "growing", "own"]),
  };
  return setRun(random.fork("run"), options).map((event) =>
    isClientEvent(event) && event.type === "ok" && random.chance(wrong) ? otherwise(event, random) : event,
  );
}

function otherwise(event: ClientEvent, random: Random): ClientEvent {
  if (event.f === "remove") return { ...event, value: event.value !== true };
  if (event.f !== "list") return event;
  const listed = event.value as readonly Json[];
  return { ...event, value: random.chance(0.5) ? listed.slice(1) : [...listed, random.integer(1, 4)] };
}

describe("the elements of small histories, held against the definition", () => {
  it("are never blamed where the history is linearizable", async () => {
    const seen = { legal: 0, found: 0, missed: 0 };
    for (let seed = 0; seed < 4000; seed++) {
      const history = drawn(seed);
      const { kind } = await verdictOf(elements({ promises: "linearizable" }), history);
      const isLegal = bruteForce(model, operations(history));
      if (isLegal && kind !== "valid") throw new Error(`seed ${seed} is legal\n${shown(history)}`);
      seen[isLegal ? "legal" : kind === "invalid" ? "found" : "missed"]++;
    }
    expect(seen.legal).toBeGreaterThan(800);
    expect(seen.found).toBeGreaterThan(10 * seen.missed);
  });

  it.each(["sequential", "stale-monotonic", "stale"] as const)(
    "are never blamed where %s reads explain the history",
    async (promises) => {
      const seen = { legal: 0, found: 0, missed: 0 };
      for (let seed = 0; seed < 2000; seed++) {
        const history = drawn(seed);
        const { kind } = await verdictOf(elements({ promises }), history);
        const kinds = await Promise.all(
          judgedUnder(promises, model).map(async (one) => (await verdictOf(one, history)).kind),
        );
        const isLegal = kinds.every((one) => one === "valid");
        if (isLegal && kind !== "valid") throw new Error(`seed ${seed} is legal\n${shown(history)}`);
        seen[isLegal ? "legal" : kind === "invalid" ? "found" : "missed"]++;
      }
      expect(seen.legal).toBeGreaterThan(500);
      expect(seen.found).toBeGreaterThan(seen.missed);
    },
  );
});

const limit: KnownLimit = {
  name: "new leader",
  condition: "new-leader",
  boundMs: 8,
  sentence: "a new leader may answer before it has caught up",
};

/** The history in which n1 is seen to lead at first, and n2 from the middle on. */
function withElection(history: History): History {
  const middle = Math.floor(history.length / 2);
  const leader = (node: string, time: number) =>
    ({ type: "info", process: "nemesis", f: "leader", value: nodeId(node), time: nanos(time) }) as const;
  const changed = [
    leader("n1", 0),
    ...history.slice(0, middle),
    leader("n2", history[middle]?.time ?? 0),
    ...history.slice(middle),
  ];
  return changed.map((event, index) => ({ ...event, index }));
}

describe("lists that meet a known limit", () => {
  it("are never violations, nor do they prove any: without them the history is judged as it is with them", async () => {
    const seen = { excused: 0, invalid: 0 };
    for (let seed = 0; seed < 3000; seed++) {
      const history = withElection(drawn(seed, 0.05));
      const promises = "linearizable-known-limits";
      const { kind, anomalies } = await verdictOf(elements({ promises, limits: [limit] }), history);
      const excuses = excusesOf(model, history, [limit]);
      const all = operations(history);
      const kept = all.filter(
        ({ call }, i) => call.f !== "list" || excuses.of(all[i] as (typeof all)[0]) === undefined,
      );
      const isUnexpected = anomalies.some((one) => one.kind === "unexpected-element");
      if (bruteForce(model, kept) && kind === "invalid" && !isUnexpected)
        throw new Error(`seed ${seed} is excused\n${shown(history)}`);
      if (anomalies.some((one) => one.limit !== undefined)) seen.excused++;
      if (kind === "invalid") seen.invalid++;
    }
    expect(seen.excused).toBeGreaterThan(50);
    expect(seen.invalid).toBeGreaterThan(200);
  });
});

/** Runs as real ones are, under each promise: as stale as it allows. */
const runs: readonly (readonly [Consistency, SetRunOptions])[] = [
  ["linearizable", { operations: 600, lagMs: 0 }],
  ["sequential", { operations: 600, lagMs: 60, order: "own" }],
  ["stale-monotonic", { operations: 600, lagMs: 60, order: "growing" }],
  ["stale", { operations: 600, lagMs: 60, order: "any" }],
];
const shape = { processes: 12, sets: 2, perSet: 150, unknown: 0.12, atRest: true };

describe.each(runs)("a run with %s reads", (promises, options) => {
  const judged = async (more: Partial<SetRunOptions> = {}, seed = 1) => {
    const history = setRun(createRandom(seed), { ...shape, ...options, ...more });
    return Promise.all(setCheckers(promises, { boundSeconds: 0.5 }).map((one) => verdictOf(one, history)));
  };
  const elementsOf = (verdicts: readonly Verdict[]) =>
    verdicts.find(({ checker }) => checker === "elements") as Verdict;

  it("is valid, whoever judges it", async () => {
    for (let seed = 1; seed <= 4; seed++)
      for (const { checker, kind, summary } of await judged({}, seed))
        expect(`${checker} ${kind}`, `seed ${seed}: ${summary}`).toBe(`${checker} valid`);
  });

  it("is invalid where every node has lost an element", async () => {
    const verdicts = await judged({ removes: 0, answer: (held) => held.filter((value) => value !== 5) });
    expect(elementsOf(verdicts).anomalies).toContainEqual(
      expect.objectContaining({ kind: "lost-element", summary: expect.stringContaining("lost 5") }),
    );
    expect(verdicts.filter(({ kind }) => kind === "invalid").map(({ checker }) => checker)).toContain(
      "convergence",
    );
  });

  it("is invalid where one node lacks an element at rest", async () => {
    const verdicts = await judged({
      removes: 0,
      answer: (held, { node, isAtRest }) =>
        isAtRest && node === "n3" ? held.filter((value) => value !== 5) : held,
    });
    expect(elementsOf(verdicts).summary).toMatch(/s\d lost 5 on n3/);
    expect(verdicts.at(-1)?.summary).toMatch(/n3 still lacked 5 in s\d/);
  });

  it("is invalid where a list shows what nobody added", async () => {
    const verdicts = await judged({
      answer: (held, { atMs }) => (Math.floor(atMs) % 97 === 0 ? [...held, 100_000] : held),
    });
    expect(elementsOf(verdicts).anomalies).toContainEqual(
      expect.objectContaining({ kind: "unexpected-element" }),
    );
  });
});

describe("a run in which removed elements come back", () => {
  it.each(["linearizable", "sequential", "stale-monotonic"] as const)("breaks %s reads", async (promises) => {
    const known = new Set<number>();
    const answer: SetRunOptions["answer"] = (held, { atMs }) => {
      const before = [...known];
      for (const value of held) known.add(value);
      return atMs % 50 < 5 ? [...new Set([...held, ...before])] : held;
    };
    const history = setRun(createRandom(1), {
      ...shape,
      operations: 400,
      sets: 1,
      perSet: 1e6,
      atRest: false,
      lagMs: 0,
      answer,
    });
    const { anomalies } = await verdictOf(elements({ promises }), history);
    expect(anomalies).toContainEqual(expect.objectContaining({ kind: "reappearing-element" }));
  });
});
