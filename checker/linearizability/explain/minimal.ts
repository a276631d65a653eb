import type { Operation } from "../../../core/op.ts";
import type { Model } from "../../model.ts";
import type { Limits } from "../limits.ts";
import type { Stretch } from "./excerpt.ts";
import { Questions } from "./legality.ts";

/** Configurations that are looked at to answer one question, and all of them together. */
const workPerQuestion = 2000;
const workInAll = 40_000;

/**
 * Positions in the stretch of the operations that show why the culprit cannot be placed, itself among them, ascending.
 *
 * An operation does not matter if the stretch stays illegal when the operation may be left out. Every legal order of the
 * whole is one of the stretch weakened so; hence what is illegal when weakened is illegal whatever the weakened
 * operations did, and those that remain required are the proof. (To *remove* operations proves nothing: a read without
 * its write is illegal too.) Then, so that the picture makes sense, those are put back that the others need to be legal
 * without the culprit.
 */
export function minimalPart<S>(model: Model<S>, stretch: Stretch<S>, limits: Limits): number[] {
  const { operations, culprit } = stretch;
  const questions = new Questions(model, stretch, limits);
  let left = workInAll;
  // A question that is too hard is taken as answered the other way than hoped for, so nothing is left out without proof.
  const ask = (present: readonly number[], required: readonly number[]): boolean | undefined => {
    if (left <= 0) return undefined;
    const work = { left: Math.min(left, workPerQuestion) };
    const given = work.left;
    const answer = questions.isLegal(present, new Set(required), work);
    left -= given - work.left;
    return answer;
  };
  const all = [...operations.keys()];
  const end = (operations[culprit] as Operation).returnIndex;
  // At equal indexes operations return in the order of the list, as in the search.
  const isBefore = (i: number) => {
    const { returnIndex } = operations[i] as Operation;
    return returnIndex < end || (returnIndex === end && i < culprit);
  };
  const answered = all.filter((i) => i !== culprit && isBefore(i));
  const isProof = (kept: readonly number[]) => ask(all, [...kept, culprit]) === false;
  const isRead = (i: number) => questions.isReadOnly(i);
  const updates = answered.filter((i) => !isRead(i));
  // Reads go first: people understand "written, overwritten, read" better than "read, read otherwise, read again".
  const reads = shrink(answered.filter(isRead), (kept) => isProof([...updates, ...kept]));
  const required = shrink([...reads, ...updates], isProof);
  const others = all.filter((i) => i !== culprit && !required.includes(i));
  // What was still open when the culprit returned may be left out, too: all of it together need not be legal. Of what
  // is left at the end nothing can be left out, so it is legal with all of it.
  const isSense = (kept: readonly number[]) => {
    const shown = [...required, ...kept].sort(ascending);
    return ask(shown, shown.filter(isBefore)) === true;
  };
  const putBack = shrink(others, isSense);
  return [...required, ...putBack, culprit].sort(ascending);
}

const ascending = (a: number, b: number) => a - b;

/**
 * A part of `items` that `holds` and from which nothing can be taken: drops all, then halves, then quarters, and so on
 * down to single ones, as long as what is left `holds`.
 */
function shrink<T>(items: readonly T[], holds: (kept: readonly T[]) => boolean): T[] {
  let kept = [...items];
  for (let size = kept.length; size > 0; size = size >> 1) {
    for (let at = 0; at < kept.length; ) {
      const without = kept.toSpliced(at, size);
      if (holds(without)) kept = without;
      else at += size;
    }
  }
  return kept;
}
