import { unreachable } from "../../core/assert.ts";
import type { Consistency } from "../../core/consistency.ts";
import type { RevisionScope } from "../../core/op.ts";
import type { Checker } from "../checker.ts";
import { revisions } from "../revisions/revisions.ts";
import { sessions } from "./sessions.ts";
import { singleEffect } from "./single-effect.ts";
import { staleness } from "./staleness.ts";
import { writtenValues } from "./written-values.ts";

/**
 * The checkers that judge and measure a register's reads under a mode with this promise. `scope`: what the revision of a
 * read refers to. What revisions prove holds in every mode.
 */
export function readCheckers(promises: Consistency, scope: RevisionScope): Checker[] {
  return [...checkersOf(promises, scope), revisions({ scope })];
}

function checkersOf(promises: Consistency, scope: RevisionScope): Checker[] {
  switch (promises) {
    case "linearizable":
    case "linearizable-known-limits":
      return [singleEffect({ scope }), staleness()];
    case "sequential":
      return [
        sessions({
          guarantees: ["monotonic-reads", "read-your-writes", "monotonic-writes", "writes-follow-reads"],
        }),
        writtenValues(),
        singleEffect({ scope }),
        staleness(),
      ];
    case "stale-monotonic":
      return [
        sessions({ guarantees: ["monotonic-reads"] }),
        writtenValues(),
        singleEffect({ scope }),
        staleness(),
      ];
    case "stale":
      return [writtenValues(), singleEffect({ scope }), staleness()];
    default:
      return unreachable(promises);
  }
}
