import type { History } from "../../../core/history.ts";
import { isHarnessEvent, isNotice } from "../../../core/history.ts";
import type { Operation, Revision } from "../../../core/op.ts";
import { firstPosition } from "./expected.ts";

/** A compaction: history before `revision` was discarded, or may have been. */
interface Compaction {
  readonly index: number;
  readonly revision: Revision;
}

/** What a history says of compactions. */
export class Compactions {
  /** By when they were requested, or reported; the revision is the highest up to there. */
  readonly #possible: readonly Compaction[];
  /** The highest revision of compactions that watches reported and nobody requested: nothing says when they happened. */
  readonly #unrequested: Revision;
  /** By when they were acknowledged. */
  readonly #certain: readonly Compaction[];

  constructor(operations: readonly Operation[], history: History) {
    const asked = operations.flatMap(({ call, outcome, callIndex, returnIndex }) =>
      call.f === "compact" && typeof call.value === "number" && outcome.type !== "fail"
        ? [{ revision: call.value, callIndex, returnIndex, isCertain: outcome.type === "ok" }]
        : [],
    );
    const requested: Compaction[] = asked.map(({ callIndex, revision }) => ({ index: callIndex, revision }));
    const reported: Compaction[] = [];
    for (const event of history)
      if (isHarnessEvent(event) && event.f === "compaction")
        requested.push({ index: event.index, revision: event.value });
      else if (isNotice(event) && event.f === "canceled" && event.revision !== undefined)
        reported.push({ index: event.index, revision: event.revision });
    this.#possible = highest([...requested, ...reported]);
    const revisions = new Set(requested.map(({ revision }) => revision));
    this.#unrequested = reported.reduce(
      (most, { revision }) => (revisions.has(revision) ? most : Math.max(most, revision)),
      Number.NEGATIVE_INFINITY,
    );
    this.#certain = highest(
      asked
        .filter(({ isCertain }) => isCertain)
        .map(({ returnIndex, revision }) => ({ index: returnIndex, revision })),
    );
  }

  /** Whether the state just before `revision` may have been discarded by the event. */
  mayHide(revision: Revision, index: number): boolean {
    return at(this.#possible, index) >= revision;
  }

  /** The revision before which history was discarded by the event at most; -Infinity if there can have been no compaction. */
  atMost(index: number): Revision {
    return Math.max(this.#unrequested, at(this.#possible, index));
  }

  /** The revision before which history was surely discarded by the event; -Infinity if there was no compaction. */
  before(index: number): Revision {
    return at(this.#certain, index);
  }
}

function at(compactions: readonly Compaction[], index: number): Revision {
  const next = firstPosition(compactions.length, (i) => (compactions[i]?.index ?? 0) >= index);
  return compactions[next - 1]?.revision ?? Number.NEGATIVE_INFINITY;
}

function highest(compactions: readonly Compaction[]): Compaction[] {
  let most = Number.NEGATIVE_INFINITY;
  return compactions
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, revision }) => {
      most = Math.max(most, revision);
      return { index, revision: most };
    });
}
