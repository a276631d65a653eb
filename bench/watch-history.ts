/** Histories of watches for the benchmark of the checker: a right system, a number of notices. */
import type { ClientEvent, History, HistoryEvent, NoticeEvent } from "../core/history.ts";
import { type NodeId, nodeId } from "../core/op.ts";
import { createRandom } from "../core/random.ts";
import { nanos } from "../core/time.ts";

export interface WatchHistoryOptions {
  readonly seed: number;
  readonly notices: number;
  readonly watches: number;
  readonly keys: number;
}

type News = Omit<ClientEvent, "index" | "time"> | Omit<NoticeEvent, "index" | "time">;

/** One write after the other; each watch of a prefix receives it, a progress notification comes now and then. */
export function watchHistory({ seed, notices, watches, keys }: WatchHistoryOptions): History {
  const random = createRandom(seed);
  const events: HistoryEvent[] = [];
  let received = 0;
  const state = new Map<string, number>();
  const record = (event: News): number => {
    const index = events.length;
    events.push({ ...event, index, time: nanos(index * 1e4) });
    return index;
  };
  const opened = Array.from({ length: watches }, (_, i) => {
    const process = 10 + i;
    const node = nodeId(`n${(i % 3) + 1}`);
    const of = record({ type: "invoke", process, node, f: "watch", value: { kind: "stream", prefix: "k" } });
    record({ type: "ok", process, node, f: "watch", revision: 0 });
    return { process, node, of };
  });
  for (let revision = 1; received < notices; revision++) {
    const key = `k${random.integer(1, keys)}`;
    const process = revision % 10;
    const node: NodeId = nodeId("n1");
    record({ type: "invoke", process, node, f: "write", key, value: revision });
    record({ type: "ok", process, node, f: "write", key, value: revision, revision });
    const previous = state.get(key) ?? null;
    state.set(key, revision);
    const f = previous === null ? "create" : "put";
    for (const watch of opened) {
      received++;
      record({ type: "notice", ...watch, f, key, value: revision, previous, revision });
      if (revision % 20 === 0) record({ type: "notice", ...watch, f: "progress", revision });
    }
  }
  return events;
}
