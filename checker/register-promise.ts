import { unreachable } from "../core/assert.ts";
import type { Consistency } from "../core/consistency.ts";
import type { Call, Json } from "../core/op.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Checker } from "./checker.ts";
import { linearizable, violationKind } from "./linearizable.ts";
import { register } from "./models/register.ts";

export interface RegisterCheckersOptions {
  /** Of a key that nobody wrote; null where absent. */
  readonly initial?: Json;
  /** Who judges the reads where the mode promises less than linearizability. */
  readonly reads?: (promises: Consistency) => readonly Checker[];
}

/**
 * The checkers of a register under a read mode that `promises` so much:
 *
 * - `linearizable`: everything, reads included, is linearizable.
 * - `linearizable-known-limits`: the same, but a violation that is gone when the reads are left out is the documented
 *   limit: reported with `known`, and the verdict stays valid. Writes and CAS are held to linearizability.
 * - the others: writes and CAS are linearizable; the reads are for `options.reads` to judge.
 */
export function registerCheckers(promises: Consistency, options: RegisterCheckersOptions = {}): Checker[] {
  const model = register(options);
  const writes = linearizable({ model, only: isUpdate });
  const reads = options.reads?.(promises) ?? [];
  switch (promises) {
    case "linearizable":
      return [linearizable({ model }), ...reads];
    case "linearizable-known-limits":
      return [withKnownLimit(linearizable({ model }), writes), ...reads];
    case "sequential":
    case "stale-monotonic":
    case "stale":
      return [writes, ...reads];
    default:
      return unreachable(promises);
  }
}

const isUpdate = ({ f }: Call): boolean => f !== "read";

/** What `strict` finds wrong where `lenient` does not is the known limit. */
function withKnownLimit(strict: Checker, lenient: Checker): Checker {
  return {
    name: strict.name,
    async check(history, context): Promise<Verdict> {
      const verdict = await strict.check(history, context);
      if (verdict.kind !== "invalid") return verdict;
      const rest = await lenient.check(history, context);
      if (rest.kind !== "valid") return rest;
      const anomalies = verdict.anomalies.map((anomaly) =>
        anomaly.kind === violationKind ? { ...anomaly, known: true } : anomaly,
      );
      const found = `the known limit of the read mode was found: ${anomalies.find(({ known }) => known)?.summary}`;
      const undecided = anomalies.find(({ known }) => known !== true);
      return undecided === undefined
        ? { ...verdict, kind: "valid", summary: found, anomalies }
        : { ...verdict, kind: "unknown", summary: undecided.summary, anomalies };
    },
  };
}
