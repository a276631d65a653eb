import type { ClientEvent, History, HistoryEvent } from "../../core/history.ts";
import { type Json, nodeId } from "../../core/op.ts";
import { millis } from "../../core/time.ts";
import type { RunContext } from "../checker.ts";

export type Line = readonly [
  process: number,
  type: ClientEvent["type"],
  f: string,
  value?: Json,
  more?: Partial<ClientEvent>,
];

/** A history of one key from lines `[process, type, f, value]`, an event a millisecond. */
export function historyOf(...lines: readonly Line[]): History {
  return lines.map(
    ([process, type, f, value, more], index): HistoryEvent => ({
      index,
      time: millis(index),
      type,
      process,
      f,
      key: "k1",
      node: nodeId(`n${(process % 3) + 1}`),
      ...(value !== undefined && { value }),
      ...more,
    }),
  );
}

/** A context that limits nothing. */
export const freely: RunContext = {
  promises: "linearizable",
  threads: 1,
  timeLimitSeconds: Number.POSITIVE_INFINITY,
  memoryLimitBytes: Number.POSITIVE_INFINITY,
  now: () => 0,
};
