import { assert, unreachable } from "../../core/assert.ts";
import type { Change, History } from "./history.ts";
import { compareBytes, isSingleKey, keyInterval, keyString } from "./key.ts";
import { range } from "./range.ts";
import type {
  Compare,
  DeleteRangeRequest,
  KeyRange,
  KeyValue,
  KvErrorCode,
  KvRequest,
  KvResponse,
  PutRequest,
  RangeRequest,
  TxnRequest,
} from "./request.ts";

/**
 * One transaction on the history: every change that it makes has the revision after the current one. Later requests
 * see what earlier ones wrote.
 *
 * As etcd has it, all comparisons, those of nested transactions too, see the state before the first write.
 */
export class Transaction {
  readonly #history: History;
  readonly #revision: number;
  /** The `sub` of the next change, and of the first one. */
  #changes: number;
  readonly #firstChange: number;

  /** `sharesRevision`: a planted bug, see StoreFlaw. */
  constructor(history: History, sharesRevision = false) {
    this.#history = history;
    this.#revision = history.revision + (sharesRevision ? 0 : 1);
    const last = history.changes.at(-1);
    this.#firstChange = last?.modRevision === this.#revision ? last.sub + 1 : 0;
    this.#changes = this.#firstChange;
  }

  /** Applies all of its effects, or none and says why. The request is valid (validate.ts). */
  execute(request: KvRequest): KvResponse | KvErrorCode {
    const plan = this.#plan(request);
    const error = this.#check(plan);
    if (error !== undefined) return error;
    const response = this.#run(plan);
    if (this.#revision > this.#history.revision && this.#hasChanged()) this.#history.advance(this.#revision);
    return response;
  }

  /** Decides every comparison. */
  #plan(request: KvRequest): Plan {
    if (request.type !== "txn") return request;
    const succeeded = request.compare.every((comparison) => this.#holds(comparison));
    const branch = succeeded ? request.success : request.failure;
    return { type: "plan", succeeded, steps: branch.map((step) => this.#plan(step)) };
  }

  /**
   * Why the plan cannot be carried out: found before the first write, so that a transaction never half happens. A put's
   * reason goes before a range's, as in etcd.
   */
  #check(plan: Plan): KvErrorCode | undefined {
    const steps = leaves(plan);
    if (steps.some((step) => step.type === "put" && step.ignoreValue && this.#get(step) === undefined)) {
      return "key-not-found";
    }
    for (const step of steps) {
      if (step.type !== "range") continue;
      if (step.revision > this.#history.revision) return "future-revision";
      if (step.revision > 0 && step.revision < this.#history.compactRevision) return "compacted";
    }
    return undefined;
  }

  #run(plan: Plan): KvResponse {
    switch (plan.type) {
      case "range":
        return this.#range(plan);
      case "put":
        return this.#put(plan);
      case "delete-range":
        return this.#delete(plan);
      case "plan": {
        const { succeeded } = plan;
        return { type: "txn", succeeded, responses: plan.steps.map((step) => this.#run(step)) };
      }
      default:
        return unreachable(plan);
    }
  }

  #range(request: RangeRequest): KvResponse {
    const response = range(this.#history, this.#history.revision + (this.#hasChanged() ? 1 : 0), request);
    assert(typeof response !== "string", "a range was not checked before it ran");
    return response;
  }

  #put({ key, value, prevKv, ignoreValue }: PutRequest): KvResponse {
    const kept = ignoreValue ? this.#get({ key })?.value : value;
    assert(kept !== undefined, "a put was not checked before it ran");
    const before = this.#history.put(this.#revision, this.#changes++, key, kept);
    return { type: "put", ...(prevKv && before !== undefined && { prevKv: before }) };
  }

  #delete(request: DeleteRangeRequest): KvResponse {
    const deleted = this.#all(request);
    for (const kv of deleted) this.#history.delete(this.#revision, this.#changes++, kv);
    return { type: "delete-range", deleted: deleted.length, prevKvs: request.prevKv ? deleted : [] };
  }

  #holds(comparison: Compare): boolean {
    const kvs = this.#all(comparison);
    if (kvs.length > 0) return kvs.every((kv) => compare(kv, comparison));
    // No literal can stand for the value of a key that is not there, so none compares.
    return comparison.target !== "value" && compare(absent, comparison);
  }

  #hasChanged(): boolean {
    return this.#changes > this.#firstChange;
  }

  #get({ key }: KeyRange): Change | undefined {
    return this.#history.get(keyString(key), this.#revision);
  }

  #all(keys: KeyRange): Change[] {
    if (isSingleKey(keys)) {
      const change = this.#get(keys);
      return change === undefined ? [] : [change];
    }
    const changes: Change[] = [];
    this.#history.scan(keyInterval(keys), this.#revision, (change) => changes.push(change));
    return changes;
  }
}

const nothing = new Uint8Array(0);
const absent: KeyValue = { key: nothing, value: nothing, createRevision: 0, modRevision: 0, version: 0 };

function compare(kv: KeyValue, { target, result, number = 0, value = nothing }: Compare): boolean {
  const order = target === "value" ? compareBytes(kv.value, value) : numberOf(kv, target) - number;
  switch (result) {
    case "equal":
      return order === 0;
    case "not-equal":
      return order !== 0;
    case "greater":
      return order > 0;
    case "less":
      return order < 0;
    default:
      return unreachable(result);
  }
}

function numberOf(kv: KeyValue, target: Exclude<Compare["target"], "value">): number {
  switch (target) {
    case "version":
      return kv.version;
    case "create":
      return kv.createRevision;
    case "mod":
      return kv.modRevision;
    default:
      return unreachable(target);
  }
}

type Plan =
  | Exclude<KvRequest, TxnRequest>
  | { readonly type: "plan"; readonly succeeded: boolean; readonly steps: readonly Plan[] };

type Leaf = Exclude<Plan, { readonly type: "plan" }>;

const leaves = (plan: Plan): readonly Leaf[] => (plan.type === "plan" ? plan.steps.flatMap(leaves) : [plan]);
