import type { Adapter } from "../adapter.ts";
import { offer } from "../client/client.ts";
import { observable } from "../client/observer.ts";
import { admin } from "./admin.ts";
import { connect, offered } from "./client.ts";
import { deployment } from "./deployment.ts";
import { nullServer } from "./null-server.ts";
import { observe } from "./observer.ts";
import { digest, version } from "./status.ts";
import { watchPromises } from "./watch/watches.ts";

/** Apache ZooKeeper 3.6 to 3.9, over its own protocol. */
export const zookeeper: Adapter = {
  name: "zookeeper",
  summary: "Apache ZooKeeper 3.6 to 3.9: sessions, versions, reads at the session's own server",
  promises: {
    reads: {
      local: { consistency: "sequential" },
      sync: {
        consistency: "linearizable-known-limits",
        limits: [
          {
            name: "deposed leader",
            condition: "deposed-leader",
            boundMs: 2000,
            // syncLimit times tickTime, as deployment.ts sets them.
            leaseMs: 2000,
            sentence:
              "A sync does not pass a quorum: a leader that was deposed without knowing it answers one from its old state.",
          },
        ],
      },
    },
    watches: watchPromises,
    session: { renewal: "received" },
  },
  defaultReadMode: "local",
  localReadMode: "local",
  // A server looks up its last zxid before it reads, so what a reply shows is that state or a later one.
  revisions: "store",
  ...offer("zookeeper", offered, connect),
  deployment,
  admin,
  ...observable(observe),
  digest,
  nullServer,
  version,
};
