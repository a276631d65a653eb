/**
 * A configuration: how far an order has come. A row of integers: the state; the optional operations that took effect
 * (see Uses); a word of exact bookkeeping for the search that keeps the row; then two bit sets with a bit for every
 * slot. *Done*: the open operation in the slot took effect, or can be taken to have. *Used*: it took effect in a way
 * that shows. Only for an overwriting operation do the two differ (see Moves).
 */
export const stateAt = 0;
export const usesAt = 1;
export const tagAt = 2;
export const bitsAt = 3;

/** The layout of a row in a problem with `slots` slots. */
export interface Layout {
  /** Words of each bit set. */
  readonly words: number;
  /** Words of a row, with one behind the others for its trace where that is wanted. It does not distinguish rows. */
  readonly stride: number;
}

export function layoutFor(slots: number, hasTrace: boolean): Layout {
  const words = Math.ceil(slots / 32);
  return { words, stride: bitsAt + 2 * words + (hasTrace ? 1 : 0) };
}

export const hasBit = (row: Int32Array, at: number, slot: number): boolean =>
  ((row[at + (slot >> 5)] as number) & (1 << (slot & 31))) !== 0;

export function setBit(row: Int32Array, at: number, slot: number): void {
  const word = at + (slot >> 5);
  row[word] = (row[word] as number) | (1 << (slot & 31));
}

export function clearBit(row: Int32Array, at: number, slot: number): void {
  const word = at + (slot >> 5);
  row[word] = (row[word] as number) & ~(1 << (slot & 31));
}
