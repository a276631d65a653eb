import { Budget, unlimited } from "../limits.ts";
import { type Blocks, blocksOf } from "./blocks.ts";
import { type Columns, differs, read, replace } from "./columns.ts";
import { placeDiffering } from "./differing.ts";
import { type Contradiction, contradiction, type Links, link, none } from "./links.ts";

/** Bytes that links, blocks and an order hold, per operation and per value. */
const bytesPerOperation = 45;
const bytesPerValue = 20;

/** `undecided`: values are not unique, or refused comparisons do not fit into the order that was found. */
export type UniqueResult =
  | Contradiction
  | { readonly kind: "undecided" }
  | {
      readonly kind: "ordered";
      /** A legal order of the operations that must have taken effect: positions in the columns. */
      order(): Int32Array;
    };

/**
 * Decides a register whose values are set once, in O(n log n) and without search.
 *
 * Where every value that was seen has one setter, the operations fall into blocks (see blocks.ts), each of which stands
 * together in any legal order; so a legal order is an order of the blocks. Let f(B) be the earliest return in a block
 * and s(B) the latest call. `A` must precede `B` exactly if something in A returned before something in B was called:
 * f(A) < s(B).
 *
 * **Claim.** The blocks can be ordered exactly if no two must precede each other, and then the order by
 * m(B) = min(f(B), s(B)) is one (at equal values, those with m(B) = s(B) < f(B) or s(B) = f(B) first).
 *
 * **Proof.** Two blocks that must precede each other cannot be ordered. For the rest let A come before B by m, though B
 * must precede A: f(B) < s(A). Then m(A) <= m(B) <= f(B) < s(A), so m(A) = f(A), and f(A) = m(A) <= m(B) <= s(B). Were
 * f(A) = s(B), then m(A) = m(B) = s(B), and B would come first by the rule for equal values, as s(B) <= f(B) and
 * f(A) < s(A). So f(A) < s(B): A must precede B as well. Hence if the order by m is not legal, two blocks must precede
 * each other; and every pair is found by holding f of each block against the greatest s before it. ∎
 *
 * Operations that saw only that the value *differed* are left out of the blocks, which can only make more orders legal;
 * so a contradiction stands. They are then put into the order found where they fit; if one does not fit, another order
 * of the blocks may still do, and the result is `undecided`. An operation that *replaced* some other value counts as a
 * write, which looks at nothing; so an order is none that is proven, while a contradiction stands.
 *
 * Throws `LimitExceeded` where the budget does not allow it.
 */
export function decideUnique(columns: Columns, budget = new Budget(unlimited)): UniqueResult {
  budget.look();
  return budget.during(() => {
    budget.hold(columns.size * bytesPerOperation + columns.valueCount * bytesPerValue);
    return decided(columns, budget);
  });
}

function decided(columns: Columns, budget: Budget): UniqueResult {
  const links = link(columns, budget);
  if (links === "ambiguous") return { kind: "undecided" };
  if ("why" in links) return links;
  const blocks = blocksOf(columns, links, budget);
  if ("why" in blocks) return blocks;
  const sequence = ordered(columns, links, blocks, budget);
  if (!(sequence instanceof Int32Array)) return sequence;
  const order = () => flatten(blocks, sequence);
  if (columns.kind.includes(replace)) return { kind: "undecided" };
  if (!columns.kind.includes(differs)) return { kind: "ordered", order };
  const complete = placeDiffering(columns, order(), budget);
  return complete === undefined ? { kind: "undecided" } : { kind: "ordered", order: () => complete };
}

/** Block numbers in a legal order, or two blocks that must precede each other. */
function ordered(columns: Columns, links: Links, blocks: Blocks, budget: Budget): Int32Array | Contradiction {
  const { callIndex, returnIndex } = columns;
  const { count, firstReturn, lastCall } = blocks;
  // The first return of the initial value's block is the start of the run, before every call.
  const f = (block: number) => {
    const operation = firstReturn[block] as number;
    return operation === none ? -1 : (returnIndex[operation] as number);
  };
  const s = (block: number) => callIndex[lastCall[block] as number] as number;
  const sequence = sortedBlocks(count, f, s);
  let latest = none;
  for (const block of sequence) {
    budget.step();
    if (latest !== none && f(block) < s(latest)) return torn(columns, links, blocks, latest, block);
    if (latest === none || s(block) > s(latest)) latest = block;
  }
  return sequence;
}

/** Blocks in order of m; at equal values those first whose m is a call, as are events at equal indexes. */
function sortedBlocks(count: number, f: (block: number) => number, s: (block: number) => number): Int32Array {
  const rank = new Int32Array(count);
  let highest = 0;
  for (let block = 0; block < count; block++) {
    const isReturn = f(block) < s(block);
    rank[block] = isReturn ? f(block) * 2 + 3 : s(block) * 2 + 2;
    highest = Math.max(highest, rank[block] as number);
  }
  return placed(rank, highest) ?? sorted(rank);
}

/** The order of `rank` by putting each in its place, where no two are equal and most places are taken. */
function placed(rank: Int32Array, highest: number): Int32Array | undefined {
  if (highest > 16 * rank.length) return undefined;
  const at = new Int32Array(highest + 1).fill(none);
  for (let block = 0; block < rank.length; block++) {
    const place = rank[block] as number;
    if (at[place] !== none) return undefined;
    at[place] = block;
  }
  return at.filter((block) => block !== none);
}

function sorted(rank: Int32Array): Int32Array {
  // One number that sorts by rank, then by block: the native sort of numbers is ten times faster.
  const keys = Float64Array.from(rank, (value, block) => value * rank.length + block).sort();
  return Int32Array.from(keys, (key) => key % rank.length);
}

/** Blocks `a` and `b` must precede each other: the operations that say so, and the setters that tie them together. */
function torn(columns: Columns, links: Links, blocks: Blocks, a: number, b: number): Contradiction {
  return contradiction(columns, links, "torn", [...tie(columns, blocks, a), ...tie(columns, blocks, b)]);
}

function tie(
  { kind }: Columns,
  { operations, start, firstReturn, lastCall }: Blocks,
  block: number,
): number[] {
  const members = operations.subarray(start[block], start[block + 1]);
  const ends = [firstReturn[block] as number, lastCall[block] as number];
  const places = ends.map((end) => members.indexOf(end));
  const isSetter = (place: number) => kind[members[place] as number] !== read;
  // Where the block begins with the run, its first return is the run's start: everything from there on ties.
  let from = Math.max(0, Math.min(...places));
  while (from > 0 && !isSetter(from)) from--;
  const to = Math.max(...places);
  const tied: number[] = [];
  for (let place = from; place <= to; place++)
    if (isSetter(place) || places.includes(place)) tied.push(members[place] as number);
  return tied;
}

function flatten({ operations, start }: Blocks, sequence: Int32Array): Int32Array {
  const order = new Int32Array(operations.length);
  let length = 0;
  for (const block of sequence) {
    const members = operations.subarray(start[block], start[block + 1]);
    order.set(members, length);
    length += members.length;
  }
  return order;
}
