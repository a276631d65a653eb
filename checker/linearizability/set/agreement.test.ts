import { describe, expect, it } from "vitest";
import { type ClientEvent, type History, isClientEvent, operations } from "../../../core/history.ts";
import type { Json, Operation } from "../../../core/op.ts";
import { createRandom, type Random } from "../../../core/random.ts";
import type { Verdict } from "../../../core/verdict.ts";
import { setRun } from "../../elements/testing/set-run.ts";
import type { Model } from "../../model.ts";
import { set } from "../../models/set.ts";
import { pastReads } from "../../past-reads/past-reads.ts";
import { expectWitness } from "../../testing/agreement.ts";
import { bruteForce } from "../../testing/brute-force.ts";
import { freely } from "../../testing/history-of.ts";
import { checkOperations } from "../check-operations.ts";
import { linearizable } from "../linearizable.ts";

const own = set() as Model;
/** The same model, judged by the search. */
const searched = (({ set: _, ...model }) => model)(own);

/** A small run of one set, in which some answers are wrong. */
function drawn(seed: number): History {
  const random = createRandom(seed);
  const options = { lagMs: random.pick([0, 10]), unknown: 0.25, adds: 0.4, removes: 0.25 };
  const history = setRun(random.fork("run"), { ...options, operations: 7, processes: 3, order: "any" });
  return history.map((event) =>
    isClientEvent(event) && event.type === "ok" && random.chance(0.15) ? otherwise(event, random) : event,
  );
}

function otherwise(event: ClientEvent, random: Random): ClientEvent {
  if (event.f === "remove") return { ...event, value: event.value !== true };
  if (event.f !== "list") return event;
  const listed = event.value as readonly Json[];
  const value = random.chance(0.5) ? listed.slice(1) : [...listed, random.integer(1, 4)];
  return { ...event, value };
}

const shown = (history: History): string => history.map((event) => JSON.stringify(event)).join("\n");

describe("a set whose elements are unique", () => {
  it("is judged as brute force judges it, with a witness where it is legal", () => {
    const seen = { valid: 0, invalid: 0 };
    for (let seed = 0; seed < 4000; seed++) {
      const all = operations(drawn(seed));
      const expected = bruteForce(own, all) ? "valid" : "invalid";
      const { kind } = checkOperations(own, all);
      if (kind !== expected) throw new Error(`seed ${seed}: ${kind}, not ${expected}\n${shown(drawn(seed))}`);
      expectWitness(own, all, expected);
      seen[expected]++;
    }
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(800);
  });

  it("blames the operation whose answer brought the contradiction", () => {
    let blamed = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const all = operations(drawn(seed));
      const judgement = checkOperations(own, all);
      if (judgement.kind !== "invalid") continue;
      blamed++;
      const end = (all[judgement.culprit] as Operation).returnIndex;
      expect(bruteForce(own, knownAt(all, end)), shown(drawn(seed))).toBe(false);
      expect(bruteForce(own, knownAt(all, end - 1)), shown(drawn(seed))).toBe(true);
    }
    expect(blamed).toBeGreaterThan(200);
  });

  it("is explained where something was seen that was refused later, as without it", async () => {
    const checker = linearizable({ model: own });
    let refusals = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const random = createRandom(seed);
      const history = drawn(seed).map((event) =>
        isClientEvent(event) && event.type === "ok" && event.f !== "list" && random.chance(0.3)
          ? { ...event, type: "fail" as const, error: "rejected" }
          : event,
      );
      const expected = bruteForce(own, operations(history)) ? "valid" : "invalid";
      const verdict = (await checker.check(history, freely)) as Verdict;
      if (verdict.kind !== expected) throw new Error(`seed ${seed}: ${verdict.summary}\n${shown(history)}`);
      if (expected === "invalid") refusals++;
    }
    expect(refusals).toBeGreaterThan(200);
  });

  it.each(["none", "reads", "operations"] as const)(
    "has its old lists judged as the search does, order %s",
    async (order) => {
      const seen = new Set<string>();
      for (let seed = 0; seed < 1000; seed++) {
        const history = drawn(seed);
        const kinds = [own, searched].map(
          (model) => (pastReads({ model, order }).check(history, freely) as Verdict).kind,
        );
        if (kinds[0] !== kinds[1]) throw new Error(`seed ${seed}: ${kinds.join(", ")}\n${shown(history)}`);
        seen.add(kinds[0] as string);
      }
      expect([...seen]).toEqual(expect.arrayContaining(["valid", "invalid"]));
    },
  );

  it("is decided with dozens of unknown updates and a dozen processes, where a search would not end", () => {
    for (let seed = 0; seed < 3; seed++) {
      const options = { operations: 200, processes: 12, adds: 0.4, removes: 0.1, unknown: 0.2 };
      const all = operations(setRun(createRandom(seed), options));
      expect(checkOperations(own, all).kind).toBe("valid");
    }
  });
});

/** The operations that had been asked for by then, with the answers that had come. */
function knownAt(all: readonly Operation[], index: number): Operation[] {
  return all
    .filter(({ callIndex }) => callIndex <= index)
    .map(
      (operation): Operation =>
        operation.returnIndex <= index
          ? operation
          : {
              ...operation,
              outcome: {
                type: "info",
                error: { code: "timeout", definite: false, message: "no answer yet" },
              },
              returnIndex: Number.POSITIVE_INFINITY,
            },
    );
}
