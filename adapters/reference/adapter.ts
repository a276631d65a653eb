import type { Adapter } from "../adapter.ts";
import { etcdApi } from "../etcd-api/adapter.ts";
import { deployment } from "./deployment.ts";

/** Assay's own Raft server. It speaks etcd's v3 API and promises what etcd promises. */
export const reference: Adapter = {
  ...etcdApi("reference"),
  summary: "the Raft server of this repository: embedded, and able to misbehave on request (--mutant)",
  deployment,
};
