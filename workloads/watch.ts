/**
 * Watches: writers change keys, watchers at every node follow keys and prefixes from all sorts of revisions, and a compactor
 * discards what is old. What each watcher received, and what keys held at past revisions, is held against what truly changed.
 */
import { watchCheckers } from "../checker/watches/watch-checkers.ts";
import { compactor } from "./watch/compactor.ts";
import { habitOf } from "./watch/habits.ts";
import { historian } from "./watch/historian.ts";
import { Keys } from "./watch/keys.ts";
import { Known } from "./watch/known.ts";
import { option, options } from "./watch/options.ts";
import { type Needs, WatchClient } from "./watch/watch-client.ts";
import { writer } from "./watch/writers.ts";
import { type Role, uniqueNumbers, type Workload, type WorkloadRun } from "./workload.ts";

/** Time after the bound in which the last changes of the faulty phase are still judged. */
const moreSeconds = 2;

const hasHistory = ({ offers }: WorkloadRun): boolean => offers.includes("history");

export const watch: Workload<Needs> = {
  name: "watch",
  summary: "changes of many keys, and watches at every node that must hear of them",
  requires: ["kv", "delete", "txn", "watch"],
  options,
  roles(run, _random, share) {
    const keys = new Keys(run);
    const known = new Known();
    const value = uniqueNumbers(share);
    const writers: Role<Needs> = {
      name: "writers",
      processes: "load",
      actor: (self) => writer({ run, keys, known, value }, self),
      final: () => keys.all.map((key) => ({ f: "read", key })),
    };
    const watchers: Role<Needs> = {
      name: "watchers",
      processes: { perNode: option(run, "watchers-per-node") },
      actor: (self) => {
        const context = { run, keys, known };
        return new WatchClient(context, habitOf(context, self), self.random);
      },
    };
    const compactors: Role<Needs> = {
      name: "compactors",
      processes: { perNode: 1 },
      actor: (self) => compactor({ run, known }, self),
    };
    const historians: Role<Needs> = {
      name: "historians",
      processes: { perNode: 1 },
      actor: (self) => historian({ keys, known }, self),
    };
    if (!hasHistory(run)) return [writers, watchers];
    const compacts = option(run, "compaction-ms") > 0;
    return [writers, watchers, historians, ...(compacts ? [compactors] : [])];
  },
  checkers: (run) => [
    ...watchCheckers({
      watches: run.watches,
      deliverySeconds: option(run, "delivery-seconds"),
      readsPast: hasHistory(run),
    }),
  ],
  quietSeconds: (run) => option(run, "delivery-seconds") + moreSeconds,
  needs: { write: 20, watch: 10 },
};
