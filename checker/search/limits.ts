/** What a search may take. */
export interface Limits {
  /** Monotonic seconds. */
  now(): number;
  /** On the clock of `now`. */
  readonly deadlineSeconds: number;
  readonly memoryBytes: number;
}

export type LimitName = "time-limit" | "memory-limit";

export const unlimited: Limits = {
  now: () => 0,
  deadlineSeconds: Number.POSITIVE_INFINITY,
  memoryBytes: Number.POSITIVE_INFINITY,
};

/** Asked often, reads the clock seldom: once in this many steps. */
const stepsBetweenLooks = 1024;

/** Keeps a search within its limits. */
export class Meter {
  readonly #limits: Limits;
  readonly #bytes: () => number;
  #steps = 0;

  constructor(limits: Limits, bytes: () => number) {
    this.#limits = limits;
    this.#bytes = bytes;
  }

  /** The limit that is exceeded, if one is. Cheap: call it at every step. */
  exceeded(): LimitName | undefined {
    return ++this.#steps % stepsBetweenLooks === 0 ? this.look() : undefined;
  }

  look(): LimitName | undefined {
    if (this.#limits.now() >= this.#limits.deadlineSeconds) return "time-limit";
    return this.#bytes() > this.#limits.memoryBytes ? "memory-limit" : undefined;
  }
}
