import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../history.ts";
import { keyString } from "../key.ts";
import type { KeyValue, WriteRequest } from "../request.ts";
import { Store } from "../store.ts";
import { reencoded } from "../testing/encoded.ts";
import { WatchHub } from "./hub.ts";
import type { WatchStream } from "./stream.ts";
import { compact, put, remove, txn, watch } from "./testing/scene.ts";
import { type WatchFlaw, type WatchOutput, type WatchRequest, wants, watcher, watchFlaws } from "./watch.ts";

/**
 * Watches by their definition: what each must get is a list, made from a store that forgets nothing. Random members,
 * clients and compactions are held against it.
 */
class Trial {
  /** Never compacted. */
  readonly #truth = new Store();
  readonly #changes: Change[] = [];
  #store = new Store();
  readonly #hub: WatchHub;
  readonly #stream: WatchStream;
  readonly #watches = new Map<number, { request: WatchRequest; due: Change[]; next: number }>();
  /** Requests whose answers were not taken yet. */
  readonly #asked: WatchRequest[] = [];

  constructor(flaws: readonly WatchFlaw[]) {
    const limits = { queued: 3, queuedBytes: 1_000, visited: 3, events: 2, eventBytes: 1_000 };
    this.#hub = new WatchHub(this.#store, { flaws: new Set(flaws), limits });
    this.#stream = this.#hub.open(() => {});
  }

  step(action: Action): void {
    switch (action.do) {
      case "write":
        for (const request of action.requests) this.#execute(this.#store, request);
        if (action.requests.length === 1) this.#hub.advance(this.#store);
        else this.#install();
        break;
      case "watch": {
        const from = action.ago === undefined ? 0 : Math.max(1, this.#store.revision - action.ago);
        const request = { ...action.request, from };
        this.#asked.push(request);
        this.#stream.create(0, request);
        break;
      }
      case "cancel":
        this.#stream.cancel(action.id);
        break;
      case "progress":
        this.#stream.requestProgress();
        break;
      case "leader":
        this.#hub.leaderAppeared();
        break;
      case "take":
        for (let i = 0; i < action.count; i++) this.#check(this.#stream.take());
    }
  }

  /** Every watch that is left got everything. */
  finish(): void {
    for (let output = this.#stream.take(); output !== undefined; output = this.#stream.take())
      this.#check(output);
    for (const { due } of this.#watches.values()) expect(due).toEqual([]);
  }

  #execute(store: Store, request: WriteRequest): void {
    if (request.type === "compact") {
      store.execute({ ...request, revision: Math.max(1, store.revision - request.revision) });
      return;
    }
    store.execute(request);
    this.#truth.execute(request);
    this.#truth.visitSince((this.#changes.at(-1)?.modRevision ?? 1) + 1, (change) => {
      this.#changes.push(change);
      for (const watch of this.#watches.values()) if (isDue(watch.request, change)) watch.due.push(change);
      return true;
    });
  }

  /** The member gets the state of all those writes as a snapshot. */
  #install(): void {
    this.#store = reencoded(this.#store);
    this.#hub.replace(this.#store);
  }

  #check(output: WatchOutput | "more" | undefined): void {
    if (output === undefined || output === "more") return;
    expect(output.revision).toBeLessThanOrEqual(this.#store.revision);
    switch (output.type) {
      case "created": {
        const asked = this.#asked.shift() as WatchRequest;
        const request = { ...asked, from: asked.from === 0 ? output.revision + 1 : asked.from };
        const due = this.#changes.filter((change) => isDue(request, change));
        this.#watches.set(output.id, { request, due, next: request.from });
        return;
      }
      case "events":
        this.#checkEvents(output);
        return;
      case "canceled":
        this.#checkCanceled(output);
        return;
      case "progress":
        for (const { due } of this.#watches.values())
          expect(due[0]?.modRevision ?? Infinity).toBeGreaterThan(output.revision);
        return;
      case "refused":
        throw new Error("nothing was wrong with the request");
    }
  }

  #checkEvents({ id, events }: WatchOutput & { type: "events" }): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) throw new Error(`events of ${id}, which is not there`);
    expect(events.length).toBeGreaterThan(0);
    const due = watch.due.splice(0, events.length);
    expect(events.map(({ change }) => change)).toEqual(due);
    const last = due.at(-1)?.modRevision ?? 0;
    // Of the last revision, too, nothing is left for another message.
    expect(watch.due[0]?.modRevision).not.toBe(last);
    watch.next = last + 1;
    for (const { change, previous } of events) this.#checkPrevious(watch.request, change, previous);
  }

  #checkPrevious({ previous: wanted }: WatchRequest, change: Change, previous: KeyValue | undefined): void {
    const truth = this.#truth.valueAt(keyString(change.key), change.modRevision - 1);
    const gone = change.modRevision <= this.#store.compactRevision && previous === undefined;
    if (!gone) expect(previous).toEqual(wanted ? truth : undefined);
  }

  #checkCanceled({ id, compactRevision }: WatchOutput & { type: "canceled" }): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) throw new Error(`canceled ${id}, which is not there`);
    this.#watches.delete(id);
    if (compactRevision === undefined) return;
    expect(compactRevision).toBeLessThanOrEqual(this.#store.compactRevision);
    expect(watch.next).toBeLessThan(compactRevision);
  }
}

const isDue = (request: WatchRequest, change: Change): boolean =>
  change.modRevision >= request.from && wants(watcher(0, request, 0), change, keyString(change.key));

type Action =
  /** Applied one by one; several come as a snapshot. */
  | { readonly do: "write"; readonly requests: readonly WriteRequest[] }
  /** From that many revisions before the current one; before now if negative. */
  | { readonly do: "watch"; readonly request: WatchRequest; readonly ago: number | undefined }
  | { readonly do: "cancel"; readonly id: number }
  | { readonly do: "progress" | "leader" }
  | { readonly do: "take"; readonly count: number };

const key = fc.constantFrom("a", "b", "c");
const value = fc.constantFrom("0", "1", "2");
const change = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(key, value).map(([k, v]) => put(k, v)) },
  key.map(remove),
);
const write: fc.Arbitrary<WriteRequest> = fc.oneof(
  { weight: 6, arbitrary: change },
  {
    weight: 3,
    arbitrary: fc
      .uniqueArray(change, { minLength: 2, maxLength: 3, selector: (each) => keyString(each.key) })
      .map((changes) => txn(...changes)),
  },
  // How far before the current revision.
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }).map(compact) },
);
const request = fc
  .record({
    key,
    until: fc.constantFrom(undefined, "d"),
    puts: fc.constantFrom(true, true, true, false),
    deletions: fc.constantFrom(true, true, true, false),
    previous: fc.boolean(),
  })
  .map(({ key, until, ...rest }) => watch(key, until === undefined ? rest : { ...rest, until }));
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: write.map((each): Action => ({ do: "write", requests: [each] })) },
  {
    weight: 1,
    arbitrary: fc
      .array(write, { minLength: 2, maxLength: 4 })
      .map((requests): Action => ({ do: "write", requests })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ request, ago: fc.option(fc.integer({ min: -4, max: 5 }), { nil: undefined }) })
      .map((each): Action => ({ do: "watch", ...each })),
  },
  { weight: 1, arbitrary: fc.nat(3).map((id): Action => ({ do: "cancel", id })) },
  { weight: 1, arbitrary: fc.constantFrom<Action>({ do: "progress" }, { do: "leader" }) },
  { weight: 5, arbitrary: fc.nat(6).map((count): Action => ({ do: "take", count })) },
);

const holds = (flaws: readonly WatchFlaw[], runs: number) =>
  fc.check(
    fc.property(fc.array(action, { maxLength: 60, size: "max" }), (actions) => {
      const trial = new Trial(flaws);
      for (const each of actions) trial.step(each);
      trial.finish();
    }),
    { numRuns: runs, seed: 1 },
  );

describe("a hub of watches", () => {
  it("sends each watch what its definition says, whatever its client, compactions and snapshots do", () => {
    const { failed, errorInstance, counterexample } = holds([], 1_000);
    expect(failed, `${JSON.stringify(counterexample)} ${errorInstance}`).toBe(false);
  });

  it.each(watchFlaws)("does not with the planted bug %s", (flaw) => {
    expect(holds([flaw], 500).failed).toBe(true);
  });
});
