import type { Model } from "../model.ts";
import type { Budget } from "./limits.ts";
import { type OperationList, part } from "./operation-list.ts";

/** Operations that can be judged apart from the others. */
export interface Part {
  /** The key that they are about, or the keys; undefined where the model has none. */
  readonly key: string | undefined;
  readonly list: OperationList;
  /** Their positions in the whole list. */
  readonly positions: Int32Array;
}

/**
 * Splits operations where the model says that they cannot see one another: by key, or where one may be about several
 * keys, into groups of keys that operations tie together. Sound: such a state is made of parts that do not affect each
 * other, and legal orders of the parts' operations can be merged into one of all, because real time orders them alike
 * (locality: Herlihy and Wing, 1990, section 3.2). Throws `LimitExceeded` where the budget does not allow it.
 */
export function split<S>(model: Model<S>, list: OperationList, budget: Budget): Part[] {
  const { key, keys } = model;
  if (key !== undefined) return gather(list, budget, (i) => key(list.call(i)));
  if (keys === undefined) return [wholeOf(list)];
  const ties = new Ties();
  for (let i = 0; i < list.length; i++) {
    budget.step();
    const own = keys(list.call(i));
    // An operation on all keys ties everything together.
    if (own === undefined) return [wholeOf(list)];
    ties.add(own);
  }
  const names = ties.names();
  return gather(list, budget, (i) => names.get(ties.find(keys(list.call(i))?.[0] ?? "")) ?? "");
}

function gather(list: OperationList, budget: Budget, nameOf: (i: number) => string): Part[] {
  budget.hold(8 * list.length);
  const positions = new Map<string, number[]>();
  for (let i = 0; i < list.length; i++) {
    budget.step();
    const name = nameOf(i);
    const known = positions.get(name);
    if (known === undefined) positions.set(name, [i]);
    else known.push(i);
  }
  return Array.from(positions, ([key, own]) => ({
    key,
    list: part(list, own),
    positions: Int32Array.from(own),
  }));
}

/** All of the operations as one part. */
export const wholeOf = (list: OperationList): Part => ({
  key: undefined,
  list,
  positions: Int32Array.from({ length: list.length }, (_, i) => i),
});

/** Groups of keys, by union-find. */
class Ties {
  readonly #parent = new Map<string, string>();

  find(key: string): string {
    let root = key;
    for (let up = this.#parent.get(root); up !== undefined && up !== root; up = this.#parent.get(root))
      root = up;
    this.#parent.set(key, root);
    return root;
  }

  add(keys: readonly string[]): void {
    const [first, ...others] = keys;
    if (first === undefined) return;
    const root = this.find(first);
    for (const other of others) this.#parent.set(this.find(other), root);
  }

  /** What to call every group: its keys in order, by its root. */
  names(): Map<string, string> {
    const members = new Map<string, string[]>();
    for (const key of this.#parent.keys()) {
      const root = this.find(key);
      members.set(root, [...(members.get(root) ?? []), key]);
    }
    return new Map(Array.from(members, ([root, keys]) => [root, keys.sort().join(", ")]));
  }
}
