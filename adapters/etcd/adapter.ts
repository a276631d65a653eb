import type { Adapter } from "../adapter.ts";
import { etcdApi } from "../etcd-api/adapter.ts";
import { admin } from "../etcd-api/admin.ts";
import { offeredByEtcd } from "../etcd-api/client.ts";
import { watchPromises } from "../etcd-api/watch/watches.ts";
import { deployment } from "./deployment.ts";

const api = etcdApi("etcd", offeredByEtcd);

/** etcd 3.4 to 3.6, over its own gRPC API. */
export const etcd: Adapter = {
  ...api,
  promises: { ...api.promises, watches: watchPromises },
  summary: "etcd 3.4 to 3.6: Raft, revisions, transactions",
  deployment,
  admin,
};
