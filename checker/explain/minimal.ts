import type { Operation } from "../../core/op.ts";
import type { Model } from "../model.ts";
import { listOf } from "../operation-list.ts";
import { decide } from "../search/decide.ts";
import type { Limits } from "../search/limits.ts";
import { prepare } from "../search/problem.ts";

/** What is left of a history when all that does not matter to a violation is gone. */
export interface MinimalHistory {
  /** In order of invocation. */
  readonly operations: readonly Operation[];
  /** Position in `operations` of the one that cannot be placed. */
  readonly culprit: number;
}

/**
 * The part of `operations` that shows why `culprit` cannot be placed.
 *
 * An operation does not matter if the history stays invalid when it may be left out and may take effect at any time
 * after its call. Every legal order of the history is one of the history weakened so; hence what is invalid when
 * weakened is invalid whatever the weakened operations did, and those that remain required are the proof. (To *remove*
 * operations proves nothing: a read without its write is invalid too.) Then, so that the picture makes sense, those
 * weakened operations are put back that the others need to be legal without the culprit.
 */
export function minimalHistory<S>(
  model: Model<S>,
  operations: readonly Operation[],
  culprit: number,
  limits: Limits,
): MinimalHistory {
  const last = operations[culprit] as Operation;
  const past = operations
    .filter(({ callIndex }) => callIndex <= last.returnIndex)
    .sort((a, b) => a.callIndex - b.callIndex);
  const bad = past.indexOf(last);
  const isLegal = (required: ReadonlySet<number>, present: ReadonlySet<number>): boolean => {
    const positions = [...present];
    const list = listOf(positions.map((i) => past[i] as Operation));
    const problem = prepare(model, list, (i) => !required.has(positions[i] as number));
    // A question that is too hard counts as legal, so that nothing is left out without proof.
    return decide(problem, limits).kind !== "invalid";
  };
  const everything = new Set(past.keys());
  const answered = [...everything].filter(
    (i) => i !== bad && (past[i] as Operation).returnIndex <= last.returnIndex,
  );
  const isProof = (kept: readonly number[]) => !isLegal(new Set([...kept, bad]), everything);
  const reads = answered.filter((i) => isReadOnly(model, past[i] as Operation));
  const updates = answered.filter((i) => !reads.includes(i));
  // Reads go first: people understand "written, overwritten, read" better than "read, read otherwise, read again".
  const withoutReads = shrink(reads, (kept) => isProof([...kept, ...updates]));
  const required = shrink([...withoutReads, ...updates], isProof);
  const optional = [...everything].filter((i) => i !== bad && !required.includes(i));
  const needed = shrink(optional, (kept) =>
    isLegal(new Set(required), new Set([...required, ...kept].sort(ascending))),
  );
  const shown = [...required, ...needed, bad].sort(ascending);
  return { operations: shown.map((i) => past[i] as Operation), culprit: shown.indexOf(bad) };
}

const isReadOnly = <S>(model: Model<S>, { call, outcome }: Operation) =>
  model.readOnly?.(call, outcome) ?? false;

const ascending = (a: number, b: number) => a - b;

/**
 * A part of `items` that `holds` and from which nothing can be taken: drops halves, then quarters, and so on down to
 * single ones, as long as what is left `holds`.
 */
function shrink<T>(items: readonly T[], holds: (kept: readonly T[]) => boolean): T[] {
  let kept = [...items];
  for (let size = Math.max(1, kept.length >> 1); ; size = size >> 1) {
    for (let at = 0; at < kept.length; ) {
      const without = kept.toSpliced(at, size);
      if (holds(without)) kept = without;
      else at += size;
    }
    if (size <= 1) return kept;
  }
}
