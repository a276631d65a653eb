import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Entry, logIndex, type Message, memberId, term } from "../../core/types.ts";
import { CodecError } from "../../kv/bytes.ts";
import { decodeMessage, encodeMessage } from "./message-codec.ts";

const natural = fc.maxSafeNat();
const index = natural.map(logIndex);
const aTerm = natural.map(term);
const id = natural.map(memberId);
const bytes = fc.uint8Array({ maxLength: 300 });
const ids = fc.array(id, { maxLength: 7 });
const entryType = fc.constantFrom<Entry["type"]>("empty", "command", "membership");
const entries = fc
  .tuple(
    fc.integer({ min: 1, max: 1e12 }),
    fc.array(fc.record({ term: aTerm, type: entryType, data: bytes }), { maxLength: 5 }),
  )
  .map(([first, items]) => items.map((item, i): Entry => ({ ...item, index: logIndex(first + i) })));
const snapshot = fc.record({
  index,
  term: aTerm,
  membership: fc.record({ voters: ids, learners: ids }),
  data: bytes,
});

const body = fc.oneof(
  fc.record({
    type: fc.constantFrom("pre-vote" as const, "vote" as const),
    lastIndex: index,
    lastTerm: aTerm,
    transfer: fc.boolean(),
  }),
  fc.record({
    type: fc.constantFrom("pre-vote-reply" as const, "vote-reply" as const),
    granted: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("append" as const),
    prevIndex: index,
    prevTerm: aTerm,
    entries,
    commit: index,
  }),
  fc.record({
    type: fc.constant("append-reply" as const),
    success: fc.boolean(),
    index,
    hintTerm: aTerm,
    refusedIndex: index,
  }),
  fc.record({ type: fc.constant("heartbeat" as const), commit: index, readContext: natural }),
  fc.record({ type: fc.constant("heartbeat-reply" as const), readContext: natural }),
  fc.record({ type: fc.constant("install-snapshot" as const), snapshot }),
  fc.record({ type: fc.constant("propose" as const), commands: fc.array(bytes, { maxLength: 5 }) }),
  fc.record({ type: fc.constant("read-index" as const), context: natural }),
  fc.record({
    type: fc.constant("read-index-reply" as const),
    context: natural,
    index,
    refused: fc.boolean(),
  }),
  fc.record({ type: fc.constant("timeout-now" as const) }),
);
const message = fc
  .tuple(fc.record({ from: id, to: id, term: aTerm }), body)
  .map(([envelope, rest]): Message => ({ ...envelope, ...rest }));

describe("the message codec", () => {
  it("gives back every message", () => {
    fc.assert(
      fc.property(message, (original) => {
        expect(decodeMessage(encodeMessage(original))).toEqual(original);
      }),
      { numRuns: 500 },
    );
  });

  it("answers every cut, longer or damaged message with a CodecError or another message, never with a crash", () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (original, place, flip) => {
        const encoded = encodeMessage(original);
        const at = place % encoded.length;
        expect(() => decodeMessage(encoded.subarray(0, at))).toThrow(CodecError);
        expect(() => decodeMessage(Uint8Array.from([...encoded, 0]))).toThrow(CodecError);
        const damaged = Uint8Array.from(encoded);
        damaged[at] = Number(damaged[at]) ^ flip;
        try {
          decodeMessage(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("refuses random bytes without running out of memory", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (random) => {
        try {
          decodeMessage(random);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
