/**
 * One stream of writes and many watchers at every node: how long a change takes to reach each of them, from its invocation and
 * from its acknowledgement (which it may precede), and whether each received every change once.
 */
import { defaultDeliverySeconds, watchCheckers } from "../checker/watches/watch-checkers.ts";
import type { Random } from "../core/random.ts";
import { recordsAtRest } from "./records/last-keys.ts";
import { sizeOptions } from "./records/options.ts";
import { Payload } from "./records/payload.ts";
import { Records } from "./records/records.ts";
import { recordsLoad } from "./records/registers.ts";
import { fullestWatch } from "./watch/fullest.ts";
import { Keys } from "./watch/keys.ts";
import { Known } from "./watch/known.ts";
import type { WatchPlan } from "./watch/open-watch.ts";
import { paddedWatches } from "./watch/padded.ts";
import { type Habit, type Needs, type Step, WatchClient } from "./watch/watch-client.ts";
import { optionOf, type StandingRole, type Workload, type WorkloadRun } from "./workload.ts";

const options = {
  ...sizeOptions,
  keys: { ...sizeOptions.keys, default: 1, doc: "records; each watcher follows one, in turn" },
  "watchers-per-node": { default: 20, min: 1, max: 1000, doc: "clients with one watch each, at each node" },
  "delivery-seconds": {
    default: defaultDeliverySeconds,
    min: 1,
    max: 3600,
    doc: "how soon a change must reach every watch, once no fault disturbs it",
  },
} satisfies Workload["options"];

/** Time after the bound in which the last changes of the faulty phase are still judged. */
const moreSeconds = 2;
/** Between two looks at whether the watch is still there. */
const idleMs = 500;
/** A client that was refused waits a little. */
const refusedMs = 200;

/** Keeps one watch; where it breaks off it goes on, from where it stopped if the system can. */
class Following implements Habit {
  #wanted: WatchPlan | undefined;
  #isRefused = false;

  constructor(plan: WatchPlan) {
    this.#wanted = plan;
  }

  step(): Step {
    const wanted = this.#wanted;
    if (wanted === undefined) return { pauseMs: idleMs };
    if (this.#isRefused) {
      this.#isRefused = false;
      return { pauseMs: refusedMs };
    }
    this.#wanted = undefined;
    return { open: wanted };
  }

  lost(plan: WatchPlan): void {
    this.#wanted = plan;
    this.#isRefused = true;
  }
}

/** The watchers of a run, all on the records of one writer. */
function watchersOf(run: WorkloadRun, records: Records): StandingRole<Needs> {
  const payload = new Payload(run);
  const [kind, promise] = fullestWatch(run.watches) ?? ["", undefined];
  // Previous values would be measured with the changes.
  const watches = promise === undefined ? {} : { [kind]: { ...promise, previous: false } };
  const context = { run: { ...run, watches }, keys: new Keys(run), known: new Known() };
  return {
    name: "watchers",
    processes: { perNode: optionOf(options, run, "watchers-per-node") },
    actor({ slot, random }) {
      // Neighbouring slots are at different nodes: each node has watchers of every record.
      const key = records.key(Math.floor(slot / run.nodes.length) % records.size);
      const watcher = new WatchClient(
        context,
        new Following({ kind, target: { key }, from: undefined }),
        random,
      );
      return {
        next: () => watcher.next(),
        observe: (call, outcome) => watcher.observe(call, outcome),
        perform: (client, call, at) =>
          watcher.perform(
            {
              kv: client.kv,
              delete: (...args) => client.delete(...args),
              txn: client.txn,
              watch: paddedWatches(client.watch, payload),
              close: () => client.close(),
              abandon: () => client.abandon(),
            },
            call,
            at,
          ),
      };
    },
  };
}

export const watchFanout: Workload<Needs> = {
  name: "watch-fanout",
  summary: "writes to one record, and many watchers of it at every node",
  requires: ["kv", "delete", "txn", "watch"],
  options,
  roles(run, _random, share) {
    const size = optionOf(options, run, "keys");
    const records = new Records(run, share, { skew: 0, size });
    const client = (random: Random) => () => ({
      f: "write",
      key: records.pick(random),
      value: records.value(),
    });
    return [recordsLoad({ run, records, preloads: true, client }), watchersOf(run, records)];
  },
  checkers: (run) => [
    ...watchCheckers({
      watches: run.watches,
      deliverySeconds: optionOf(options, run, "delivery-seconds"),
      readsPast: false,
    }),
    recordsAtRest.checker(run.convergenceSeconds),
  ],
  unsettled: recordsAtRest.unsettled,
  quietSeconds: (run) => optionOf(options, run, "delivery-seconds") + moreSeconds,
  needs: { write: 20, watch: 3 },
};
