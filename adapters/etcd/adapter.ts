import type { Adapter } from "../adapter.ts";
import { etcdApi } from "../etcd-api/adapter.ts";
import { admin } from "../etcd-api/admin.ts";
import { offeredWithLeases } from "../etcd-api/client.ts";
import { gateway } from "../etcd-api/gateway.ts";
import { deployment } from "./deployment.ts";

const api = etcdApi("etcd", offeredWithLeases);

/** etcd 3.4 to 3.6, over its own gRPC API. */
export const etcd: Adapter = {
  ...api,
  promises: { ...api.promises, session: { renewal: "counted" } },
  summary: "etcd 3.4 to 3.6: Raft, revisions, transactions",
  deployment,
  http: gateway("client"),
  admin,
};
