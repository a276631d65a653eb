/**
 * How an open load asks again what was not answered, as clients with retries do: at the next node, after a wait that doubles.
 * A pure function of the outcome, the attempt and a random stream.
 */
import { type ErrorCode, errorCodes } from "../../core/errors.ts";
import type { Outcome } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";

export interface Retries {
  /** Attempts after the first one, at most. */
  readonly most: number;
  /** For the lengths of the waits. */
  readonly random: Random;
}

const firstWait = millis(100);
const longestWait = millis(2000);

/** Errors of a request that another node, or the same one a little later, may well answer. All others are answers, or stay. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "not-connected",
  "no-leader",
  "not-leader",
  "session-expired",
  "overloaded",
]);

/** Whether a client asks again: not after an answer, and a refused comparison is one. */
export const isRetried = (outcome: Outcome): boolean =>
  outcome.type !== "ok" && (!errorCodes[outcome.error.code].definite || passing.has(outcome.error.code));

/**
 * Time between the end of an attempt and the begin of the next. `attempt`: the one that ended, 1 the first. Doubles from 100 ms
 * to 2 s, and half of it is random, so that requests that failed together do not come back together.
 */
export function waitAfter(attempt: number, { random }: Retries): Nanos {
  const longest = Math.min(longestWait, firstWait * 2 ** (attempt - 1));
  return nanos(Math.round((longest * (1 + random.float())) / 2));
}
