/** Which of some operations must come before which: a transitive relation that grows edge by edge, or finds a circle. */
export class Precedence {
  readonly size: number;
  readonly #words: number;
  /** Row by row, a bit for each operation that must come later. */
  #later: Int32Array;

  private constructor(size: number, words: number, later: Int32Array) {
    this.size = size;
    this.#words = words;
    this.#later = later;
  }

  /** The transitive closure of `edges`; undefined where they go in a circle. `edges` calls back once for each of them. */
  static of(
    size: number,
    edges: (add: (from: number, to: number) => void) => void,
    step: () => void,
  ): Precedence | undefined {
    const words = (size + 31) >>> 5;
    const order = new Precedence(size, words, new Int32Array(size * words));
    const waiting = new Int32Array(size);
    edges((from, to) => {
      if (order.has(from, to)) return;
      order.#set(from, to);
      waiting[to] = (waiting[to] as number) + 1;
    });
    const sorted = order.#sorted(waiting, step);
    if (sorted.length < size) return undefined;
    for (const from of sorted.reverse()) {
      step();
      for (const to of order.later(from)) order.#merge(from, to);
    }
    return order;
  }

  has(from: number, to: number): boolean {
    return (((this.#later[from * this.#words + (to >>> 5)] as number) >>> (to & 31)) & 1) === 1;
  }

  /** Adds an edge and all that follows from it; false where it closes a circle. */
  add(from: number, to: number): boolean {
    if (from === to || this.has(to, from)) return false;
    if (this.has(from, to)) return true;
    for (let each = 0; each < this.size; each++) {
      if (each !== from && !this.has(each, from)) continue;
      this.#set(each, to);
      this.#merge(each, to);
    }
    return true;
  }

  /** The operations that must come after `from`, ascending. */
  later(from: number): number[] {
    const found: number[] = [];
    for (let word = 0; word < this.#words; word++) {
      let bits = this.#later[from * this.#words + word] as number;
      for (; bits !== 0; bits &= bits - 1) found.push(word * 32 + 31 - Math.clz32(bits & -bits));
    }
    return found;
  }

  copy(): Precedence {
    return new Precedence(this.size, this.#words, this.#later.slice());
  }

  bytes(): number {
    return this.#later.byteLength;
  }

  #set(from: number, to: number): void {
    const at = from * this.#words + (to >>> 5);
    this.#later[at] = (this.#later[at] as number) | (1 << (to & 31));
  }

  /** What comes after `to` comes after `from`. */
  #merge(from: number, to: number): void {
    const [a, b] = [from * this.#words, to * this.#words];
    for (let word = 0; word < this.#words; word++)
      this.#later[a + word] = (this.#later[a + word] as number) | (this.#later[b + word] as number);
  }

  /** All operations, each after those that must come before it; fewer where there is a circle. */
  #sorted(waiting: Int32Array, step: () => void): number[] {
    const sorted: number[] = [];
    for (let each = 0; each < this.size; each++) if (waiting[each] === 0) sorted.push(each);
    for (let at = 0; at < sorted.length; at++) {
      step();
      for (const to of this.later(sorted[at] as number)) {
        waiting[to] = (waiting[to] as number) - 1;
        if (waiting[to] === 0) sorted.push(to);
      }
    }
    return sorted;
  }
}
