/** Discards old revisions while watches run: now and then, up to a recent revision or exactly to that of a deletion. */

import type { Call } from "../../core/op.ts";
import type { Actor, Pause, Self, WorkloadRun } from "../workload.ts";
import { historyOf } from "./history-of.ts";
import type { Known } from "./known.ts";
import { option } from "./options.ts";

interface CompactorContext {
  readonly run: WorkloadRun;
  readonly known: Known;
}

export function compactor<C extends "kv">(
  { run, known }: CompactorContext,
  { random }: Self,
): Actor<C, Call | Pause> {
  // Each node has a compactor, and together they keep the pace.
  const mean = option(run, "compaction-ms") * run.nodes.length;
  let waits = false;
  return {
    next() {
      waits = !waits;
      const revision = waits ? undefined : known.compaction(random);
      return revision === undefined
        ? { pauseMs: Math.round(mean * (0.5 + random.float())) }
        : { f: "compact", value: revision };
    },
    observe({ value }, outcome) {
      if (outcome.type === "ok") known.compactedTo(Number(value));
    },
    async perform(client, { value }, { ask }) {
      await historyOf(client).compact(Number(value), ask);
      return { value: Number(value) };
    },
  };
}
