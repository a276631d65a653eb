import type { Operation } from "../../core/op.ts";
import type { Anomaly } from "../../core/verdict.ts";
import { atTime, cutMiddle } from "../../core/wording.ts";
import type { Model } from "../model.ts";
import { isRead } from "../reads/is-read.ts";

/**
 * Reads of a session that saw a state of a lower revision than one that the session had seen or left, by the system's own
 * count, across all keys. Operations without a revision are ignored.
 */
export function revisionsGoBack(model: Model, session: readonly Operation[]): Anomaly[] {
  const found: Anomaly[] = [];
  let newest: { readonly revision: number; readonly operation: Operation } | undefined;
  for (const operation of session) {
    const revision = operation.outcome.type === "ok" ? operation.outcome.output.revision : undefined;
    if (revision === undefined) continue;
    if (newest === undefined || revision >= newest.revision) newest = { revision, operation };
    else if (isRead(model, operation.call)) found.push(anomaly(operation, revision, newest));
  }
  return found;
}

function anomaly(
  read: Operation,
  revision: number,
  newest: { readonly revision: number; readonly operation: Operation },
): Anomaly {
  const { process, node, call, invokedAt } = read;
  const about = call.key === undefined ? "" : ` of ${cutMiddle(call.key)}`;
  const where = node === undefined ? "" : ` on ${node}`;
  return {
    kind: "session-order",
    summary: `process ${process}'s ${call.f}${about}${where} at ${atTime(invokedAt)} saw a state of revision ${revision}, after its session had seen revision ${newest.revision}`,
    evidence: { kind: "order", operations: [newest.operation, read], culprit: 1 },
  };
}
