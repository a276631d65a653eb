import { describe, expect, it } from "vitest";
import type { KvRequest, TxnRequest } from "./request.ts";
import { maxTxnOperations, validate } from "./validate.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const put = (key: string, value = "v", ignoreValue = false): KvRequest => ({
  type: "put",
  key: bytes(key),
  value: bytes(value),
  prevKv: false,
  ignoreValue,
});
const remove = (key: string, end?: string): KvRequest => ({
  type: "delete-range",
  key: bytes(key),
  ...(end !== undefined && { end: bytes(end) }),
  prevKv: false,
});
const txn = (success: KvRequest[], failure: KvRequest[] = []): TxnRequest => ({
  type: "txn",
  compare: [],
  success,
  failure,
});
const puts = (count: number) => Array.from({ length: count }, (_, i) => put(`key-${i}`));

describe("a request is refused whatever the state is", () => {
  it.each<[string, KvRequest, ReturnType<typeof validate>]>([
    ["a put without a key", put(""), "empty-key"],
    ["a deletion without a key", remove(""), "empty-key"],
    ["a put with a value that it says to ignore", put("a", "v", true), "value-provided"],
    ["an operation without a key in a branch", txn([], [put("")]), "empty-key"],
    [
      "a comparison without a key",
      { ...txn([]), compare: [{ key: bytes(""), target: "mod", result: "equal", number: 0 }] },
      "empty-key",
    ],
    ["two puts of one key", txn([put("a"), put("b"), put("a")]), "duplicate-key"],
    ["two puts of one key in the other branch", txn([], [put("a"), put("a")]), "duplicate-key"],
    ["a put of a key that is deleted", txn([remove("a"), put("a")]), "duplicate-key"],
    ["a put inside a range that is deleted", txn([put("b"), remove("a", "c")]), "duplicate-key"],
    ["a put inside a range without an end", txn([put("b"), remove("a", "\0")]), "duplicate-key"],
    ["a put next to a nested put", txn([put("a"), txn([put("a")])]), "duplicate-key"],
    ["a put in two nested transactions", txn([txn([put("a")]), txn([], [put("a")])]), "duplicate-key"],
    ["a put next to a nested deletion", txn([put("a"), txn([remove("a")])]), "duplicate-key"],
    ["a put in a nested branch twice", txn([txn([], [put("a"), put("a")])]), "duplicate-key"],
    ["more operations than allowed", txn(puts(maxTxnOperations + 1)), "too-many-operations"],
    [
      "a nested transaction with more than its parent leaves it",
      txn([...puts(maxTxnOperations - 3), txn(puts(3))]),
      "too-many-operations",
    ],
  ])("%s", (_name, request, error) => {
    expect(validate(request)).toBe(error);
  });
});

describe("a request is taken", () => {
  it.each<[string, KvRequest]>([
    ["with as many operations as allowed", txn(puts(maxTxnOperations))],
    ["with a nested transaction that fills what its parent leaves", txn([txn(puts(maxTxnOperations - 1))])],
    ["that puts one key in either branch", txn([put("a")], [put("a")])],
    ["that puts one key in either branch of a nested transaction", txn([txn([put("a")], [put("a")])])],
    ["that deletes one key twice", txn([remove("a"), remove("a")])],
    ["that puts outside the range it deletes", txn([put("c"), remove("a", "c")])],
    ["whose nested deletion follows a nested put", txn([txn([put("a")]), txn([remove("a")])])],
  ])("%s", (_name, request) => {
    expect(validate(request)).toBeUndefined();
  });

  it("only down to a depth that no stack minds", () => {
    let deep = txn([]);
    for (let i = 0; i < 100_000; i++) deep = txn([deep]);
    expect(validate(deep)).toBe("too-many-operations");
  });
});
