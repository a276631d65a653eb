import { unreachable } from "../../core/assert.ts";
import { type KeyInterval, type KeyString, keyInterval, keyString } from "./key.ts";
import type { KvErrorCode, KvRequest, TxnRequest, WriteRequest } from "./request.ts";

/** Comparisons, and operations in either branch, of one transaction; a nested one counts against its parent's. */
export const maxTxnOperations = 128;

/**
 * What is wrong with the request whatever the state is: undefined if nothing is. A server refuses such a request
 * before it costs a place in the log; the state machine refuses it all the same.
 */
export function validate(request: KvRequest | WriteRequest): KvErrorCode | undefined {
  switch (request.type) {
    case "range":
    case "delete-range":
      return request.key.length === 0 ? "empty-key" : undefined;
    case "put":
      if (request.key.length === 0) return "empty-key";
      return request.ignoreValue && request.value.length > 0 ? "value-provided" : undefined;
    case "txn":
      return validateTxn(request, maxTxnOperations) ?? duplicateKey(request);
    case "compact":
      return undefined;
    default:
      return unreachable(request);
  }
}

function validateTxn({ compare, success, failure }: TxnRequest, allowed: number): KvErrorCode | undefined {
  const operations = Math.max(compare.length, success.length, failure.length);
  if (operations > allowed) return "too-many-operations";
  if (compare.some((comparison) => comparison.key.length === 0)) return "empty-key";
  for (const request of [...success, ...failure]) {
    const error = request.type === "txn" ? validateTxn(request, allowed - operations) : validate(request);
    if (error !== undefined) return error;
  }
  return undefined;
}

function duplicateKey(request: TxnRequest): KvErrorCode | undefined {
  const twice = written(request.success) === "twice" || written(request.failure) === "twice";
  return twice ? "duplicate-key" : undefined;
}

interface Written {
  readonly puts: Set<KeyString>;
  readonly deletes: KeyInterval[];
}

/**
 * What a branch may write, or that it may write one key twice: then the order within a revision would matter. As etcd
 * has it, the branches of one nested transaction exclude each other, so both may put a key, and a nested transaction's
 * puts are held against the deletions of this level and of the nested ones before it. Other than in etcd (3.4), a range
 * without an end counts as one: there it is missed, and a put that ignores its value then takes the server down.
 */
function written(branch: readonly KvRequest[]): Written | "twice" {
  const puts = new Set<KeyString>();
  const deletes = branch.flatMap((request) =>
    request.type === "delete-range" ? [keyInterval(request)] : [],
  );
  const clashes = (key: KeyString) =>
    puts.has(key) || deletes.some(({ low, high }) => low <= key && key < high);

  for (const request of branch) {
    if (request.type !== "txn") continue;
    const success = written(request.success);
    const failure = written(request.failure);
    if (success === "twice" || failure === "twice") return "twice";
    const either = new Set([...success.puts, ...failure.puts]);
    for (const key of either) if (clashes(key)) return "twice";
    for (const key of either) puts.add(key);
    deletes.push(...success.deletes, ...failure.deletes);
  }
  for (const request of branch) {
    if (request.type !== "put") continue;
    const key = keyString(request.key);
    if (clashes(key)) return "twice";
    puts.add(key);
  }
  return { puts, deletes };
}
