import type { Budget } from "../limits.ts";
import { type Columns, cas, read, replace, write } from "./columns.ts";
import { type Contradiction, contradiction, type Links, none } from "./links.ts";

/**
 * What must stand together in any order: a write, the reads of its value, the CAS that replaced it, the reads of the
 * value that the CAS set, and so on to the last CAS of the chain. The order within a block is given, but for that of
 * reads of one value. The block of the initial value begins with the start of the run.
 *
 * Contradictions are certain, for the order within a block is forced: an operation that must come after another one
 * but returned before the other's call; a chain of CAS that begins nowhere.
 */
export interface Blocks {
  readonly count: number;
  /** The operations of all blocks, block by block, each in its order. */
  readonly operations: Int32Array;
  /** Where each block begins in `operations`, and one more entry for the end. */
  readonly start: Int32Array;
  /** For each block, the operation that returned first; `none` for the block of the initial value: the run's start. */
  readonly firstReturn: Int32Array;
  /** For each block, the operation that was called last. */
  readonly lastCall: Int32Array;
}

export function blocksOf(columns: Columns, links: Links, budget: Budget): Blocks | Contradiction {
  const { size, kind, value } = columns;
  const { effective, successor } = links;
  const readers = readersOf(columns, links);
  const builder = new BlockBuilder(columns, links, readers, budget);
  if (readers(0).length > 0 || successor[0] !== none) builder.add(none, 0);
  let chained = 0;
  for (let i = 0; i < size; i++) {
    if (!effective[i]) continue;
    if (kind[i] === write || kind[i] === replace) builder.add(i, value[i] as number);
    else if (kind[i] === cas) chained++;
    if (builder.contradiction !== undefined) return builder.contradiction;
  }
  return (
    builder.contradiction ?? (builder.chained < chained ? cycleIn(columns, links, builder) : builder.blocks())
  );
}

class BlockBuilder {
  contradiction: Contradiction | undefined;
  /** CAS that are in a block. */
  chained = 0;
  readonly placed: Uint8Array;
  readonly #columns: Columns;
  readonly #links: Links;
  readonly #readers: Readers;
  readonly #budget: Budget;
  readonly #operations: Int32Array;
  readonly #start: Int32Array;
  readonly #firstReturn: Int32Array;
  readonly #lastCall: Int32Array;
  #count = 0;
  #length = 0;

  constructor(columns: Columns, links: Links, readers: Readers, budget: Budget) {
    const { size } = columns;
    this.#columns = columns;
    this.#links = links;
    this.#readers = readers;
    this.#budget = budget;
    this.placed = new Uint8Array(size);
    this.#operations = new Int32Array(size);
    this.#start = new Int32Array(size + 2);
    this.#firstReturn = new Int32Array(size + 1);
    this.#lastCall = new Int32Array(size + 1);
  }

  /** Adds the block that begins with `head`, which sets `value`. */
  add(head: number, value: number): void {
    const block = this.#count++;
    this.#start[block] = this.#length;
    this.#firstReturn[block] = head;
    this.#lastCall[block] = head;
    if (head !== none) this.#place(head);
    for (let current = value; ; ) {
      const readers = this.#readers(current);
      const before = this.#lastCall[block] as number;
      for (const reader of readers) this.#follow(block, before, reader);
      const next = this.#links.successor[current] as number;
      if (next === none || this.contradiction !== undefined) break;
      this.#follow(block, this.#lastCall[block] as number, next);
      this.chained++;
      current = this.#columns.to[next] as number;
    }
    this.#start[this.#count] = this.#length;
  }

  blocks(): Blocks {
    return {
      count: this.#count,
      operations: this.#operations.subarray(0, this.#length),
      start: this.#start,
      firstReturn: this.#firstReturn,
      lastCall: this.#lastCall,
    };
  }

  /** Places an operation of which `before` is the latest called among those that must precede it. */
  #follow(block: number, before: number, operation: number): void {
    const { callIndex, returnIndex } = this.#columns;
    const returned = returnIndex[operation] as number;
    if (before !== none && returned < (callIndex[before] as number)) {
      this.contradiction ??= contradiction(this.#columns, this.#links, "out-of-order", [
        before,
        ...settersBetween(this.#columns, this.#links, before, operation),
        operation,
      ]);
    }
    this.#place(operation);
    const first = this.#firstReturn[block] as number;
    // The block of the initial value begins with the run: nothing returned before.
    if (first !== none && returned < (returnIndex[first] as number)) this.#firstReturn[block] = operation;
    const last = this.#lastCall[block] as number;
    if (last === none || (callIndex[operation] as number) > (callIndex[last] as number))
      this.#lastCall[block] = operation;
  }

  #place(operation: number): void {
    this.#budget.step();
    this.placed[operation] = 1;
    this.#operations[this.#length++] = operation;
  }
}

/** What ties an operation of a block to the later `operation`: the setters from the value that it saw or set on. */
function settersBetween(
  { kind, value }: Columns,
  { setter }: Links,
  before: number,
  operation: number,
): number[] {
  const setters: number[] = [];
  for (let seen = value[operation] as number; ; seen = value[setters.at(-1) as number] as number) {
    const next = setter[seen] as number;
    if (next === none) return setters;
    setters.push(next);
    const sets = kind[before] === write || kind[before] === replace;
    if (next === before || kind[next] !== cas || (!sets && value[before] === seen)) return setters;
  }
}

/** The CAS of a chain that no write begins: each needs the value that the next one sets. */
function cycleIn(columns: Columns, links: Links, { placed }: BlockBuilder): Contradiction {
  const { size, kind, value } = columns;
  const { effective, setter } = links;
  let at = 0;
  while (at < size && !(effective[at] && kind[at] === cas && !placed[at])) at++;
  const visited = new Set<number>();
  // Going back from a CAS of no block never ends at a write, so it comes round.
  for (; !visited.has(at); at = setter[value[at] as number] as number) visited.add(at);
  const members = [...visited];
  return contradiction(columns, links, "cycle", members.slice(members.indexOf(at)));
}

type Readers = (value: number) => Int32Array;

/** Reads by the value that they read, in order of their call. */
function readersOf({ size, kind, value, valueCount }: Columns, { effective }: Links): Readers {
  const start = new Int32Array(valueCount + 1);
  for (let i = 0; i < size; i++)
    if (kind[i] === read && effective[i])
      start[(value[i] as number) + 1] = (start[(value[i] as number) + 1] as number) + 1;
  for (let v = 0; v < valueCount; v++) start[v + 1] = (start[v + 1] as number) + (start[v] as number);
  const sorted = new Int32Array(start[valueCount] as number);
  const next = start.slice();
  for (let i = 0; i < size; i++) {
    if (kind[i] !== read || !effective[i]) continue;
    const v = value[i] as number;
    sorted[next[v] as number] = i;
    next[v] = (next[v] as number) + 1;
  }
  return (v) => sorted.subarray(start[v], start[v + 1]);
}
