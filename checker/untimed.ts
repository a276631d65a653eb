import type { Operation } from "../core/op.ts";
import { type Nanos, nanos } from "../core/time.ts";

/** The time that the event at `index` of a history without times gets: a millisecond an event. */
export const eventTime = (index: number): Nanos => nanos(index * 1e6);

/** Whether the operation's times say no more than where its events stand in the history. */
export const isUntimed = ({ invokedAt, completedAt, callIndex, returnIndex }: Operation): boolean =>
  invokedAt === eventTime(callIndex) &&
  (!Number.isFinite(returnIndex) || completedAt === eventTime(returnIndex));
