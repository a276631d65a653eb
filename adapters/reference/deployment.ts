import { programCommand } from "../../core/program/node-program.ts";
import { ownVersion } from "../../core/program/version.ts";
import { addressOf, hostPort, members } from "../addresses.ts";
import type { Deployment, NodeView } from "../deployment.ts";
import { mutants } from "./mutants.ts";

const server = new URL("../../raft/server/main.ts", import.meta.url);

/** The reference server of this repository, in the Node that runs the harness. */
export const deployment: Deployment = {
  ports: {
    client: { number: 2379, for: "client" },
    gateway: { number: 2381, for: "client" },
    peer: { number: 2380, for: "peer" },
  },
  clientPort: "client",
  installed: async () => [{ version: ownVersion, command: process.execPath }],
  installHint: "npm ci",
  image: "assay/reference:local",
  sizes: [1, 3, 5],
  mutants,
  presets: { tight: "a snapshot every 20 entries, 5 kept" },
  snapshotReceived: /snapshot: restored at \d+ from the leader/,
  electionTimeoutMs: 500,
  readySeconds: 20,
  launch: (node) => ({ argv: [...program(node), ...options(node)], env: {}, files: {} }),
};

/** Command line of the server's program: `assay-reference` in its image. */
function program({ command }: NodeView): string[] {
  return command === undefined ? ["assay-reference"] : programCommand(server);
}

function options(node: NodeView): string[] {
  const { id, dataDir, listen, mutant, preset, extraArgs } = node;
  const cluster = members(node, "peer").map((member) => `${member.id}=${hostPort(member.address)}`);
  const values: Readonly<Record<string, string | undefined>> = {
    name: id,
    "data-dir": dataDir,
    "listen-client": hostPort(addressOf(listen, "client")),
    "listen-peer": hostPort(addressOf(listen, "peer")),
    "listen-gateway": hostPort(addressOf(listen, "gateway")),
    "initial-cluster": cluster.join(","),
    "election-timeout-ms": "500",
    "heartbeat-ms": "50",
    ...(preset === "tight" && { "snapshot-entries": "20", "retained-entries": "5" }),
    mutant,
  };
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  return [...given, ...extraArgs];
}
