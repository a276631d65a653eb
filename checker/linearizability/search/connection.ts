import { classFacts, type Machine } from "./machine.ts";

/** The parts of the state that operations are connected through, starting from one of them. */
export class Connection {
  readonly #parts: readonly (Int32Array | undefined)[];
  /** For each part, the start at which it was connected last. */
  readonly #connected: Int32Array;
  /** Every part is connected. */
  #all = false;
  #start = 0;

  constructor(machine: Machine) {
    this.#parts = classFacts(machine).parts;
    const greatest = this.#parts.reduce((most, parts) => Math.max(most, ...(parts ?? [])), -1);
    this.#connected = new Int32Array(greatest + 1);
  }

  /** False where everything is connected. */
  get isPartial(): boolean {
    return !this.#all;
  }

  /** Starts again with the parts of a class. */
  start(operationClass: number): void {
    this.#start++;
    this.#all = this.#parts[operationClass] === undefined;
    this.#add(operationClass);
  }

  /** Whether operations of the class share a part with what is connected. */
  has(operationClass: number): boolean {
    if (this.#all) return true;
    const parts = this.#parts[operationClass];
    return parts === undefined || parts.some((part) => this.#connected[part] === this.#start);
  }

  /** Connects the parts of a class that shares one with what is connected; returns whether any was new. */
  join(operationClass: number): boolean {
    return !this.#all && this.has(operationClass) && this.#add(operationClass);
  }

  #add(operationClass: number): boolean {
    const parts = this.#parts[operationClass];
    if (parts === undefined) {
      this.#all = true;
      return false;
    }
    let isNew = false;
    for (const part of parts) {
      isNew ||= this.#connected[part] !== this.#start;
      this.#connected[part] = this.#start;
    }
    return isNew;
  }
}
