/** The operations of a run by who asked: the load, clients that stand at every node, what came before the load, and the last reads. */
import { type History, phaseIndex } from "../../core/history.ts";
import type { Operation } from "../../core/op.ts";
import { isOfLoad, type Run } from "../../core/run.ts";

export interface Askers {
  /** What the rate is about. All operations, if the history does not say who asked. */
  readonly load: readonly Operation[];
  /** Operations of watchers, compactors and others that act at their own pace. */
  readonly standing: readonly Operation[];
  /** What was put in place before the load, as fast as possible: it measures nothing. */
  readonly first: readonly Operation[];
  /** Reads of the final phase, as fast as possible: they measure nothing. */
  readonly last: readonly Operation[];
}

export function askersOf(
  operations: readonly Operation[],
  history: History,
  { loadClients }: Pick<Run, "loadClients">,
): Askers {
  const main = phaseIndex(history, "main");
  const end = phaseIndex(history, "final");
  const final = end < 0 ? Number.POSITIVE_INFINITY : end;
  const askers = { load: [], standing: [], first: [], last: [] } as Record<keyof Askers, Operation[]>;
  for (const operation of operations) {
    const { callIndex, process } = operation;
    const isMine = loadClients === undefined || isOfLoad(process, loadClients);
    if (callIndex < main) askers.first.push(operation);
    else if (callIndex >= final) askers.last.push(operation);
    else if (isMine) askers.load.push(operation);
    else askers.standing.push(operation);
  }
  return askers;
}

/** `ok` operations since the load began: those that the sampled usage of the nodes paid for. */
export const okSinceMain = ({ load, standing, last }: Askers): number =>
  [load, standing, last].reduce(
    (sum, own) => sum + own.filter(({ outcome }) => outcome.type === "ok").length,
    0,
  );
