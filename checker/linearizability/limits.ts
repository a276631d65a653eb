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

/** Thrown where work that has nothing to say before its end comes to a limit. Whoever began the work catches it. */
export class LimitExceeded extends Error {
  override readonly name = "LimitExceeded";
  readonly limit: LimitName;

  constructor(limit: LimitName) {
    super(`the ${limit} was reached`);
    this.limit = limit;
  }
}

/** `work()`, or `otherwise` of the limit that stopped it. */
export function within<T, U>(work: () => T, otherwise: (limit: LimitName) => U): T | U {
  try {
    return work();
  } catch (reason) {
    if (reason instanceof LimitExceeded) return otherwise(reason.limit);
    throw reason;
  }
}

/** A mask: passes over a history look at the clock once in so many steps. A step takes well below 10 µs. */
const stepsOfPass = 1023;

/** Keeps passes over a history within the limits: they say what they hold, and whenever they came a step further. */
export class Budget {
  readonly #limits: Limits;
  #steps = 0;
  #held = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Throws where a limit is exceeded, now and then. Cheap: call it for every operation. */
  step(): void {
    if ((++this.#steps & stepsOfPass) === 0) this.look();
  }

  /** Throws where a limit is exceeded. */
  look(): void {
    const { now, deadlineSeconds, memoryBytes } = this.#limits;
    if (this.#held > memoryBytes) throw new LimitExceeded("memory-limit");
    if (now() >= deadlineSeconds) throw new LimitExceeded("time-limit");
  }

  /** Notes that so many bytes more are held from now on; throws where they are too many. */
  hold(bytes: number): void {
    this.#held += bytes;
    this.look();
  }

  /** The result of `work`. What it held is free again. */
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

/** Seconds between looks at the clock that a search aims at, and the most steps between two. */
const aimSeconds = 0.005;
const mostSteps = 1024;

/** Keeps a search within its limits. Steps may take very different times: how seldom it looks follows from the clock. */
export class Meter {
  readonly #limits: Limits;
  readonly #bytes: () => number;
  /** Steps from one look to the next, and to the next one from here. */
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

  /** Whether so many bytes more may be held. */
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
