import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { revisions } from "../../checker/revisions/revisions.ts";
import { freely } from "../../checker/testing/history-of.ts";
import type { ClientEvent, History } from "../../core/history.ts";
import { createRandom, type Random } from "../../core/random.ts";
import { millis } from "../../core/time.ts";
import type { KvResult, RangeRequest, WriteRequest } from "./request.ts";
import { Store, type StoreFlaw } from "./store.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytes = (text: string) => encoder.encode(text);

const rangeOf = (key: string): RangeRequest => ({
  type: "range",
  key: bytes(key),
  limit: 0,
  revision: 0,
  sortOrder: "none",
  sortTarget: "key",
  keysOnly: false,
  countOnly: false,
  minModRevision: 0,
  maxModRevision: 0,
  minCreateRevision: 0,
  maxCreateRevision: 0,
});

/** What a client is answered by a store and by one that follows it with a lag, through deletes and compactions. */
function history(random: Random, flaw?: StoreFlaw): History {
  const [leader, follower] = [new Store(), new Store()];
  const log: { readonly request: WriteRequest; readonly flaw: StoreFlaw | undefined }[] = [];
  let followed = 0;
  const events: ClientEvent[] = [];
  const record = (f: string, key: string, argument: number | undefined, answer: Partial<ClientEvent>) => {
    const named = { process: 1, f, key };
    const asked = { ...named, index: events.length, time: millis(events.length), type: "invoke" as const };
    events.push({ ...asked, ...(argument !== undefined && { value: argument }) });
    events.push({ ...named, index: events.length, time: millis(events.length), type: "ok", ...answer });
  };
  const execute = (request: WriteRequest): KvResult => {
    const planted = random.chance(0.1) ? flaw : undefined;
    log.push({ request, flaw: planted });
    return leader.execute(request, planted);
  };
  for (let i = 1; i <= 120; i++) {
    const key = random.pick(["a", "b"]);
    const dice = random.integer(0, 9);
    if (dice < 3) {
      const request = {
        type: "put",
        key: bytes(key),
        value: bytes(`${i}`),
        prevKv: false,
        ignoreValue: false,
      } as const;
      record("write", key, i, { value: i, revision: execute(request).revision });
    } else if (dice < 5) {
      const { revision, ...result } = execute({ type: "delete-range", key: bytes(key), prevKv: false });
      const found = result.ok && result.response.type === "delete-range" && result.response.deleted > 0;
      record("delete", key, undefined, { value: found, ...(found && { revision }) });
    } else if (dice === 5) {
      execute({ type: "compact", revision: random.integer(1, leader.revision) });
    } else {
      for (; followed < log.length && random.chance(0.8); followed++) {
        const entry = log[followed];
        if (entry !== undefined) follower.execute(entry.request, entry.flaw);
      }
      const store = random.chance(0.5) ? leader : follower;
      const { revision, ...result } = store.range(rangeOf(key));
      const kv = result.ok && result.response.type === "range" ? result.response.kvs[0] : undefined;
      const seen = kv && { value: Number(decoder.decode(kv.value)), modRevision: kv.modRevision };
      record("read", key, undefined, { value: null, ...seen, revision });
    }
  }
  return events;
}

const kindOf = (seed: number, flaw?: StoreFlaw) => {
  const verdict = revisions({ scope: "store" }).check(history(createRandom(seed), flaw), freely);
  return "kind" in verdict ? verdict.kind : "not at once";
};

describe("the store's revisions", () => {
  it("prove nothing wrong, whatever is deleted, created again and compacted, at a follower that lags", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(kindOf(seed)).toBe("valid");
      }),
      { numRuns: 300 },
    );
  });

  it.each<StoreFlaw>(["drops-changes", "shares-revision"])("prove a planted bug: %s", (flaw) => {
    const found = Array.from({ length: 100 }, (_, seed) => kindOf(seed, flaw)).filter(
      (kind) => kind === "invalid",
    );
    expect(found.length).toBeGreaterThan(80);
  });
});
