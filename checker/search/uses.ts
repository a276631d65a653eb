/**
 * Which optional operations took effect, as a multiset of their classes, interned to an integer. Optional operations
 * of one class differ in nothing but their call, so a configuration only has to know how many of each it used.
 */
export class Uses {
  /** Sorted classes, with repetition, of every multiset. 0 is the empty one. */
  readonly #sets: (readonly number[])[] = [[]];
  readonly #ids = new Map<string, number>([["", 0]]);
  readonly #successors = new Map<number, Map<number, number>>();
  #bytes = 0;

  /** `set` with one more of `operationClass`. */
  add(set: number, operationClass: number): number {
    let successors = this.#successors.get(set);
    if (successors === undefined) {
      successors = new Map();
      this.#successors.set(set, successors);
    }
    const known = successors.get(operationClass);
    if (known !== undefined) return known;
    const id = this.#intern([...this.#of(set), operationClass].sort((a, b) => a - b));
    successors.set(operationClass, id);
    return id;
  }

  /** How many of `operationClass` are in `set`. */
  count(set: number, operationClass: number): number {
    let count = 0;
    for (const member of this.#of(set)) if (member === operationClass) count++;
    return count;
  }

  /** Whether `small` is contained in `large`. */
  within(small: number, large: number): boolean {
    if (small === large || small === 0) return true;
    const a = this.#of(small);
    const b = this.#of(large);
    let j = 0;
    for (const member of a) {
      while (j < b.length && (b[j] as number) < member) j++;
      if (b[j] !== member) return false;
      j++;
    }
    return true;
  }

  bytes(): number {
    return this.#bytes;
  }

  #of(set: number): readonly number[] {
    return this.#sets[set] as readonly number[];
  }

  #intern(members: readonly number[]): number {
    const name = members.join();
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.#ids.set(name, this.#sets.length);
    this.#bytes += 200 + 10 * members.length;
    return this.#sets.push(members) - 1;
  }
}
