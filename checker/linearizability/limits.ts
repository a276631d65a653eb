/** The time and memory that a search may use. */
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

/** Thrown when work without intermediate results reaches a limit. The caller that began the work catches it. */
export class LimitExceeded extends Error {
  override readonly name = "LimitExceeded";
  readonly limit: LimitName;

  constructor(limit: LimitName) {
    super(`the ${limit} was reached`);
    this.limit = limit;
  }
}

/** The result of `work()`, or of `otherwise` with the limit that stopped it. */
export function within<T, U>(work: () => T, otherwise: (limit: LimitName) => U): T | U {
  try {
    return work();
  } catch (reason) {
    if (reason instanceof LimitExceeded) return otherwise(reason.limit);
    throw reason;
  }
}

/** A mask: passes over a history check the clock once per this many steps. A step takes well below 10 µs. */
const stepsOfPass = 1023;

/** Keeps passes over a history within the limits: they report what they hold, and each step. */
export class Budget {
  readonly #limits: Limits;
  #steps = 0;
  #held = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Throws where a limit is exceeded, but checks only now and then. Cheap: call it for every operation. */
  step(): void {
    if ((++this.#steps & stepsOfPass) === 0) this.look();
  }

  /** Throws where a limit is exceeded. */
  look(): void {
    const { now, deadlineSeconds, memoryBytes } = this.#limits;
    if (this.#held > memoryBytes) throw new LimitExceeded("memory-limit");
    if (now() >= deadlineSeconds) throw new LimitExceeded("time-limit");
  }

  /** Counts `bytes` as held from now on; throws where that is too much in all. */
  hold(bytes: number): void {
    this.#held += bytes;
    this.look();
  }

  /** The result of `work`; what it held is counted as free afterwards. */
  during<T>(work: () => T): T {
    const held = this.#held;
    try {
      return work();
    } finally {
      this.#held = held;
    }
  }

  /** What is left. */
  rest(): Limits {
    return { ...this.#limits, memoryBytes: this.#limits.memoryBytes - this.#held };
  }
}

/** Target seconds between two checks of the clock, and the most steps between them. */
const aimSeconds = 0.005;
const mostSteps = 1024;

/** Keeps a search within its limits. Steps take very different times, so the interval between checks adapts to the clock. */
export class Meter {
  readonly #limits: Limits;
  readonly #bytes: () => number;
  /** Steps between two checks, and steps left until the next one. */
  #interval = 16;
  #left = 1;
  #lastLook: number;

  /** `bytes`: what the search holds. */
  constructor(limits: Limits, bytes: () => number) {
    this.#limits = limits;
    this.#bytes = bytes;
    this.#lastLook = limits.now();
  }

  /** The limit that is exceeded, if one is. Cheap: call it at every step. */
  exceeded(): LimitName | undefined {
    return --this.#left <= 0 ? this.#look() : undefined;
  }

  /** Whether `more` bytes may be held in addition. */
  fits(more: number): boolean {
    return this.#bytes() + more <= this.#limits.memoryBytes;
  }

  #look(): LimitName | undefined {
    const now = this.#limits.now();
    const seconds = now - this.#lastLook;
    this.#lastLook = now;
    if (seconds > aimSeconds)
      this.#interval = Math.max(1, Math.floor((this.#interval * aimSeconds) / seconds));
    else if (seconds < aimSeconds / 4) this.#interval = Math.min(mostSteps, this.#interval * 2);
    this.#left = this.#interval;
    if (now >= this.#limits.deadlineSeconds) return "time-limit";
    return this.#bytes() > this.#limits.memoryBytes ? "memory-limit" : undefined;
  }
}
