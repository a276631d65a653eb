import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation, RevisionScope } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import type { Verdict } from "../../core/verdict.ts";
import type { Checker } from "../checker.ts";
import { singleEffect } from "../reads/single-effect.ts";
import { writtenValues } from "../reads/written-values.ts";
import { propertyRuns } from "../testing/agreement.ts";
import { freely } from "../testing/history-of.ts";
import { revisions } from "./revisions.ts";
import { canBeOrdered } from "./testing/brute-force.ts";
import { eventsOf } from "./testing/events-of.ts";
import { mutated, revisedHistory } from "./testing/revised-history.ts";

/** Small histories: those of a right system, and others with one or two answers changed. */
function forHistories(hidden: readonly number[], property: (history: readonly Operation[]) => void): void {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const operations = random.integer(2, 9);
      const options = { operations, hidden: random.pick(hidden), deletes: random.pick([0, 0.3]) };
      const right = revisedHistory(random, options);
      const changed = random.chance(0.7) ? mutated(random, right) : right;
      const history = random.chance(0.3) ? mutated(random, changed) : changed;
      try {
        property(history);
      } catch (reason) {
        throw new Error(`${reason}\n${history.map(show).join("\n")}`, { cause: reason });
      }
    }),
    { numRuns: propertyRuns },
  );
}

const show = ({ call, outcome, callIndex, returnIndex }: Operation): string =>
  `[${callIndex}, ${returnIndex}] ${JSON.stringify(call)} -> ${JSON.stringify(outcome.type === "ok" ? outcome.output : outcome.type)}`;

/** The first verdict that is not valid. */
function objection(history: readonly Operation[], checkers: readonly Checker[]): Verdict | undefined {
  const events = eventsOf(history);
  const verdicts = checkers.map((checker) => checker.check(events, freely) as Verdict);
  return verdicts.find(({ kind }) => kind !== "valid");
}

describe.each<RevisionScope>(["store", "key"])(
  "the revisions of a history, a read's being that of the %s",
  (scope) => {
    it("are never held against one that has an order, unknown writes and deletes included", () => {
      const seen = { fine: 0, wrong: 0 };
      forHistories([0, 0.4], (history) => {
        const found = objection(history, [revisions({ scope })]);
        seen[found === undefined ? "fine" : "wrong"]++;
        if (found !== undefined && canBeOrdered(history, scope)) throw new Error(found.summary);
      });
      expect(Math.min(seen.fine, seen.wrong)).toBeGreaterThan(propertyRuns / 10);
    });

    it("are held against each one that has none, where every change has a revision", () => {
      const checkers = [revisions({ scope }), singleEffect(), writtenValues()];
      forHistories([0], (history) => {
        const isRight = canBeOrdered(history, scope);
        if (isRight !== (objection(history, checkers) === undefined))
          throw new Error(`it can be ordered: ${isRight}`);
      });
    });
  },
);
