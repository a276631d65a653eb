import type { NodeDigest } from "../../core/harness-event.ts";
import { type History, isClientEvent, isHarnessEvent } from "../../core/history.ts";
import type { NodeId, Revision } from "../../core/op.ts";
import type { Anomaly } from "../../core/verdict.ts";
import { lastPhase } from "./at-rest.ts";

export interface DigestsCompared {
  /** The number of nodes whose digests were compared; 0 where no two reported one of the same state. */
  readonly nodes: number;
  readonly at?: Revision;
  readonly anomaly?: Anomaly;
}

/**
 * Compares the digests that the nodes reported of their whole state, where these are of the same state: the same revision,
 * compacted at the same one.
 *
 * A digest of a state from before all nodes were back says little: a node restored from a snapshot may have passed through
 * that state with later changes already in it (ZooKeeper's snapshots are fuzzy). So the state must include everything that
 * had happened when the last node served again.
 */
export function compareDigests(history: History, nodes: readonly NodeId[]): DigestsCompared {
  const digests = digestsOf(history);
  if (digests.length === 0) return { nodes: 0 };
  const earliest = revisionWhenAllServed(history, nodes);
  const groups = new Map<string, NodeDigest[]>();
  for (const digest of digests) {
    if (digest.at < earliest) continue;
    const name = `${digest.at} ${digest.since}`;
    groups.set(name, [...(groups.get(name) ?? []), digest]);
  }
  let compared: DigestsCompared = { nodes: 0 };
  for (const group of groups.values()) {
    const reporting = new Set(group.map(({ node }) => node)).size;
    const [first] = group;
    if (first === undefined || reporting < 2) continue;
    const differs = group.some(({ digest }) => digest !== first.digest);
    if (differs) return { nodes: reporting, at: first.at, anomaly: anomaly(group, first.at) };
    if (reporting >= compared.nodes) compared = { nodes: reporting, at: first.at };
  }
  return compared;
}

function digestsOf(history: History): NodeDigest[] {
  const digests: NodeDigest[] = [];
  for (const event of history) if (isHarnessEvent(event) && event.f === "digest") digests.push(event.value);
  return digests;
}

/** The highest revision reported by the time that each node had answered something after the last heal. */
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
  const each = group.map(({ node, digest }) => `${digest} on ${node}`);
  return {
    kind: "digest",
    summary: `the nodes report different digests of their whole state at revision ${at}: ${each.join(", ")}`,
  };
}
