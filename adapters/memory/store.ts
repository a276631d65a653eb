/** Data of the in-memory system: the versions of each key, and the changes in the order of their revisions. */
import { ClientError } from "../../core/errors.ts";
import type { Revision } from "../../core/op.ts";
import type { Versioned } from "../client/prefix.ts";
import { inOrderOfKeys } from "../key-names.ts";

/** One change of one key. Values: undefined where the key did not exist, or was deleted. */
export interface Change {
  readonly revision: Revision;
  readonly key: string;
  readonly value: string | undefined;
  readonly previous: string | undefined;
}

export interface Found {
  readonly value?: string;
  /** Revision of the state that was read. */
  readonly revision: Revision;
  readonly modRevision?: Revision;
}

export class MemoryStore {
  /** Changes of each key, oldest first. */
  readonly #versions = new Map<string, Change[]>();
  /** All changes, oldest first. */
  readonly #changes: Change[] = [];
  #compacted: Revision = 0;

  /** Watches cannot start before this revision. */
  get compacted(): Revision {
    return this.#compacted;
  }

  /** Compacts up to a revision, unless it was already or is later than `last`. */
  compact(before: Revision, last: Revision): ClientError | undefined {
    if (before > last) return noSuchRevision(before);
    if (before <= this.#compacted)
      return new ClientError("compacted", `${before} has been compacted already`);
    this.#compacted = before;
    return undefined;
  }

  append(revision: Revision, key: string, value: string | undefined): void {
    const versions = this.#versions.get(key) ?? [];
    this.#versions.set(key, versions);
    const change = { revision, key, value, previous: versions.at(-1)?.value };
    versions.push(change);
    this.#changes.push(change);
  }

  /** Changes with a revision from `first` to `last`, oldest first. */
  changes(first: Revision, last: Revision): readonly Change[] {
    const before = this.#changes.findLastIndex(({ revision }) => revision < first);
    const end = this.#changes.findLastIndex(({ revision }) => revision <= last);
    return this.#changes.slice(before + 1, end + 1);
  }

  /** The key as it was at revision `applied`. */
  read(key: string, applied: Revision): Found {
    const version = this.#versions.get(key)?.findLast(({ revision }) => revision <= applied);
    if (version?.value === undefined) return { revision: applied };
    return { value: version.value, revision: applied, modRevision: version.revision };
  }

  /** The key as it was at revision `at`, in a state in which everything up to `applied` has been done. */
  readAt(key: string, at: Revision, applied: Revision): Found | ClientError {
    if (at > applied) return noSuchRevision(at);
    if (at < this.#compacted)
      return new ClientError("compacted", `history before ${this.#compacted} has been compacted`);
    return { ...this.read(key, at), revision: applied };
  }

  /** Keys that begin with the prefix, as they were at revision `applied`, in order. */
  list(prefix: string, applied: Revision): ReadonlyMap<string, Versioned> {
    const found: [string, Versioned][] = [];
    for (const key of this.#versions.keys()) {
      const { value, modRevision } = this.read(key, applied);
      if (!key.startsWith(prefix) || value === undefined || modRevision === undefined) continue;
      found.push([key, { value, revision: modRevision }]);
    }
    return inOrderOfKeys(found);
  }
}

const noSuchRevision = (revision: Revision): ClientError =>
  new ClientError("future-revision", `there is no revision ${revision} yet`);
