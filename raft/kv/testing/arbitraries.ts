import fc from "fast-check";
import type { Command } from "../command.ts";
import type {
  CompactRequest,
  Compare,
  DeleteRangeRequest,
  KeyRange,
  KvRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
  WriteRequest,
} from "../request.ts";

/** Generators of requests for tests, over few, close keys, so that they meet each other. */

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const keys = [
  bytes(1),
  bytes(1, 0),
  bytes(1, 255),
  bytes(2),
  bytes(2, 7),
  bytes(128),
  bytes(255),
  bytes(255, 255),
];
const key = fc.constantFrom(...keys);
const value = fc.uint8Array({ maxLength: 2, max: 3 });
const revision = fc.integer({ min: -1, max: 14 });
const bound = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: revision });

const keyRange: fc.Arbitrary<KeyRange> = fc.oneof(
  fc.record({ key }),
  fc.record({ key, end: key }),
  fc.record({ key, end: fc.constant(bytes(0)) }),
  fc.constant({ key: bytes(0), end: bytes(0) }),
);

export const rangeRequest: fc.Arbitrary<RangeRequest> = fc
  .tuple(
    keyRange,
    fc.record({
      type: fc.constant("range" as const),
      limit: fc.constantFrom(0, 0, 0, 1, 2, 5, -1),
      revision: bound,
      sortOrder: fc.constantFrom("none" as const, "ascend" as const, "descend" as const),
      sortTarget: fc.constantFrom(
        "key" as const,
        "version" as const,
        "create" as const,
        "mod" as const,
        "value" as const,
      ),
      keysOnly: fc.boolean(),
      countOnly: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.boolean()),
      minModRevision: bound,
      maxModRevision: bound,
      minCreateRevision: bound,
      maxCreateRevision: bound,
    }),
  )
  .map(([range, options]) => ({ ...range, ...options }));

const putRequest: fc.Arbitrary<PutRequest> = fc
  .record({ key, value, prevKv: fc.boolean(), keeps: fc.integer({ min: 0, max: 4 }) })
  .map(({ key, value, prevKv, keeps }) => {
    const ignoreValue = keeps === 0;
    return { type: "put", key, value: ignoreValue ? bytes() : value, prevKv, ignoreValue };
  });

const deleteRequest: fc.Arbitrary<DeleteRangeRequest> = fc
  .tuple(keyRange, fc.boolean())
  .map(([range, prevKv]) => ({ type: "delete-range", ...range, prevKv }));

const compare: fc.Arbitrary<Compare> = fc
  .tuple(
    keyRange,
    fc.record({
      target: fc.constantFrom("version" as const, "create" as const, "mod" as const, "value" as const),
      result: fc.constantFrom("equal" as const, "greater" as const, "less" as const, "not-equal" as const),
      number: fc.integer({ min: 0, max: 6 }),
      value,
    }),
  )
  .map(([range, rest]) => ({ ...range, ...rest }));

const compactRequest: fc.Arbitrary<CompactRequest> = fc.record({
  type: fc.constant("compact" as const),
  revision: fc.integer({ min: 0, max: 12 }),
});

const { txn: txnRequest } = fc.letrec<{ request: KvRequest; txn: TxnRequest }>((tie) => ({
  request: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    putRequest,
    deleteRequest,
    rangeRequest,
    tie("txn"),
  ),
  txn: fc.record({
    type: fc.constant("txn" as const),
    compare: fc.array(compare, { maxLength: 2 }),
    success: fc.array(tie("request"), { maxLength: 3 }),
    failure: fc.array(tie("request"), { maxLength: 2 }),
  }),
}));

export const writeRequest: fc.Arbitrary<WriteRequest> = fc.oneof(
  { weight: 5, arbitrary: putRequest },
  { weight: 2, arbitrary: deleteRequest },
  { weight: 4, arbitrary: txnRequest },
  { weight: 1, arbitrary: compactRequest },
);

export const command: fc.Arbitrary<Command> = fc
  .record({
    proposer: fc.integer({ min: 1, max: 3 }),
    incarnation: fc.maxSafeNat(),
    sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    unsettled: fc.maxSafeNat(),
    request: writeRequest,
  })
  .map(({ unsettled, ...rest }) => ({ ...rest, settled: Math.max(0, rest.sequence - 1 - unsettled) }));
