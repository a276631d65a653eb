/** The records that are compared between the nodes at rest: of a million, those that were written last. */

import type { Checker } from "../../checker/checker.ts";
import { convergence, unsettled } from "../../checker/convergence/convergence.ts";
import type { JudgeAtRest } from "../../checker/convergence/judged.ts";
import { registersAtRest } from "../../checker/convergence/registers.ts";
import { type History, isClientEvent } from "../../core/history.ts";
import type { Call } from "../../core/op.ts";

/** More than a node can miss in any other way than all of them, and few enough to ask each node for. */
const mostKeys = 200;

const writes: ReadonlySet<string> = new Set(["write", "cas"]);

/** The keys that were written last, the last first; among them those of unknown outcome. */
export function lastKeys(history: History): string[] {
  const keys = new Set<string>();
  for (let i = history.length - 1; i >= 0 && keys.size < mostKeys; i--) {
    const event = history[i];
    if (event === undefined || !isClientEvent(event) || event.type !== "invoke") continue;
    if (writes.has(event.f) && event.key !== undefined) keys.add(event.key);
  }
  return [...keys];
}

/** Compares these between the nodes. */
const lastKeysAtRest: JudgeAtRest = (history, bound) => {
  const keys = new Set(lastKeys(history));
  return registersAtRest(
    history.filter((event) => !isClientEvent(event) || event.key === undefined || keys.has(event.key)),
    bound,
  );
};

/** Members of a workload whose records are registers: what is asked and judged at rest. */
export const recordsAtRest = {
  final: (history: History): Call[] => lastKeys(history).map((key) => ({ f: "read", key })),
  unsettled: (history: History) => unsettled(history, lastKeysAtRest),
  checker: (boundSeconds: number): Checker => convergence({ boundSeconds, judge: lastKeysAtRest }),
};
