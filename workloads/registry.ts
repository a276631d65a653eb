import { cas } from "./cas.ts";
import { get } from "./get.ts";
import { leaseChurn } from "./lease-churn.ts";
import { list } from "./list.ts";
import { lockHandover } from "./lock-handover.ts";
import { mixed, ycsbWorkloads } from "./mixed.ts";
import { put } from "./put.ts";
import { register } from "./register.ts";
import { set } from "./set.ts";
import { txn } from "./txn.ts";
import { watch } from "./watch.ts";
import { watchFanout } from "./watch-fanout.ts";
import type { Workload } from "./workload.ts";

/** Every workload by name: those that look for violations, then those that measure, and are judged all the same. */
export const workloads = {
  register,
  set,
  watch,
  put,
  get,
  mixed,
  ...ycsbWorkloads,
  cas,
  txn,
  list,
  "watch-fanout": watchFanout,
  "lease-churn": leaseChurn,
  "lock-handover": lockHandover,
} as const satisfies Readonly<Record<string, Workload>>;
