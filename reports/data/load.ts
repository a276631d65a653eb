/** The operations of a run by who asked: the load, clients that stand at every node, and the last reads. */
import { type History, isHarnessEvent } from "../../core/history.ts";
import type { Operation } from "../../core/op.ts";
import { isOfLoad, type Run } from "../../core/run.ts";

export interface Askers {
  /** What the rate is about. All operations, if the history does not say who asked. */
  readonly load: readonly Operation[];
  /** Operations of watchers, compactors and others that act at their own pace. */
  readonly standing: readonly Operation[];
  /** Reads of the final phase, as fast as possible: they measure nothing. */
  readonly last: readonly Operation[];
}

export function askersOf(
  operations: readonly Operation[],
  history: History,
  { loadClients }: Pick<Run, "loadClients">,
): Askers {
  const final = history.find(
    (event) => isHarnessEvent(event) && event.f === "phase" && event.value === "final",
  );
  const load: Operation[] = [];
  const standing: Operation[] = [];
  const last: Operation[] = [];
  for (const operation of operations) {
    const isMine = loadClients === undefined || isOfLoad(operation.process, loadClients);
    if (isMine && (final === undefined || operation.callIndex < final.index)) load.push(operation);
    else if (final !== undefined && operation.callIndex >= final.index) last.push(operation);
    else standing.push(operation);
  }
  return { load, standing, last };
}
