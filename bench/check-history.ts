/** The history of a run of registers under faults, and its run record, as the harness stores them. */
import type { HarnessNews } from "../core/harness-event.ts";
import type { ClientEvent, History, HistoryEvent } from "../core/history.ts";
import { type Json, type NodeId, nodeId, type Revision } from "../core/op.ts";
import type { Run } from "../core/run.ts";
import { type Nanos, nanos } from "../core/time.ts";
import { runOf } from "../reports/testing/runs.ts";
import { registerHistory } from "./register-history.ts";

const nodes = ["n1", "n2", "n3"].map(nodeId);
const keysInUse = 5;
const operationsPerKey = 250;
const eventsPerFault = 20_000;

/**
 * A valid history of about `count` operations: five keys at a time, each for 250 operations, unknown outcomes, a fault every
 * 10,000 operations, and in the end a read of each key at each node.
 */
export function runHistory(count: number): History {
  const load = registerHistory({
    operations: count,
    clients: 20,
    keys: keysInUse,
    operationsPerGeneration: keysInUse * operationsPerKey,
    cas: 0.25,
    crashes: 0.001,
    hasRevisions: true,
    nodes: nodes.length,
    seed: 1,
  }) as readonly ClientEvent[];
  const events: HistoryEvent[] = [];
  const push = (event: Omit<ClientEvent, "index">) => events.push({ ...event, index: events.length });
  const harness = (time: Nanos, news: HarnessNews) =>
    events.push({ index: events.length, time, type: "info", process: "nemesis", ...news });
  harness(nanos(0), { f: "phase", value: "main" });
  load.forEach((event, i) => {
    if (i % eventsPerFault === 0) fault(i / eventsPerFault + 1, (news) => harness(event.time, news));
    // The load generator meant it to start a little earlier.
    push(event.type === "invoke" ? { ...event, intended: nanos(Math.max(0, event.time - 41_234)) } : event);
  });
  const end = nanos((load.at(-1)?.time ?? 0) + 60e9);
  for (const phase of ["quiet", "final"] as const) harness(end, { f: "phase", value: phase });
  for (const read of finalReads(load)) push({ ...read, time: end });
  return events;
}

function fault(id: number, harness: (news: HarnessNews) => void): void {
  const node = nodes[id % nodes.length] as NodeId;
  const change = { id, summary: `kill ${node}`, nodes: [node] };
  harness({ f: "fault", name: "kill", value: { ...change, state: "begin" } });
  harness({ f: "fault", name: "kill", value: { ...change, state: "proven", proof: "process is gone" } });
  harness({ f: "fault", name: "kill", value: { ...change, state: "end" } });
}

/** What each node answers for each key in its own mode, once everything is healed. */
function* finalReads(load: readonly ClientEvent[]): Generator<Omit<ClientEvent, "index">> {
  let process = 1_000_000;
  for (const [key, { value, revision }] of lastValues(load)) {
    for (const node of nodes) {
      const read = { time: nanos(0), process: process++, f: "read", key, mode: "local", node };
      yield { ...read, type: "invoke" };
      yield { ...read, type: "ok", value, revision, modRevision: revision };
    }
  }
}

/** The newest value of each key that an answer shows. */
function lastValues(load: readonly ClientEvent[]) {
  const last = new Map<string, { readonly value: Json; readonly revision: Revision }>();
  for (const { type, f, key = "", value = null, ...event } of load) {
    const revision = f === "read" ? event.modRevision : event.revision;
    if (type !== "ok" || revision === undefined || revision <= (last.get(key)?.revision ?? 0)) continue;
    last.set(key, { value: f === "cas" ? ((value as readonly Json[])[1] ?? null) : value, revision });
  }
  return last;
}

/** The record of the run. */
export const runRecord = (history: History): Run => ({
  ...runOf(history, { seed: 1, seconds: 100, rate: 1_000 }, []),
  revisions: "store",
});
