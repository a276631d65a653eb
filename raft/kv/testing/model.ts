import type {
  Compare,
  KeyRange,
  KeyValue,
  KvErrorCode,
  KvRequest,
  KvResponse,
  KvResult,
  RangeRequest,
  TxnRequest,
  WriteRequest,
} from "../request.ts";

/**
 * For tests: the store as plainly as it can be said. It keeps a whole copy of the keys at every revision, and leaves
 * validation out.
 */
export class Model {
  /** The keys at each revision, sorted. */
  readonly #states: (readonly KeyValue[])[] = [[], []];
  #compactRevision = 0;

  get revision(): number {
    return this.#states.length - 1;
  }

  range(request: RangeRequest): KvResult {
    return this.#result(this.#range(request, this.#newest(), this.revision));
  }

  execute(request: WriteRequest): KvResult {
    if (request.type !== "compact") return this.#result(this.#transact(request));
    if (request.revision <= this.#compactRevision) return this.#result("compacted");
    if (request.revision > this.revision) return this.#result("future-revision");
    this.#compactRevision = request.revision;
    return this.#result({ type: "compact" });
  }

  #newest(): readonly KeyValue[] {
    return this.#states.at(-1) ?? [];
  }

  #transact(request: KvRequest): KvResponse | KvErrorCode {
    const before = this.#newest();
    const revision = this.revision + 1;
    let keys = before;
    let writes = 0;
    const errors: KvErrorCode[] = [];
    const chosen = new Map<TxnRequest, boolean>();
    const choose = (request: KvRequest): void => {
      if (request.type !== "txn") return;
      const succeeded = request.compare.every((comparison) => holds(before, comparison));
      chosen.set(request, succeeded);
      (succeeded ? request.success : request.failure).forEach(choose);
    };
    const run = (request: KvRequest): KvResponse => {
      switch (request.type) {
        case "range": {
          const response = this.#range(request, keys, writes > 0 ? revision : revision - 1);
          if (typeof response !== "string") return response;
          errors.push(response);
          return nothing;
        }
        case "put": {
          const old = keys.find((kv) => same(kv, request));
          if (request.ignoreValue && old === undefined) errors.unshift("key-not-found");
          const kv: KeyValue = {
            key: request.key,
            value: request.ignoreValue && old ? old.value : request.value,
            createRevision: old?.createRevision ?? revision,
            modRevision: revision,
            version: (old?.version ?? 0) + 1,
          };
          keys = [...keys.filter((kv) => !same(kv, request)), kv].sort(byKey);
          writes++;
          return { type: "put", ...(request.prevKv && old && { prevKv: old }) };
        }
        case "delete-range": {
          const gone = keys.filter((kv) => contains(request, kv));
          keys = keys.filter((kv) => !contains(request, kv));
          writes += gone.length;
          return { type: "delete-range", deleted: gone.length, prevKvs: request.prevKv ? gone : [] };
        }
        case "txn": {
          const succeeded = chosen.get(request) ?? false;
          const branch = succeeded ? request.success : request.failure;
          return { type: "txn", succeeded, responses: branch.map(run) };
        }
      }
    };
    choose(request);
    const response = run(request);
    // Among several reasons, a put's goes first.
    if (errors[0] !== undefined) return errors[0];
    if (writes > 0) this.#states.push(keys);
    return response;
  }

  #range(request: RangeRequest, newest: readonly KeyValue[], current: number): KvResponse | KvErrorCode {
    // Inside a transaction, too, only what was there before it can be asked for by number.
    if (request.revision > this.revision) return "future-revision";
    const revision = request.revision <= 0 ? current : request.revision;
    if (revision < this.#compactRevision) return "compacted";
    const keys = request.revision <= 0 ? newest : (this.#states[revision] ?? []);
    const all = keys.filter((kv) => contains(request, kv));
    const count = all.length;
    if (request.countOnly) return { type: "range", kvs: [], more: false, count };

    const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision, limit } = request;
    const bounds = [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision];
    const early = request.sortOrder === "none" && bounds.every((bound) => bound === 0);
    const filtered = (early && limit > 0 ? all.slice(0, limit + 1) : all).filter(
      (kv) =>
        (minModRevision === 0 || kv.modRevision >= minModRevision) &&
        (maxModRevision === 0 || kv.modRevision <= maxModRevision) &&
        (minCreateRevision === 0 || kv.createRevision >= minCreateRevision) &&
        (maxCreateRevision === 0 || kv.createRevision <= maxCreateRevision),
    );
    const sortBy = (kv: KeyValue): string | number =>
      ({
        key: hex(kv.key),
        version: kv.version,
        create: kv.createRevision,
        mod: kv.modRevision,
        value: hex(kv.value),
      })[request.sortTarget];
    const sign = request.sortOrder === "descend" ? -1 : 1;
    const sorted = filtered.sort((a, b) => {
      const [x, y] = [sortBy(a), sortBy(b)];
      return x < y ? -sign : x > y ? sign : 0;
    });
    const more = limit > 0 && sorted.length > limit;
    const kvs = (more ? sorted.slice(0, limit) : sorted).map((kv) =>
      request.keysOnly ? { ...kv, value: new Uint8Array(0) } : kv,
    );
    return { type: "range", kvs, more, count };
  }

  #result(answer: KvResponse | KvErrorCode): KvResult {
    const { revision } = this;
    return typeof answer === "string"
      ? { ok: false, revision, error: answer }
      : { ok: true, revision, response: answer };
  }
}

const nothing: KvResponse = { type: "range", kvs: [], more: false, count: 0 };

/** Orders as the bytes do. */
const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const byKey = (a: KeyValue, b: KeyValue): number => (hex(a.key) < hex(b.key) ? -1 : 1);
const same = (a: { key: Uint8Array }, b: { key: Uint8Array }): boolean => hex(a.key) === hex(b.key);

function contains({ key, end }: KeyRange, kv: KeyValue): boolean {
  const [k, low] = [hex(kv.key), hex(key)];
  if (end === undefined) return k === low;
  return k >= low && (hex(end) === "00" || k < hex(end));
}

function holds(keys: readonly KeyValue[], comparison: Compare): boolean {
  const { target, result, number = 0, value = new Uint8Array(0) } = comparison;
  const found = keys.filter((kv) => contains(comparison, kv));
  if (found.length === 0 && target === "value") return false;
  const none = { key: value, value, createRevision: 0, modRevision: 0, version: 0 };
  return (found.length === 0 ? [none] : found).every((kv) => {
    const actual = {
      version: kv.version,
      create: kv.createRevision,
      mod: kv.modRevision,
      value: hex(kv.value),
    }[target];
    const literal = target === "value" ? hex(value) : number;
    return {
      equal: actual === literal,
      "not-equal": actual !== literal,
      greater: actual > literal,
      less: actual < literal,
    }[result];
  });
}
