/** The records that are compared between the nodes at rest: of a million, those that were written last. */
import type { Checker } from "../../checker/checker.ts";
import { convergence, unsettled } from "../../checker/convergence/convergence.ts";
import type { JudgeAtRest } from "../../checker/convergence/judged.ts";
import { registersAtRest } from "../../checker/convergence/registers.ts";
import { type ClientEvent, type History, type HistoryEvent, isClientEvent } from "../../core/history.ts";
import type { Call } from "../../core/op.ts";
import { isTxn, writesOf } from "./groups.ts";

/** Enough to notice a node that fell behind, and few enough to ask each node for. */
const mostKeys = 200;

const writes: ReadonlySet<string> = new Set(["write", "cas"]);

/** The keys that were written last, the last first; among them those of unknown outcome. */
export function lastKeys(history: History): string[] {
  const keys = new Set<string>();
  for (let i = history.length - 1; i >= 0 && keys.size < mostKeys; i--) {
    const event = history[i];
    if (event === undefined || !isClientEvent(event) || event.type !== "invoke") continue;
    if (writes.has(event.f) && event.key !== undefined) keys.add(event.key);
    if (isTxn(event)) for (const [key] of writesOf(event.value)) keys.add(key);
  }
  return [...keys];
}

/** Compares these between the nodes. */
const lastKeysAtRest: JudgeAtRest = (history, bound) => {
  const keys = new Set(lastKeys(history));
  const about = history
    .flatMap((event) => (isClientEvent(event) && isTxn(event) ? partsOf(event) : [event]))
    .filter((event) => !isClientEvent(event) || event.key === undefined || keys.has(event.key));
  return registersAtRest(about, bound);
};

/** More than any process id, so that each part of a transaction has a process of its own. */
const perPart = 2 ** 40;

/** The writes of a transaction, each as a write of its own: at rest only the newest of each key matters. */
function partsOf(event: ClientEvent): HistoryEvent[] {
  return writesOf(event.value).map(([key, value], i) => ({
    ...event,
    f: "write",
    key,
    value,
    process: event.process + (i + 1) * perPart,
  }));
}

/** Members of a workload on records: what is asked and judged at rest. */
export const recordsAtRest = {
  final: (history: History): Call[] => lastKeys(history).map((key) => ({ f: "read", key })),
  unsettled: (history: History) => unsettled(history, lastKeysAtRest),
  checker: (boundSeconds: number): Checker => convergence({ boundSeconds, judge: lastKeysAtRest }),
};
