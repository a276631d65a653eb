import type { History } from "../../core/history.ts";
import type { NodeId, Operation, Revision } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { type KeyVersions, type Version, valueKey, valueRead, versionsByKey } from "../reads/versions.ts";
import { atRest, grouped, lastAnswers } from "./at-rest.ts";

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

/** What is known of a run's registers at rest; undefined where the run has no final phase. */
export function restOf(history: History): Rest | undefined {
  const rest = atRest(history, ({ f }) => f === "read");
  if (rest === undefined) return undefined;
  const { healedAt, nodes, operations, asked, reads } = rest;
  return {
    healedAt,
    nodes,
    keys: versionsByKey(operations)
      .filter(({ key, versions }) => versions.length > 1 || asked.has(key))
      .map((key) => keyAtRest(key, asked.get(key.key) ?? [])),
    reads,
  };
}

function keyAtRest(key: KeyVersions, reads: readonly Operation[]): KeyAtRest {
  const versions = placed(key);
  const byValue = grouped(versions, ({ value }) => valueKey(value));
  return {
    key: key.key,
    versions,
    seenBy: (read) =>
      (byValue.get(valueKey(valueRead(read))) ?? []).filter(({ calledAt }) => calledAt < read.returnIndex),
    asked: new Set(reads.flatMap(({ node }) => (node === undefined ? [] : [node]))),
    last: lastAnswers(reads),
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
    if (version.revision !== undefined) return version;
    const revision = fromReads.get(version);
    return typeof revision === "number" ? { ...version, revision } : version;
  });
}
