import sortedBtree from "sorted-btree";
import { assert } from "../../core/assert.ts";
import type { KeyInterval, KeyString } from "./key.ts";
import { keyString } from "./key.ts";
import type { Bytes, KeyValue } from "./request.ts";

// A CommonJS package: its default export is a property of its module to Node, and is the module itself to bundlers.
const BTree =
  "default" in sortedBtree ? sortedBtree.default : (sortedBtree as typeof import("sorted-btree").default);

/**
 * What one key became: a put or, with `version` 0 and no value, a deletion (its `createRevision` is 0). `modRevision`
 * and `sub` say when: the changes of one transaction share the revision and count `sub` up from 0.
 */
export interface Change extends KeyValue {
  readonly sub: number;
}

const isDeletion = (change: Change): boolean => change.version === 0;
const byKey = (a: KeyString, b: KeyString): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Every change since the last compaction, and for every key that was alive there its last change before it: in order
 * of revision, and by key. Memory is proportional to that.
 *
 * Invariant: a key's changes are in order, and every one of them is in `#changes`.
 */
export class History {
  readonly #keys = new BTree<KeyString, Change[]>(undefined, byKey);
  #changes: Change[] = [];
  #revision = 1;
  #compactRevision = 0;

  /** Revision of the last transaction that changed something; 1 if none did. */
  get revision(): number {
    return this.#revision;
  }

  /** Revision before which everything is forgotten; 0: nothing is. */
  get compactRevision(): number {
    return this.#compactRevision;
  }

  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** The key's value once the changes of `revision` were made, undefined if it did not exist. */
  get(key: KeyString, revision: number): Change | undefined {
    const versions = this.#keys.get(key);
    return versions === undefined ? undefined : liveAt(versions, revision);
  }

  /** Visits the keys of the interval that existed at `revision`, in order. */
  scan({ low, high }: KeyInterval, revision: number, visit: (change: Change) => void): void {
    if (low >= high) return;
    this.#keys.forRange(low, high, false, (_key, versions) => {
      const change = liveAt(versions, revision);
      if (change !== undefined) visit(change);
    });
  }

  /** Adds the next change; `advance` makes its revision the current one. Returns the key's value before it. */
  put(revision: number, sub: number, key: Bytes, value: Bytes): Change | undefined {
    const name = keyString(key);
    const versions = this.#keys.get(name);
    const before = versions && liveAt(versions, revision);
    this.#append(name, versions, {
      // A key's bytes are kept once, however often it is written.
      key: versions?.[0]?.key ?? key,
      value,
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
      sub,
    });
    return before;
  }

  /** `alive` is what `get` or `scan` gave for the key just now. */
  delete(revision: number, sub: number, alive: Change): void {
    const deletion = {
      key: alive.key,
      value: nothing,
      createRevision: 0,
      modRevision: revision,
      version: 0,
      sub,
    };
    const name = keyString(alive.key);
    this.#append(name, this.#keys.get(name), deletion);
  }

  /** Drops the changes of the newest revision as if they had never been made; for a planted bug. */
  forget(revision: number): void {
    for (let last = this.#changes.at(-1); last?.modRevision === revision; last = this.#changes.at(-1)) {
      this.#changes.pop();
      const name = keyString(last.key);
      const versions = this.#keys.get(name) ?? [];
      versions.pop();
      if (versions.length === 0) this.#keys.delete(name);
    }
  }

  advance(revision: number): void {
    assert(revision > this.#revision, `revision ${revision} does not follow ${this.#revision}`);
    this.#revision = revision;
  }

  /**
   * Visits the changes made at `revision` or later, in order, until `visit` returns false. `revision` must not be before
   * `compactRevision`.
   */
  visitSince(revision: number, visit: (change: Change) => boolean): void {
    assert(revision >= this.#compactRevision, `revision ${revision} is compacted`);
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle] as Change).modRevision < revision) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < this.#changes.length; i++) {
      if (!visit(this.#changes[i] as Change)) return;
    }
  }

  /**
   * Forgets what only reads before `revision` and events before it need: a watch may start at `revision` itself, so its
   * deletions stay. `losesDeletions`: a planted bug, they go.
   */
  compact(revision: number, losesDeletions = false): void {
    this.#compactRevision = revision;
    if (losesDeletions) {
      this.#changes = this.#changes.filter(
        (change) => change.modRevision !== revision || !isDeletion(change),
      );
    }
    const kept = (change: Change, versions: readonly Change[]) =>
      change.modRevision >= revision || liveAt(versions, revision) === change;
    const touched = new Set<KeyString>();
    this.#changes = this.#changes.filter((change) => {
      if (change.modRevision >= revision) return true;
      const name = keyString(change.key);
      const keep = kept(change, this.#keys.get(name) ?? []);
      if (!keep) touched.add(name);
      return keep;
    });
    for (const name of touched) {
      const versions = this.#keys.get(name) ?? [];
      const left = versions.filter((change) => kept(change, versions));
      if (left.length === 0) this.#keys.delete(name);
      else this.#keys.set(name, left);
    }
  }

  /** The history that had these `changes`. Throws an AssertionError if they are not one. */
  static restore(revision: number, compactRevision: number, changes: readonly Change[]): History {
    const history = new History();
    for (const change of changes) {
      const name = keyString(change.key);
      const versions = history.#keys.get(name);
      const key = versions?.[0]?.key;
      history.#append(name, versions, key === undefined ? change : { ...change, key });
    }
    assert(compactRevision <= revision, "compacted beyond the current revision");
    assert((changes.at(-1)?.modRevision ?? 1) <= revision, "a change beyond the current revision");
    history.#revision = revision;
    history.#compactRevision = compactRevision;
    return history;
  }

  /** `versions` are the key's until now. */
  #append(name: KeyString, versions: Change[] | undefined, change: Change): void {
    const last = this.#changes.at(-1);
    assert(last === undefined || isBefore(last, change), "changes out of order");
    this.#changes.push(change);
    if (versions === undefined) this.#keys.set(name, [change]);
    else versions.push(change);
  }
}

const nothing = new Uint8Array(0);

const isBefore = (a: Change, b: Change): boolean =>
  a.modRevision < b.modRevision || (a.modRevision === b.modRevision && a.sub < b.sub);

function liveAt(versions: readonly Change[], revision: number): Change | undefined {
  let i = versions.length - 1;
  if ((versions[i] as Change).modRevision > revision) {
    let low = 0;
    let high = i;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((versions[middle] as Change).modRevision <= revision) low = middle + 1;
      else high = middle;
    }
    i = low - 1;
  }
  const change = versions[i];
  return change === undefined || isDeletion(change) ? undefined : change;
}
