import { type History, isHarnessEvent, operations } from "../../core/history.ts";
import type { NodeId, Operation, Revision } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { canonical } from "../canonical.ts";
import { type KeyVersions, type Version, valueRead, versionsByKey } from "../reads/versions.ts";

/** The end of a run: everything is healed, and the nodes were asked for each key. */
export interface Rest {
  /** When the last heal began. */
  readonly healedAt: Nanos;
  /** All nodes that were ever asked anything. */
  readonly nodes: readonly NodeId[];
  /** All keys that an operation wrote or may have written, or that were asked for at rest. */
  readonly keys: readonly KeyAtRest[];
  /** The answered local reads of each node since the heal, in order of their answers. */
  readonly reads: ReadonlyMap<NodeId, readonly Operation[]>;
}

export interface KeyAtRest {
  readonly key: string;
  readonly versions: readonly Version[];
  /** The versions that a read may have seen, by the value that it returned. */
  seenBy(read: Operation): readonly Version[];
  /** The nodes that were asked for it at rest, whether or not they answered. */
  readonly asked: ReadonlySet<NodeId>;
  /** Each node's last answers: no read began after them. There may be several, under way at the same time. */
  readonly last: ReadonlyMap<NodeId, readonly Operation[]>;
}

/**
 * The reads that show what a node itself holds: those in the node's own local mode where the run recorded them (`mode`), the
 * run's ordinary reads otherwise. Undefined where the run has no final phase.
 */
export function restOf(history: History): Rest | undefined {
  const final = lastPhase(history, "final");
  if (final < 0) return undefined;
  const quiet = lastPhase(history, "quiet");
  const healed = quiet < 0 ? final : quiet;
  const ordinary = operations(history);
  const asked = operations(history, "other");
  const local = (asked.length > 0 ? asked : ordinary).filter(
    ({ call, callIndex }) => call.f === "read" && callIndex > healed,
  );
  const all = [...ordinary, ...asked].toSorted((a, b) => a.callIndex - b.callIndex);
  const atEnd = grouped(
    local.filter(({ callIndex }) => callIndex > final),
    ({ call }) => call.key ?? "",
  );
  return {
    healedAt: (history[healed] as History[number]).time,
    nodes: [...new Set(all.flatMap(({ node }) => (node === undefined ? [] : [node])))].toSorted(),
    keys: versionsByKey(all)
      .filter(({ key, versions }) => versions.length > 1 || atEnd.has(key))
      .map((key) => atRest(key, atEnd.get(key.key) ?? [])),
    reads: grouped(
      local
        .filter(({ node, outcome }) => node !== undefined && outcome.type === "ok")
        .toSorted((a, b) => a.returnIndex - b.returnIndex),
      ({ node }) => node as NodeId,
    ),
  };
}

/** The position at which the phase last began; -1 where it never did. */
export const lastPhase = (history: History, phase: "quiet" | "final"): number =>
  history.findLastIndex((event) => isHarnessEvent(event) && event.f === "phase" && event.value === phase);

function atRest(key: KeyVersions, reads: readonly Operation[]): KeyAtRest {
  const versions = placed(key);
  const byValue = grouped(versions, ({ value }) => canonical(value));
  const byNode = grouped(
    reads.filter(({ node, outcome }) => node !== undefined && outcome.type === "ok"),
    ({ node }) => node as NodeId,
  );
  return {
    key: key.key,
    versions,
    seenBy: (read) =>
      (byValue.get(canonical(valueRead(read))) ?? []).filter(({ calledAt }) => calledAt < read.returnIndex),
    asked: new Set(reads.flatMap(({ node }) => (node === undefined ? [] : [node]))),
    last: new Map(
      [...byNode].map(([node, own]) => {
        const lastCall = own.reduce((latest, { callIndex }) => Math.max(latest, callIndex), -1);
        return [node, own.filter(({ returnIndex }) => returnIndex > lastCall)];
      }),
    ),
  };
}

/** The versions, each with the revision from its acknowledgement or, where all agree, from the reads of it. */
function placed({ versions, reads }: KeyVersions): Version[] {
  const fromReads = new Map<Version, Revision | "contradictory">();
  for (const { operation, version } of reads) {
    const at = operation.outcome.type === "ok" ? operation.outcome.output.modRevision : undefined;
    if (version === undefined || at === undefined) continue;
    const before = fromReads.get(version);
    fromReads.set(version, before === undefined || before === at ? at : "contradictory");
  }
  return versions.map((version) => {
    const revision = version.revision ?? fromReads.get(version);
    return typeof revision === "number" ? { ...version, revision } : version;
  });
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
