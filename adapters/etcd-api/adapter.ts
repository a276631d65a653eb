import type { Adapter } from "../adapter.ts";
import { offer } from "../client/client.ts";
import { observable } from "../client/observer.ts";
import { connect, type offeredWithLeases } from "./client.ts";
import { digest } from "./digest.ts";
import { observe } from "./observer.ts";

/** What every system that speaks etcd's v3 API has in common; `name` and `capabilities` are the system's. */
export const etcdApi = (name: string, capabilities: readonly (typeof offeredWithLeases)[number][]) =>
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
