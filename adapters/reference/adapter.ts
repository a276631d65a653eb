import type { Adapter } from "../adapter.ts";
import { observable } from "../client/observer.ts";
import { etcdApi } from "../etcd-api/adapter.ts";
import { admin } from "../etcd-api/admin.ts";
import { offered } from "../etcd-api/client.ts";
import { gateway } from "../etcd-api/gateway.ts";
import { observeWithSyncs } from "../etcd-api/observer.ts";
import { deployment } from "./deployment.ts";

/** Assay's own Raft server. It speaks etcd's v3 API and promises what etcd promises. */
export const reference: Adapter = {
  ...etcdApi("reference", offered),
  ...observable(observeWithSyncs),
  summary: "the Raft server of this repository: embedded, and able to misbehave on request (--mutant)",
  deployment,
  http: gateway("gateway"),
  admin,
};
