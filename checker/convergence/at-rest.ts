/** The end of a run, whatever its objects are: everything is healed, and each node was asked what it holds itself. */
import {
  type ClientEvent,
  type History,
  isClientEvent,
  isHarnessEvent,
  operationAt,
  operations as operationsOf,
  pairs,
} from "../../core/history.ts";
import type { Call, NodeId, Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";

export interface AtRest {
  /** When the last heal began. */
  readonly healedAt: Nanos;
  /** Every node that was ever asked anything. */
  readonly nodes: readonly NodeId[];
  /** All operations of the run, in every read mode. */
  operations(): readonly Operation[];
  /** The local reads of the final phase, by key. */
  readonly asked: ReadonlyMap<string, readonly Operation[]>;
  /** The answered local reads of each node since the heal, in order of their answers. */
  readonly reads: ReadonlyMap<NodeId, readonly Operation[]>;
}

/**
 * The reads that say what a node itself holds: those in the node's own local mode where the run recorded them (`mode`), the
 * run's ordinary reads otherwise. Undefined where the run has no final phase.
 */
export function atRest(history: History, isRead: (call: Call) => boolean): AtRest | undefined {
  const final = lastPhase(history, "final");
  if (final < 0) return undefined;
  const quiet = lastPhase(history, "quiet");
  const healed = quiet < 0 ? final : quiet;
  const local = askedAfter(history, healed, isRead);
  return {
    healedAt: (history[healed] as History[number]).time,
    nodes: nodesIn(history),
    operations: () =>
      [...operationsOf(history), ...operationsOf(history, "other")].toSorted(
        (a, b) => a.callIndex - b.callIndex,
      ),
    asked: grouped(
      local.filter(({ callIndex }) => callIndex > final),
      ({ call }) => call.key ?? "",
    ),
    reads: grouped(
      local
        .filter(({ node, outcome }) => node !== undefined && outcome.type === "ok")
        .toSorted((a, b) => a.returnIndex - b.returnIndex),
      ({ node }) => node as NodeId,
    ),
  };
}

/** The reads that were asked after the event, in order of invocation: local ones where the run has any. */
function askedAfter(history: History, event: number, isRead: (call: Call) => boolean): Operation[] {
  const others = pairs(history, "other");
  const { calls, outcomes } = others.calls.length > 0 ? others : pairs(history);
  const reads: Operation[] = [];
  for (let i = 0; i < calls.length; i++) {
    const call = calls[i] as number;
    if (call > event && isRead(history[call] as ClientEvent))
      reads.push(operationAt(history, call, outcomes[i] as number));
  }
  return reads;
}

function nodesIn(history: History): NodeId[] {
  const nodes = new Set<NodeId>();
  for (const event of history)
    if (event.type === "invoke" && isClientEvent(event) && event.node !== undefined) nodes.add(event.node);
  return [...nodes].toSorted();
}

/** Each node's last answers: those after which the node answered no further question. Several were under way at once. */
export function lastAnswers(reads: readonly Operation[]): Map<NodeId, readonly Operation[]> {
  const byNode = grouped(
    reads.filter(({ node, outcome }) => node !== undefined && outcome.type === "ok"),
    ({ node }) => node as NodeId,
  );
  return new Map(
    [...byNode].map(([node, own]) => {
      const lastCall = own.reduce((latest, { callIndex }) => Math.max(latest, callIndex), -1);
      return [node, own.filter(({ returnIndex }) => returnIndex > lastCall)];
    }),
  );
}

/** The position at which the phase last began; -1 where it never did. */
export const lastPhase = (history: History, phase: "quiet" | "final"): number =>
  history.findLastIndex((event) => isHarnessEvent(event) && event.f === "phase" && event.value === phase);

export function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
