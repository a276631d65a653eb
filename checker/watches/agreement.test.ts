import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeEvent } from "../../core/codec/history-codec.ts";
import type { History } from "../../core/history.ts";
import { createRandom, type Random } from "../../core/random.ts";
import type { Verdict } from "../../core/verdict.ts";
import { propertyRuns } from "../testing/agreement.ts";
import { freely } from "../testing/history-of.ts";
import { canBeExplained } from "./testing/definition.ts";
import { planted, plants } from "./testing/faults.ts";
import { watchedHistory } from "./testing/simulation.ts";
import { watchCheckers } from "./watch-checkers.ts";

/** The first violation that a checker reports. Delivery in time is not judged here. */
function objection(history: History): Verdict | undefined {
  const verdicts = watchCheckers({ deliverySeconds: 1e6 }).map(
    (checker) => checker.check(history, freely) as Verdict,
  );
  return verdicts.find(({ kind }) => kind === "invalid");
}

function forHistories(
  options: { unknown: number; compactions: number },
  property: (history: History, random: Random) => void,
  runs = propertyRuns,
): void {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const size = { operations: random.integer(2, 9), watches: random.integer(1, 3) };
      const history = watchedHistory(random, { ...size, ...options });
      const names = Object.keys(plants);
      const changed = random.chance(0.6) ? planted(random.pick(names), random, history) : history;
      const tried = changed ?? history;
      try {
        property(tried, random);
      } catch (reason) {
        throw new Error(`${reason}\n${tried.map(encodeEvent).join("\n")}`, { cause: reason });
      }
    }),
    // In the example, two transactions that only remove share a revision, and the later one removed something.
    { numRuns: runs, examples: [[-1067352390]] },
  );
}

describe("the checkers of watches", () => {
  it("say what the definition says, where every write was answered", () => {
    const seen = { fine: 0, wrong: 0 };
    forHistories({ unknown: 0, compactions: 0.05 }, (history) => {
      const found = objection(history);
      seen[found === undefined ? "fine" : "wrong"]++;
      if (canBeExplained(history) !== (found === undefined))
        throw new Error(`it can be explained: ${found !== undefined}; ${found?.summary}`);
    });
    expect(Math.min(seen.fine, seen.wrong)).toBeGreaterThan(propertyRuns / 10);
  });

  it("blame no history that the definition explains, unknown writes included", () => {
    const seen = { fine: 0, wrong: 0 };
    forHistories(
      { unknown: 0.4, compactions: 0.03 },
      (history) => {
        const found = objection(history);
        seen[found === undefined ? "fine" : "wrong"]++;
        if (found !== undefined && canBeExplained(history)) throw new Error(found.summary);
      },
      propertyRuns / 2,
    );
    expect(Math.min(seen.fine, seen.wrong)).toBeGreaterThan(propertyRuns / 20);
  });
});
