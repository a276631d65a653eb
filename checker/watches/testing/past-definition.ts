/** The definition of reads of the past, for the definition of watches to be tried together with it. */
import { type History, isNotice, operations } from "../../../core/history.ts";
import type { Json, Operation, Revision } from "../../../core/op.ts";
import { same } from "../../canonical.ts";

/** What one revision changed. */
export interface Step {
  readonly revision: Revision;
  readonly calledAt: number;
  readonly changes: readonly { key: string; value: Json; previous: Json }[];
}

export const readsOfPast = (history: History): readonly Operation[] =>
  operations(history).filter(({ call }) => call.f === "read-at");

/** Whether a system that made these steps may have given that answer. */
export function isRightRead(
  { call, outcome, callIndex, returnIndex }: Operation,
  history: History,
  steps: readonly Step[],
): boolean {
  const at = Number(call.value);
  const compactions = operations(history).filter(({ call }) => call.f === "compact");
  if (outcome.type === "fail" && outcome.error.code === "compacted")
    return compactions.some((one) => one.callIndex < returnIndex && Number(one.call.value) > at);
  if (outcome.type === "fail")
    return history.slice(0, callIndex).every((event) => event.type === "invoke" || revisionIn(event) < at);
  if (outcome.type !== "ok") return true;
  if (compactions.some((one) => one.returnIndex < callIndex && Number(one.call.value) > at)) return false;
  const before = steps.filter(({ revision }) => revision <= at);
  if (before.some(({ calledAt }) => calledAt >= returnIndex)) return false;
  const { value = null, modRevision } = outcome.output;
  const last = before.findLast(({ changes }) => changes.some(({ key }) => key === call.key));
  const held = last?.changes.find(({ key }) => key === call.key)?.value ?? null;
  return same(value, held) && (held === null || modRevision === undefined || modRevision === last?.revision);
}

const revisionIn = (event: History[number]): number => {
  const { revision = 0, modRevision = 0 } = event as { revision?: number; modRevision?: number };
  return event.type === "ok" || isNotice(event) ? Math.max(revision, modRevision) : 0;
};
