import type { LeaderSpan } from "../../core/fault.ts";
import type { ClientEvent, History } from "../../core/history.ts";
import type { NodeId } from "../../core/op.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";

/** A node that came to lead, as far as the harness saw. */
export interface Election {
  readonly node: NodeId;
  /** When it was first seen to lead. */
  readonly from: Nanos;
  /** When it surely did not lead yet. */
  readonly since: Nanos;
  /** No update was acknowledged under the new leader before this: the first acknowledgement after nobody led, or `from`. */
  readonly firstUpdate: Nanos;
}

/**
 * The harness asks for the leader every 0.2 s and waits up to 0.5 s for every node's answer. A run that does not say
 * since when a leader may have led saw an election this late at most.
 */
const seenLateMs = 1500;

/**
 * Every election after the first leader, who led before the run began. A leader that was not seen for a while and then
 * leads again was not elected again, as far as anybody knows.
 */
export function elections(
  spans: readonly LeaderSpan[],
  history: History,
  isUpdate: (event: ClientEvent) => boolean,
): Election[] {
  const found: Election[] = [];
  let last: NodeId | undefined;
  for (const [i, { node, from, since: said }] of spans.entries()) {
    if (node === undefined) continue;
    if (last !== undefined && node !== last) {
      const since = said ?? nanos(Math.max(0, from - millis(seenLateMs)));
      const nobodyLed = spans[i - 1]?.node === undefined;
      const firstUpdate = nobodyLed ? acknowledged(history, since, from, isUpdate) : from;
      found.push({ node, from, since, firstUpdate });
    }
    last = node;
  }
  return found;
}

/** When the first update was acknowledged after `since`; `until` where none was before that. */
function acknowledged(
  history: History,
  since: Nanos,
  until: Nanos,
  isUpdate: (event: ClientEvent) => boolean,
): Nanos {
  for (const event of history) {
    if (event.time >= until) break;
    if (event.type === "ok" && event.time > since && isUpdate(event)) return event.time;
  }
  return until;
}
