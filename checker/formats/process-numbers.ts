/** The first number for processes that have none of their own. */
const firstSpare = 1_000_000_000;

/** Numbers for processes with numbers or names: a process keeps its own number unless another one has it, too. */
export class ProcessNumbers {
  readonly #numbers = new Map<number | string, number>();
  readonly #taken = new Set<number>();
  #spare = firstSpare;

  of(process: number | string): number {
    const known = this.#numbers.get(process);
    if (known !== undefined) return known;
    const wanted = Number(process);
    const isFree = Number.isSafeInteger(wanted) && !this.#taken.has(wanted);
    const number = isFree ? wanted : this.spare();
    this.#taken.add(number);
    this.#numbers.set(process, number);
    return number;
  }

  /** A number that no process has. */
  spare(): number {
    while (this.#taken.has(this.#spare)) this.#spare++;
    this.#taken.add(this.#spare);
    return this.#spare;
  }
}
