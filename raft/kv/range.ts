import { unreachable } from "../../core/assert.ts";
import type { Change, History } from "./history.ts";
import { compareBytes, isSingleKey, keyInterval, keyString } from "./key.ts";
import type { KeyValue, KvErrorCode, KvResponse, RangeRequest } from "./request.ts";

type RangeResponse = Extract<KvResponse, { type: "range" }>;

/**
 * Answers a range request against the history. `current` is the revision that counts as the newest: inside a
 * transaction that has written already, the one that it is making.
 *
 * As etcd has it: `count` is that of the keys in the range, whatever filters and limit leave of them; a target other
 * than the key sorts ascending where no order is given, and then, without filters, the limit picks by key before that.
 */
export function range(
  history: History,
  current: number,
  request: RangeRequest,
): RangeResponse | Extract<KvErrorCode, "compacted" | "future-revision"> {
  if (request.revision > current) return "future-revision";
  const revision = request.revision > 0 ? request.revision : current;
  if (revision < history.compactRevision) return "compacted";

  const picksLater = request.sortOrder !== "none" || hasFilter(request);
  // One more than the limit shows whether there are more.
  const wanted = request.limit > 0 && !picksLater ? request.limit + 1 : Number.POSITIVE_INFINITY;
  const { found, count } = collect(history, revision, request, wanted);
  if (request.countOnly) return { type: "range", kvs: [], more: false, count };

  const sorted = sort(hasFilter(request) ? found.filter((kv) => passes(kv, request)) : found, request);
  const more = request.limit > 0 && sorted.length > request.limit;
  const limited = more ? sorted.slice(0, request.limit) : sorted;
  const kvs = request.keysOnly ? limited.map((kv) => ({ ...kv, value: nothing })) : limited;
  return { type: "range", kvs, more, count };
}

const nothing = new Uint8Array(0);

function collect(history: History, revision: number, request: RangeRequest, wanted: number) {
  if (isSingleKey(request)) {
    const change = history.get(keyString(request.key), revision);
    const found = change === undefined ? [] : [change];
    return { found, count: found.length };
  }
  const found: Change[] = [];
  let count = 0;
  history.scan(keyInterval(request), revision, (change) => {
    count++;
    if (!request.countOnly && found.length < wanted) found.push(change);
  });
  return { found, count };
}

const hasFilter = (request: RangeRequest): boolean =>
  request.minModRevision !== 0 ||
  request.maxModRevision !== 0 ||
  request.minCreateRevision !== 0 ||
  request.maxCreateRevision !== 0;

/** A bound of 0 is none. */
function passes(kv: KeyValue, request: RangeRequest): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  if (minModRevision !== 0 && kv.modRevision < minModRevision) return false;
  if (maxModRevision !== 0 && kv.modRevision > maxModRevision) return false;
  if (minCreateRevision !== 0 && kv.createRevision < minCreateRevision) return false;
  return maxCreateRevision === 0 || kv.createRevision <= maxCreateRevision;
}

/** `kvs` comes in order of key; what compares equal stays in that order. */
function sort(kvs: KeyValue[], { sortOrder, sortTarget }: RangeRequest): KeyValue[] {
  if (sortTarget === "key" && sortOrder !== "descend") return kvs;
  const sign = sortOrder === "descend" ? -1 : 1;
  return kvs.sort((a, b) => sign * compareBy(sortTarget, a, b));
}

function compareBy(target: RangeRequest["sortTarget"], a: KeyValue, b: KeyValue): number {
  switch (target) {
    case "key":
      return compareBytes(a.key, b.key);
    case "version":
      return a.version - b.version;
    case "create":
      return a.createRevision - b.createRevision;
    case "mod":
      return a.modRevision - b.modRevision;
    case "value":
      return compareBytes(a.value, b.value);
    default:
      return unreachable(target);
  }
}
