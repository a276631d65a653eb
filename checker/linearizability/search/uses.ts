/**
 * Which optional operations took effect, as a multiset of their classes, interned to an integer. Optional operations
 * of one class differ in nothing but their call, so a configuration only has to know how many of each it used.
 */
export class Uses {
  /** For each multiset, its classes in order, each followed by its count. 0 is the empty one. */
  readonly #sets: Int32Array[] = [new Int32Array(0)];
  readonly #ids = new Map<string, number>([["", 0]]);
  #bytes = 0;

  /** `set` with one more of `operationClass`. */
  add(set: number, operationClass: number): number {
    const old = this.#sets[set] as Int32Array;
    let at = 0;
    while (at < old.length && (old[at] as number) < operationClass) at += 2;
    const known = old[at] === operationClass;
    const members = known ? old.slice() : new Int32Array(old.length + 2);
    if (known) {
      members[at + 1] = (members[at + 1] as number) + 1;
    } else {
      members.set(old.subarray(0, at));
      members.set([operationClass, 1], at);
      members.set(old.subarray(at), at + 2);
    }
    return this.#intern(members);
  }

  /** The classes in `set`, with repetition. */
  members(set: number): number[] {
    const counts = this.#sets[set] as Int32Array;
    const members: number[] = [];
    for (let at = 0; at < counts.length; at += 2)
      for (let count = counts[at + 1] as number; count > 0; count--) members.push(counts[at] as number);
    return members;
  }

  /** How many of `operationClass` are in `set`. */
  count(set: number, operationClass: number): number {
    const members = this.#sets[set] as Int32Array;
    for (let at = 0; at < members.length; at += 2)
      if (members[at] === operationClass) return members[at + 1] as number;
    return 0;
  }

  /** Whether `small` is contained in `large`. */
  within(small: number, large: number): boolean {
    if (small === large || small === 0) return true;
    const a = this.#sets[small] as Int32Array;
    const b = this.#sets[large] as Int32Array;
    let j = 0;
    for (let i = 0; i < a.length; i += 2) {
      while (j < b.length && (b[j] as number) < (a[i] as number)) j += 2;
      if (b[j] !== a[i] || (b[j + 1] as number) < (a[i + 1] as number)) return false;
    }
    return true;
  }

  bytes(): number {
    return this.#bytes;
  }

  #intern(members: Int32Array): number {
    const name = members.join();
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.#ids.set(name, this.#sets.length);
    this.#bytes += 250 + 8 * members.length;
    return this.#sets.push(members) - 1;
  }
}
