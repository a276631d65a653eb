import { type FaultWindow, faultWindows, type LeaderSpan } from "../../core/fault.ts";
import type { ClientEvent, History } from "../../core/history.ts";
import type { NodeId } from "../../core/op.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";

/** A node that became leader, as the harness observed it. */
export interface Election {
  readonly node: NodeId;
  /** When it was first seen as leader. */
  readonly from: Nanos;
  /** A time at which it certainly did not lead yet. */
  readonly since: Nanos;
  /**
   * No update was acknowledged under the new leader before this: the first acknowledgement after nobody led; `from`
   * where another node was seen to lead until then.
   */
  readonly firstUpdate: Nanos;
}

/**
 * The harness asks for the leader every 0.2 s and waits up to 0.5 s for each node's answer. In a run that does not record
 * since when a leader may have led, an election was observed at most this late.
 */
const seenLateMs = 1500;

/**
 * All elections after the first leader, which led before the run began. A leader that was not seen for a while and then
 * leads again was elected again only if its process was killed in between. While that process starts it does not answer,
 * so its election may be as early as the time from which no leader was seen.
 */
export function elections(
  spans: readonly LeaderSpan[],
  history: History,
  isUpdate: (event: ClientEvent) => boolean,
): Election[] {
  const found: Election[] = [];
  const kills = faultWindows(history).filter(isKill);
  let last: LeaderSpan | undefined;
  for (const [i, span] of spans.entries()) {
    const { node, from } = span;
    if (node === undefined) continue;
    const before = spans[i - 1];
    const nobodyLed = before !== undefined && before.node === undefined;
    const restarted =
      nobodyLed && kills.some(({ nodes, ...kill }) => nodes.includes(node) && overlap(kill, before));
    if (last !== undefined && (node !== last.node || restarted)) {
      const since = restarted ? beginOf(before) : beginOf(span);
      const firstUpdate = nobodyLed ? acknowledged(history, restarted ? before.from : since, isUpdate) : from;
      found.push({ node, from, since, firstUpdate });
    }
    last = span;
  }
  return found;
}

/** A time at which the change of leader was certainly not over yet. */
const beginOf = ({ from, since }: LeaderSpan): Nanos =>
  since ?? nanos(Math.max(0, from - millis(seenLateMs)));

/** `kill`, `kill-all`, `restart-staggered`, …: processes that end and are started again. */
const isKill = ({ name }: FaultWindow): boolean => /^(kill|restart)(-|$)/.test(name);

const overlap = (a: Pick<FaultWindow, "from" | "to">, b: LeaderSpan): boolean =>
  a.from < b.to && b.from < a.to;

/** When the first update was acknowledged after `since`; never where none was. */
function acknowledged(history: History, since: Nanos, isUpdate: (event: ClientEvent) => boolean): Nanos {
  for (const event of history) {
    if (event.type === "ok" && event.time > since && isUpdate(event)) return event.time;
  }
  return nanos(Number.POSITIVE_INFINITY);
}
