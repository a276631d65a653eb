import { describe, expect, it } from "vitest";
import type { History } from "../../core/history.ts";
import { createRandom } from "../../core/random.ts";
import type { Verdict } from "../../core/verdict.ts";
import { freely } from "../testing/history-of.ts";
import { type FindingKind, type Guarantee, kindsOf } from "./findings/findings.ts";
import { planted } from "./testing/faults.ts";
import { type SimulationOptions, watchedHistory } from "./testing/simulation.ts";
import { watchCheckers } from "./watch-checkers.ts";

/** The kinds of findings, by how often each was found. */
function kindsIn(history: History): Set<string> {
  const verdicts = watchCheckers({ deliverySeconds: 1e6 }).map(
    (one) => one.check(history, freely) as Verdict,
  );
  return new Set(
    verdicts.flatMap(({ anomalies, kind }) => (kind === "invalid" ? anomalies : [])).map(({ kind }) => kind),
  );
}

const seeds = Array.from({ length: 200 }, (_, seed) => seed);
const size = { operations: 30, watches: 5, compactions: 0 };
const guaranteeOf = (kind: FindingKind) =>
  (Object.keys(kindsOf) as Guarantee[]).find((guarantee) =>
    (kindsOf[guarantee] as readonly string[]).includes(kind),
  );

describe("watches of a system that keeps its promises", () => {
  it.each<readonly [string, Partial<SimulationOptions>]>([
    ["every write answered", { unknown: 0 }],
    ["many writes without an answer", { unknown: 0.4 }],
    ["compactions", { unknown: 0.1, compactions: 0.1 }],
    ["events without revisions and values", { unknown: 0, bare: true }],
    ["events without revisions, writes without an answer", { unknown: 0.3, bare: true }],
    ["one key", { unknown: 0.2, keys: ["a"] }],
    ["values that are written again and again", { unknown: 0.3, values: 3 }],
    ["watches that begin anywhere", { unknown: 0.2, vague: true }],
    ["watches that begin anywhere, events without revisions", { unknown: 0.2, vague: true, bare: true }],
  ])("are not blamed: %s", (_, options) => {
    for (const seed of seeds) {
      const history = watchedHistory(createRandom(seed), { ...size, unknown: 0, ...options });
      expect([seed, ...kindsIn(history)]).toEqual([seed]);
    }
  });
});

describe("a fault planted into what watches received", () => {
  it.each<readonly [string, readonly FindingKind[]]>([
    ["drop", ["missed-event"]],
    ["duplicate", ["duplicate-event"]],
    // What comes too early may come before it was requested.
    ["swap", ["event-out-of-order", "unexpected-event"]],
    ["split", ["split-revision"]],
    ["early progress", ["event-after-progress"]],
    ["late progress", ["progress-went-back"]],
    ["previous", ["wrong-previous-value"]],
    ["created", ["wrong-change"]],
    ["value", ["wrong-value"]],
    ["key", ["event-outside-filter", "unexpected-event"]],
    ["below the start", ["event-before-start"]],
  ])("breaks its own guarantee and no other: %s", (name, kinds) => {
    let tried = 0;
    for (const seed of seeds) {
      const random = createRandom(seed);
      const history = planted(name, random, watchedHistory(random, { ...size, unknown: 0 }));
      if (history === undefined) continue;
      tried++;
      const found = [...kindsIn(history)] as FindingKind[];
      expect(found.length, `seed ${seed}`).toBeGreaterThan(0);
      expect([seed, ...found.filter((kind) => !kinds.includes(kind))]).toEqual([seed]);
    }
    expect(tried).toBeGreaterThan(50);
    expect(kinds.map(guaranteeOf)).not.toContain(undefined);
  });

  it.each(["drop", "duplicate", "swap"])("is found where events carry no revisions: %s", (name) => {
    let [tried, found] = [0, 0];
    for (const seed of seeds) {
      const random = createRandom(seed);
      const history = planted(name, random, watchedHistory(random, { ...size, unknown: 0, bare: true }));
      if (history === undefined) continue;
      tried++;
      if (kindsIn(history).size > 0) found++;
    }
    // Without revisions the loss of one of two equal events looks like a delay of the second.
    expect(found).toBeGreaterThan(tried * 0.5);
  });
});
