import { assert } from "../../core/assert.ts";
import type { Adapter } from "../adapter.ts";
import { type AskedOnce, observable } from "../client/observer.ts";
import { etcdApi } from "../etcd-api/adapter.ts";
import { admin } from "../etcd-api/admin.ts";
import { offeredWithLeases } from "../etcd-api/client.ts";
import { gateway } from "../etcd-api/gateway.ts";
import { observe } from "../etcd-api/observer.ts";
import { deployment } from "./deployment.ts";
import { syncsOf } from "./syncs.ts";

const observeWithSyncs: AskedOnce["observe"] = (endpoints, options) => ({
  ...observe(endpoints, options),
  async syncs(node, ask) {
    const endpoint = endpoints.find((candidate) => candidate.node === node);
    assert(endpoint !== undefined, `${node} is not observed`);
    return syncsOf(endpoint, { ...options, timeoutMs: ask?.timeoutMs ?? options.timeoutMs });
  },
});

const api = etcdApi("etcd", offeredWithLeases);

/** etcd 3.4 to 3.6, over its own gRPC API. */
export const etcd: Adapter = {
  ...api,
  promises: { ...api.promises, session: { renewal: "counted" } },
  ...observable(observeWithSyncs),
  summary: "etcd 3.4 to 3.6: Raft, revisions, transactions",
  deployment,
  http: gateway("client"),
  admin,
};
