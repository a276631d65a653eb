import type { Operation } from "../core/op.ts";
import { type Nanos, nanos } from "../core/time.ts";

/** The time given to the event at `index` of a history without times: one millisecond per event. */
export const eventTime = (index: number): Nanos => nanos(index * 1e6);

/** Whether the operation's times only reflect the positions of its events in the history. */
export const isUntimed = ({ invokedAt, completedAt, callIndex, returnIndex }: Operation): boolean =>
  invokedAt === eventTime(callIndex) &&
  (!Number.isFinite(returnIndex) || completedAt === eventTime(returnIndex));
