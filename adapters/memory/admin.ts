import type { NodeId } from "../../core/op.ts";
import type { Admin } from "../client/admin.ts";
import { MemoryClient } from "./client.ts";
import type { MemorySystem } from "./system.ts";

export function admin(system: MemorySystem, node: NodeId, timeoutMs: number): Admin {
  let connected: MemoryClient | undefined;
  const client = () => {
    connected ??= new MemoryClient(system, node, timeoutMs);
    return connected;
  };
  return {
    async members() {
      return system.nodes.map(({ id, endpoint }) => ({
        name: id,
        id,
        address: `${endpoint.host}:${endpoint.port}`,
        voter: true,
        leads: id === system.leader,
      }));
    },
    async moveLeader(to, ask) {
      await client().ask({ type: "move-leader", to: to.id }, ask);
    },
    async revision(ask) {
      return (await client().ask({ type: "list", prefix: "", local: false }, ask)).revision;
    },
    async compact(before, ask) {
      await client().ask({ type: "compact", before }, ask);
    },
    close: async () => connected?.close(),
  };
}
