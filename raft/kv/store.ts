import { assert } from "../../core/assert.ts";
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { hashChanges } from "./hash.ts";
import { type Change, History } from "./history.ts";
import type { KeyString } from "./key.ts";
import { range } from "./range.ts";
import type {
  KeyValue,
  KvErrorCode,
  KvRequest,
  KvResponse,
  KvResult,
  RangeRequest,
  TxnRequest,
  WriteRequest,
} from "./request.ts";
import { readHistory, writeHistory } from "./store-codec.ts";
import { Transaction } from "./txn.ts";
import { validate } from "./validate.ts";

/**
 * A planted bug: a transaction's changes are dropped, or have the revision of the transaction before it; a compaction
 * drops the deletions at its own revision.
 */
export type StoreFlaw = "drops-changes" | "shares-revision" | "loses-deletions";

/**
 * The multi-version key-value store, with etcd's meaning of revisions: the store's revision starts at 1 and rises by one
 * with every transaction that changes something; a key remembers at which revision it was created and changed last, and
 * how often it was written since its creation. Deterministic: the same requests in the same order give the same answers
 * and the same state everywhere.
 */
export class Store {
  readonly #history: History;

  constructor(history = new History()) {
    this.#history = history;
  }

  get revision(): number {
    return this.#history.revision;
  }

  /** Reads before it are `compacted`; 0: nothing was. */
  get compactRevision(): number {
    return this.#history.compactRevision;
  }

  range(request: RangeRequest): KvResult {
    return this.#result(validate(request) ?? range(this.#history, this.revision, request));
  }

  /** Carries out a request that may write. */
  execute(request: WriteRequest, flaw?: StoreFlaw): KvResult {
    const error = validate(request);
    if (error !== undefined) return this.#result(error);
    if (request.type === "compact") return this.#result(this.#compact(request.revision, flaw));
    const before = this.revision;
    const response = new Transaction(this.#history, flaw === "shares-revision").execute(request);
    if (flaw === "drops-changes" && this.revision > before) this.#history.forget(this.revision);
    return this.#result(response);
  }

  /** A transaction without a write in either branch (`isReadOnly`). */
  read(request: TxnRequest): KvResult {
    assert(isReadOnly(request), "a transaction that may write must go through the log");
    return this.execute(request);
  }

  /**
   * Visits every change made at `revision` or later, in order of revision and of `sub` within it, until `visit` returns
   * false: what a watch from there has to deliver. `revision` must not be before `compactRevision`.
   */
  visitSince(revision: number, visit: (change: Change) => boolean): void {
    this.#history.visitSince(revision, visit);
  }

  /** The key's value at `revision`; undefined if it did not exist, or the value of then is compacted. */
  valueAt(key: KeyString, revision: number): KeyValue | undefined {
    return this.#history.get(key, revision);
  }

  /**
   * A checksum over every change up to `revision` (0: the current one) that is kept. Equal on all members that applied
   * the same requests; comparable only where `compactRevision` is the same too.
   */
  hash(revision: number): HashResult {
    if (revision > this.revision) return { ok: false, error: "future-revision" };
    const until = revision > 0 ? revision : this.revision;
    if (until < this.compactRevision) return { ok: false, error: "compacted" };
    const changes = this.#history.changes.filter((change) => change.modRevision <= until);
    return { ok: true, hash: hashChanges(changes), compactRevision: this.compactRevision };
  }

  /** Writes the state as it is at the call, a part at each step of the generator. */
  encode(writer: ByteWriter): Generator<void, void> {
    return writeHistory(writer, this.#history);
  }

  /** Throws a CodecError if the bytes are not what `encode` wrote. */
  static decode(reader: ByteReader): Store {
    return new Store(readHistory(reader));
  }

  #compact(revision: number, flaw: StoreFlaw | undefined): KvResponse | KvErrorCode {
    if (revision <= this.compactRevision) return "compacted";
    if (revision > this.revision) return "future-revision";
    this.#history.compact(revision, flaw === "loses-deletions");
    return { type: "compact" };
  }

  #result(answer: KvResponse | KvErrorCode): KvResult {
    const { revision } = this;
    return typeof answer === "string"
      ? { ok: false, revision, error: answer }
      : { ok: true, revision, response: answer };
  }
}

export type HashResult =
  | { readonly ok: true; readonly hash: number; readonly compactRevision: number }
  | { readonly ok: false; readonly error: Extract<KvErrorCode, "compacted" | "future-revision"> };

/** Whether no branch of the transaction can write. */
export function isReadOnly({ success, failure }: TxnRequest): boolean {
  const reads = (request: KvRequest) =>
    request.type === "range" || (request.type === "txn" && isReadOnly(request));
  return success.every(reads) && failure.every(reads);
}
