import type { Adapter } from "../adapter.ts";
import { offer } from "../client/client.ts";
import { observable } from "../client/observer.ts";
import { connect, type offeredWithLeases, sharing } from "./client.ts";
import { digest } from "./digest.ts";
import { nullServer } from "./null-server.ts";
import { observe } from "./observer.ts";
import { version } from "./version.ts";
import { watchPromises } from "./watch/watches.ts";

/** Common part of the adapters of systems that speak etcd's v3 API; `name` and `capabilities` differ by system. */
export const etcdApi = (name: string, capabilities: readonly (typeof offeredWithLeases)[number][]) =>
  ({
    name,
    promises: {
      reads: {
        linearizable: { consistency: "linearizable" },
        serializable: { consistency: "stale-monotonic" },
      },
      watches: watchPromises,
    },
    defaultReadMode: "linearizable",
    localReadMode: "serializable",
    revisions: "store",
    ...offer(name, capabilities, connect, sharing),
    ...observable(observe),
    digest,
    nullServer,
    version,
  }) satisfies Partial<Adapter>;
