import type { Adapter } from "../adapter.ts";
import { offer } from "../client/client.ts";
import { observable } from "../client/observer.ts";
import { connect, type offeredByEtcd } from "./client.ts";
import { digest } from "./digest.ts";
import { observe } from "./observer.ts";

/** Common part of the adapters of systems that speak etcd's v3 API; `name` and `capabilities` differ by system. */
export const etcdApi = (name: string, capabilities: readonly (typeof offeredByEtcd)[number][]) =>
  ({
    name,
    promises: {
      reads: {
        linearizable: { consistency: "linearizable" },
        serializable: { consistency: "stale-monotonic" },
      },
    },
    defaultReadMode: "linearizable",
    localReadMode: "serializable",
    revisions: "store",
    ...offer(name, capabilities, connect),
    ...observable(observe),
    digest,
  }) satisfies Partial<Adapter>;
