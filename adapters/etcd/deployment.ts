import { addressOf, hostPort, members } from "../addresses.ts";
import type { Address, Deployment, NodeView } from "../deployment.ts";
import { installedPrograms } from "../installed.ts";

/** etcd 3.4 to 3.6. Timing as on the reference server, so that figures compare: heartbeat 50 ms, election 500 ms. */
export const deployment: Deployment = {
  ports: {
    client: { number: 2379, for: "client" },
    peer: { number: 2380, for: "peer" },
  },
  clientPort: "client",
  installed: () => installedPrograms("etcd", "--version"),
  installHint: "scripts/install-systems.sh, or apt-get install etcd-server",
  image: "quay.io/coreos/etcd:v3.5.16",
  commonAddresses: true,
  sizes: [1, 3, 5],
  presets: { tight: "a snapshot every 20 entries, 5 kept (3.4: 5,000), compaction 5 revisions at a time" },
  snapshotReceived: /applied snapshot|applying snapshot/,
  electionTimeoutMs: 500,
  readySeconds: 20,
  launch: (node) => ({
    argv: [node.command ?? "etcd", ...options(node)],
    // etcd 3.4 starts on processors other than amd64 only if this names them.
    env: { ETCD_UNSUPPORTED_ARCH: process.arch },
    files: {},
  }),
};

const url = (address: Address): string => `http://${hostPort(address)}`;

function options(node: NodeView): string[] {
  const { id, dataDir, listen, advertise, extraArgs, preset } = node;
  const tight = preset === "tight";
  const cluster = members(node, "peer").map((member) => `${member.id}=${url(member.address)}`);
  const announced = addressOf(node.announced ?? listen, "peer");
  return [
    ["--name", id],
    ["--data-dir", dataDir],
    ["--listen-client-urls", url(addressOf(listen, "client"))],
    ["--advertise-client-urls", url(addressOf(advertise, "client"))],
    ["--listen-peer-urls", url(addressOf(listen, "peer"))],
    ["--initial-advertise-peer-urls", url(announced)],
    ["--initial-cluster", cluster.join(",")],
    ["--initial-cluster-state", "new"],
    ["--initial-cluster-token", "assay"],
    ["--heartbeat-interval", "50"],
    ["--election-timeout", "500"],
    // Without it (the default before 3.5) an isolated member comes back with a higher term and deposes the leader.
    ["--pre-vote"],
    ["--logger", "zap"],
    // Only then does it say that it took over a snapshot.
    ["--log-level", tight ? "info" : "warn"],
    ["--log-outputs", "stderr"],
    ...(tight ? tightOptions(node.version) : []),
    [...extraArgs],
  ].flat();
}

/** 3.4 always keeps 5,000 entries for members that are behind. */
const tightOptions = (version: string): string[][] => [
  ["--snapshot-count", "20"],
  ["--experimental-compaction-batch-limit", "5"],
  ...(version.startsWith("3.4") ? [] : [["--experimental-snapshot-catchup-entries", "5"]]),
];
