import type { History } from "../../core/history.ts";
import type { Json, NodeId, Operation, Revision } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { type KeyVersions, type Version, valueKey, valueRead, versionsOf } from "../reads/versions.ts";
import { atRest, grouped, lastAnswers } from "./at-rest.ts";
import { KeyWrites } from "./key-writes.ts";

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
  /** Whether all nodes returned what was certainly written last: there is nothing to find. */
  readonly isSettled: boolean;
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
  const { healedAt, nodes, asked, reads } = rest;
  const writes = new KeyWrites(history);
  const keys: KeyAtRest[] = [];
  for (const key of writes.keys) {
    const own = asked.get(key) ?? [];
    if (own.length > 0 || writes.areIn(key)) keys.push(new AskedKey(key, own, nodes, writes));
  }
  return { healedAt, nodes, keys, reads };
}

/** A key whose versions are made only where they are needed: they take an object for each of its operations. */
class AskedKey implements KeyAtRest {
  readonly key: string;
  readonly isSettled: boolean;
  readonly asked: ReadonlySet<NodeId>;
  readonly last: ReadonlyMap<NodeId, readonly Operation[]>;
  readonly #writes: KeyWrites;
  #made: { readonly versions: readonly Version[]; readonly byValue: Map<Json, Version[]> } | undefined;

  constructor(key: string, reads: readonly Operation[], nodes: readonly NodeId[], writes: KeyWrites) {
    this.key = key;
    this.asked = new Set(reads.flatMap(({ node }) => (node === undefined ? [] : [node])));
    this.last = lastAnswers(reads);
    this.#writes = writes;
    this.isSettled =
      nodes.every((node) => this.last.has(node)) && writes.isNewest(key, [...this.last.values()].flat());
  }

  get versions(): readonly Version[] {
    return this.#known().versions;
  }

  seenBy(read: Operation): readonly Version[] {
    const seen = this.#known().byValue.get(valueKey(valueRead(read))) ?? [];
    return seen.filter(({ calledAt }) => calledAt < read.returnIndex);
  }

  #known() {
    if (this.#made !== undefined) return this.#made;
    const versions = placed(versionsOf(this.key, this.#writes.operations(this.key)));
    this.#made = { versions, byValue: grouped(versions, ({ value }) => valueKey(value)) };
    return this.#made;
  }
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
