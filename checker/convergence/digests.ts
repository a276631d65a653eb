import type { NodeDigest } from "../../core/harness-event.ts";
import { type History, isClientEvent, isHarnessEvent } from "../../core/history.ts";
import type { NodeId, Revision } from "../../core/op.ts";
import type { Anomaly } from "../../core/verdict.ts";
import { lastPhase } from "./at-rest.ts";

export interface DigestsCompared {
  /** Nodes whose digests were held against each other; 0 where no two tell one of the same state. */
  readonly nodes: number;
  readonly at?: Revision;
  readonly anomaly?: Anomaly;
}

/**
 * Holds the digests that the nodes gave of their whole state against each other, where they are of the same state: the
 * same revision, compacted at the same one.
 *
 * A digest of a state from before the nodes were back says little: a node that was brought up by a snapshot may have
 * passed through that state with later changes already in it (ZooKeeper's snapshots are fuzzy). So the state has to be at
 * or after all that had happened when the last node had served again.
 */
export function compareDigests(history: History, nodes: readonly NodeId[]): DigestsCompared {
  const earliest = revisionWhenAllServed(history, nodes);
  const groups = new Map<string, NodeDigest[]>();
  for (const digest of digestsOf(history)) {
    if (digest.at < earliest) continue;
    const name = `${digest.at} ${digest.since}`;
    groups.set(name, [...(groups.get(name) ?? []), digest]);
  }
  let compared: DigestsCompared = { nodes: 0 };
  for (const group of groups.values()) {
    const told = new Set(group.map(({ node }) => node)).size;
    const [first] = group;
    if (first === undefined || told < 2) continue;
    const differs = group.some(({ digest }) => digest !== first.digest);
    if (differs) return { nodes: told, at: first.at, anomaly: anomaly(group, first.at) };
    if (told >= compared.nodes) compared = { nodes: told, at: first.at };
  }
  return compared;
}

function digestsOf(history: History): NodeDigest[] {
  return history.flatMap((event) => (isHarnessEvent(event) && event.f === "digest" ? [event.value] : []));
}

/** The highest revision that had been told when every node had answered something since the last heal. */
function revisionWhenAllServed(history: History, nodes: readonly NodeId[]): Revision {
  const healed = lastPhase(history, "quiet");
  const waiting = new Set<NodeId>(nodes);
  let highest = 0;
  for (const [position, event] of history.entries()) {
    if (!isClientEvent(event) || event.type !== "ok") continue;
    highest = Math.max(highest, event.revision ?? 0, event.modRevision ?? 0);
    if (position > healed && event.node !== undefined) waiting.delete(event.node);
    if (waiting.size === 0) break;
  }
  return highest;
}

function anomaly(group: readonly NodeDigest[], at: Revision): Anomaly {
  const told = group.map(({ node, digest }) => `${digest} at ${node}`);
  return {
    kind: "digest",
    summary: `the nodes' own digests of their whole state at revision ${at} differ: ${told.join(", ")}`,
  };
}
