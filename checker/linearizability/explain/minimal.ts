import type { Operation } from "../../../core/op.ts";
import type { Model } from "../../model.ts";
import type { Limits } from "../limits.ts";
import type { Excerpt } from "./excerpt.ts";
import { Legality } from "./legality.ts";

/** Configurations that one question may visit, and all questions together. */
const workPerQuestion = 2000;
const workInAll = 40_000;

/**
 * Positions in the excerpt of the operations that show why the culprit cannot be placed, itself among them, ascending.
 *
 * An operation does not matter if the excerpt stays illegal when the operation becomes optional. Every legal order of the
 * whole is also one of the weakened excerpt. So if the weakened excerpt is illegal, it is so whether or not the optional
 * operations took effect, and those that remain required are the proof. (*Removing* operations proves nothing: a read
 * without its write is illegal, too.) Then the operations that the others need to be legal without the culprit are put
 * back, so that the picture makes sense.
 */
export function minimalPart<S>(model: Model<S>, excerpt: Excerpt<S>, limits: Limits): number[] {
  const { operations, culprit } = excerpt;
  const legality = new Legality(model, excerpt, limits);
  let left = workInAll;
  // A question that is too hard counts as answered unfavourably, so that nothing is left out without proof.
  const ask = (present: readonly number[], required: readonly number[]): boolean | undefined => {
    if (left <= 0) return undefined;
    const work = { left: Math.min(left, workPerQuestion) };
    const given = work.left;
    const answer = legality.isLegal(present, new Set(required), work);
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
  const isRead = (i: number) => legality.isReadOnly(i);
  const updates = answered.filter((i) => !isRead(i));
  // Reads go first: people understand "written, overwritten, read" better than "read, read otherwise, read again".
  const reads = shrink(answered.filter(isRead), (kept) => isProof([...updates, ...kept]));
  const required = shrink([...reads, ...updates], isProof);
  const others = all.filter((i) => i !== culprit && !required.includes(i));
  // What was still open when the culprit returned may be left out, too: all of it together need not be legal. At the end
  // nothing more can be left out, so the rest is legal with all of it.
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
