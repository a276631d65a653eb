import type { ClientEvent, History } from "../../../core/history.ts";
import type { Operation } from "../../../core/op.ts";

/** The events of operations: what a run would have recorded. */
export function eventsOf(operations: readonly Operation[]): History {
  const events = operations.flatMap((operation): ClientEvent[] => {
    const { process, call, outcome, callIndex, returnIndex, invokedAt, completedAt } = operation;
    const { f, key, value } = call;
    const named = { process, f, ...(key !== undefined && { key }) };
    const invoke = { ...named, index: callIndex, time: invokedAt, type: "invoke" as const };
    const asked: ClientEvent = { ...invoke, ...(value !== undefined && { value }) };
    if (outcome.type !== "ok") return [asked];
    return [asked, { ...named, index: returnIndex, time: completedAt, type: "ok", ...outcome.output }];
  });
  return events.sort((a, b) => a.index - b.index);
}
