import type { Adapter } from "../adapter.ts";
import { offer } from "../client/client.ts";
import { observable } from "../client/observer.ts";
import { admin } from "./admin.ts";
import { connect, offered, sharing } from "./client.ts";
import { deployment } from "./deployment.ts";
import { nullServer } from "./null-server.ts";
import { observe } from "./observer.ts";
import { pathOf } from "./paths.ts";
import { version } from "./version.ts";
import { watchPromises } from "./watch.ts";

/** HashiCorp Consul 1.8 and newer, over its HTTP API. */
export const consul: Adapter = {
  name: "consul",
  summary: "HashiCorp Consul 1.8 and newer: Raft behind HTTP, three read modes",
  promises: {
    reads: {
      default: {
        consistency: "linearizable-known-limits",
        limits: [
          {
            name: "deposed leader",
            condition: "deposed-leader",
            boundMs: 2000,
            // Raft's leader lease at raft_multiplier 1, as deployment.ts sets it.
            leaseMs: 500,
            sentence:
              "A leader answers from memory for as long as it believes in its lease, which it does not ask a quorum about.",
          },
          {
            name: "new leader",
            condition: "new-leader",
            boundMs: 2000,
            forwarded: true,
            sentence:
              "A server that has just been elected answers, also what followers pass on to it, before it has applied all that was committed before its election.",
          },
        ],
      },
      consistent: { consistency: "linearizable" },
      stale: { consistency: "stale" },
    },
    watches: watchPromises,
    session: { renewal: "received" },
  },
  defaultReadMode: "default",
  localReadMode: "stale",
  revisions: "key",
  ...offer("consul", offered, connect, sharing),
  deployment,
  http: {
    port: "http",
    read: (key) => ({ method: "GET", path: pathOf(key) }),
    write: (key, value) => ({ method: "PUT", path: pathOf(key), body: value }),
  },
  nullServer,
  version,
  admin,
  ...observable(observe),
};
