import { isIP } from "node:net";
import { join } from "node:path";
import type { Json } from "../../core/op.ts";
import { addressOf, hostPort, members } from "../addresses.ts";
import type { Deployment, NodeView } from "../deployment.ts";
import { installedPrograms } from "../installed.ts";

/** Consul servers, 1.8 and newer, as tight in their timing as Consul lets them be. */
export const deployment: Deployment = {
  ports: {
    http: { number: 8500, for: "client" },
    rpc: { number: 8300, for: "peer" },
    serf: { number: 8301, for: "peer", udp: true },
  },
  clientPort: "http",
  installed: () => installedPrograms("consul", "version"),
  installHint: "scripts/install-systems.sh",
  image: "hashicorp/consul:1.20",
  commonAddresses: true,
  sizes: [1, 3, 5],
  presets: { tight: "a snapshot every 20 entries, 5 kept for servers that are behind" },
  snapshotReceived: /[Ii]nstalled remote snapshot/,
  electionTimeoutMs: 1_000,
  readySeconds: 30,
  launch: (node) => ({
    argv: [
      node.command ?? "consul",
      "agent",
      `-config-file=${join(node.dataDir, "consul.json")}`,
      ...node.extraArgs,
    ],
    env: {},
    files: { "consul.json": `${JSON.stringify(configuration(node), undefined, 2)}\n` },
  }),
};

function configuration(node: NodeView): Json {
  const rpc = addressOf(node.listen, "rpc");
  const serf = addressOf(node.listen, "serf");
  const http = addressOf(node.listen, "http");
  const announced = addressOf(node.announced ?? node.listen, "rpc").host;
  const others = members(node, "serf").filter(({ id }) => id !== node.id);
  return {
    node_name: node.id,
    server: true,
    bootstrap_expect: others.length + 1,
    data_dir: join(node.dataDir, "data"),
    bind_addr: rpc.host,
    // Only an address will do; Consul looks for one of its own where there is none.
    ...(isIP(announced) !== 0 && { advertise_addr: announced }),
    client_addr: http.host,
    ports: { http: http.port, server: rpc.port, serf_lan: serf.port, serf_wan: -1, dns: -1, grpc: -1 },
    retry_join: others.map(({ address }) => hostPort(address)),
    retry_interval: "500ms",
    performance: { raft_multiplier: 1, leave_drain_time: "0s" },
    leave_on_terminate: false,
    skip_leave_on_interrupt: true,
    rejoin_after_leave: true,
    disable_update_check: true,
    disable_remote_exec: true,
    // A server that was killed comes back: it must not be taken out of the cluster meanwhile.
    autopilot: { cleanup_dead_servers: false },
    // Gossip takes a server for failed only after half a minute without it. One that was given up sooner, by a cut, is
    // looked for that seldom that its clients find no leader long after the heal.
    gossip_lan: { suspicion_mult: 30 },
    session_ttl_min: "1s",
    ...(node.preset === "tight" && {
      raft_snapshot_threshold: 20,
      raft_snapshot_interval: "1s",
      raft_trailing_logs: 5,
    }),
    // All load comes from one address.
    limits: { http_max_conns_per_client: 2000, rpc_max_conns_per_client: 1000 },
  };
}
