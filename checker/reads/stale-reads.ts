import type { Operation } from "../../core/op.ts";
import { type Nanos, toMillis } from "../../core/time.ts";
import type { KeyVersions, Version } from "./versions.ts";

/** A read that returned a value which had been overwritten when it began. */
export interface StaleRead {
  readonly key: string;
  readonly read: Operation;
  readonly version: Version;
  /** The write that is known to have overwritten it first. */
  readonly overwrittenBy: Version;
  /** For how long the value had been overwritten when the read began; never an over-estimate. */
  readonly staleMs: number;
  /** How many versions behind the read was; never an over-estimate. */
  readonly versionsBehind: number;
}

/**
 * The stale reads of a key, in order of invocation.
 *
 * A read of version `a` is stale when some version `b` definitely came after `a` (`definitelyBefore(a, b)`) and was in
 * place before the read began. The value was overwritten when the first such `b` took effect, which was at `b.effectTime`
 * at the latest; so the read began at least (its invocation - the least such `effectTime`) after that: delta, as in
 * delta-atomicity (Golab et al.). The number of such `b` is k - 1 of k-atomicity.
 */
export function staleReads({ key, versions, reads }: KeyVersions): StaleRead[] {
  const order = new VersionOrder(versions);
  const stale: StaleRead[] = [];
  for (const { operation, version } of reads) {
    if (version === undefined) continue;
    const overwrittenBy = order.firstAfter(version);
    if (overwrittenBy === undefined || overwrittenBy.effectBy >= operation.callIndex) continue;
    const staleMs = toMillis((operation.invokedAt - overwrittenBy.effectTime) as Nanos);
    const versionsBehind = order.countAfter(version, operation.callIndex);
    stale.push({ key, read: operation, version, overwrittenBy, staleMs, versionsBehind });
  }
  return stale;
}

/** Finds the versions that certainly came after one, from suffixes of the orders by invocation and by revision. */
class VersionOrder {
  readonly #byCall: readonly Version[];
  readonly #byRevision: readonly Version[];
  readonly #firstByCall: readonly Version[];
  readonly #firstByRevision: readonly Version[];

  constructor(versions: readonly Version[]) {
    const certain = versions.filter(
      ({ operation, effectBy }) => operation !== undefined && Number.isFinite(effectBy),
    );
    this.#byCall = certain.toSorted((a, b) => a.calledAt - b.calledAt);
    this.#byRevision = certain
      .filter(({ revision }) => revision !== undefined)
      .toSorted((a, b) => (a.revision ?? 0) - (b.revision ?? 0));
    this.#firstByCall = earliestOfSuffixes(this.#byCall);
    this.#firstByRevision = earliestOfSuffixes(this.#byRevision);
  }

  /** The version whose effect was in place first among those certainly after `version`. */
  firstAfter(version: Version): Version | undefined {
    const byCall = this.#firstByCall[this.#callRank(version)];
    const byRevision = this.#firstByRevision[this.#revisionRank(version)];
    if (byCall === undefined || byRevision === undefined) return byCall ?? byRevision;
    return byCall.effectBy <= byRevision.effectBy ? byCall : byRevision;
  }

  /** The number of versions that are certainly after `version` and were in place before `event`. */
  countAfter(version: Version, event: number): number {
    let count = 0;
    for (let i = this.#callRank(version); i < this.#byCall.length; i++) {
      const later = this.#byCall[i] as Version;
      if (later.calledAt > event) break;
      if (later.effectBy < event) count++;
    }
    for (let i = this.#revisionRank(version); i < this.#byRevision.length; i++) {
      // Nothing from here on was in place before the event.
      if ((this.#firstByRevision[i] as Version).effectBy >= event) break;
      const later = this.#byRevision[i] as Version;
      const isCounted = later.calledAt > version.effectBy;
      if (!isCounted && later.effectBy < event) count++;
    }
    return count;
  }

  #callRank({ effectBy }: Version): number {
    return firstIndex(this.#byCall, ({ calledAt }) => calledAt > effectBy);
  }

  #revisionRank({ revision, operation }: Version): number {
    if (operation === undefined) return 0;
    if (revision === undefined) return this.#byRevision.length;
    return firstIndex(this.#byRevision, (other) => (other.revision ?? 0) > revision);
  }
}

/** For each suffix, the version whose effect was in place first. */
function earliestOfSuffixes(versions: readonly Version[]): Version[] {
  const earliest: Version[] = [...versions];
  for (let i = versions.length - 2; i >= 0; i--) {
    const next = earliest[i + 1] as Version;
    if (next.effectBy < (earliest[i] as Version).effectBy) earliest[i] = next;
  }
  return earliest;
}

/** The first index from which on `holds` is true; `items` are in an order in which it turns true once. */
function firstIndex<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
