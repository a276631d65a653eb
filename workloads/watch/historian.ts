/** Reads what keys held at past revisions: recent ones, the compacted one and some below it, which must be refused. */

import type { Call } from "../../core/op.ts";
import type { Actor, Pause, Self } from "../workload.ts";
import { historyOf } from "./history-of.ts";
import type { Keys } from "./keys.ts";
import type { Known } from "./known.ts";
import { readResult } from "./values.ts";

interface HistorianContext {
  readonly keys: Keys;
  readonly known: Known;
}

/** Time between two reads, ms. */
const pauseMs = { min: 20, max: 150 };

export function historian<C extends "kv">(
  { keys, known }: HistorianContext,
  { random }: Self,
): Actor<C, Call | Pause> {
  let waits = false;
  return {
    next() {
      waits = !waits;
      const revision = waits ? undefined : known.past(random);
      return revision === undefined
        ? { pauseMs: random.integer(pauseMs.min, pauseMs.max) }
        : { f: "read-at", key: keys.pick(random), value: revision };
    },
    observe(_, outcome) {
      if (outcome.type === "ok") known.reached(outcome.output.revision);
    },
    async perform(client, { key = "", value }, { ask }) {
      return readResult(await historyOf(client).readAt(key, Number(value), ask));
    },
  };
}
