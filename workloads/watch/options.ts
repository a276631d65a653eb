import { defaultDeliverySeconds } from "../../checker/watches/watch-checkers.ts";
import { optionOf, type Workload, type WorkloadRun } from "../workload.ts";

export const options = {
  keys: { default: 12, min: 1, max: 10_000, doc: "keys that writers change" },
  "keys-per-group": {
    default: 4,
    min: 1,
    max: 1000,
    doc: "keys with a common prefix; a transaction changes keys of one group or of all",
  },
  "delete-percent": { default: 20, min: 0, max: 100, doc: "share of deletes" },
  "txn-percent": { default: 20, min: 0, max: 100, doc: "share of transactions of several keys" },
  "read-percent": { default: 10, min: 0, max: 100, doc: "share of reads; the rest writes one key" },
  "watchers-per-node": {
    default: 4,
    min: 1,
    max: 100,
    doc: "clients with watches at each node: one that keeps them, one that opens and closes them, one with many at once, one that is slow, and so on",
  },
  "watches-per-client": {
    default: 8,
    min: 1,
    max: 1000,
    doc: "watches that a client has at a time, at most",
  },
  "compaction-ms": {
    default: 1000,
    min: 0,
    max: 3_600_000,
    doc: "time between two compactions, on average; 0: none",
  },
  "delivery-seconds": {
    default: defaultDeliverySeconds,
    min: 1,
    max: 3600,
    doc: "how soon a change must reach every watch, once no fault disturbs it",
  },
} as const satisfies Workload["options"];

export type OptionName = keyof typeof options;

export const option = (run: WorkloadRun, name: OptionName): number => optionOf(options, run, name);
