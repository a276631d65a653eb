/** What judges of single watches share. */
import { type Nanos, nanos } from "../../../core/time.ts";
import type { Deadlines } from "../deadlines.ts";
import type { Findings } from "../findings/findings.ts";
import type { Lags } from "../lags.ts";
import type { Compactions } from "../truth/compactions.ts";
import type { Expected } from "../truth/expected.ts";
import type { Truth } from "../truth/truth.ts";
import type { Watched } from "../watched.ts";

export interface Judging {
  readonly truth: Truth;
  readonly expected: Expected;
  readonly compactions: Compactions;
  readonly deadlines: Deadlines;
  readonly lags: Lags;
  readonly findings: Findings;
}

/** One watch in numbers. */
export interface Tally {
  readonly watch: Watched;
  /** Changes that it had to report while it was observed: those that it reported, and those that it missed. */
  due: number;
  /** Events and states that it received. */
  received: number;
  /** Events after their deadline. */
  late: number;
  /** Changes that it never reported and should have. */
  missed: number;
  /** Changes that its contract lets it skip, and that it skipped. */
  skipped: number;
  /** The longest time from the acknowledgement of a change to its event, milliseconds; undefined: not measured. */
  worstLagMs: number | undefined;
}

export const newTally = (watch: Watched): Tally => ({
  watch,
  due: 0,
  received: 0,
  late: 0,
  missed: 0,
  skipped: 0,
  worstLagMs: undefined,
});

/** Until when the watch was observed: its own end, that of the watching, or the last sign of life of a process that may be dead. */
export function observedUntil({ end, lastSign }: Watched, { deadlines }: Judging): Nanos {
  const until = deadlines.killsClients ? Math.min(lastSign, deadlines.end) : deadlines.end;
  return nanos(Math.min(end?.time ?? until, until));
}

/** When a change that was known at `known` is due at the watch; Infinity for one that was never confirmed. */
export function deadlineOf({ confirmed, pauses }: Watched, known: Nanos, { deadlines }: Judging): Nanos {
  if (confirmed === undefined) return nanos(Number.POSITIVE_INFINITY);
  return deadlines.of(nanos(Math.max(known, confirmed.time)), pauses);
}
