import { fileURLToPath } from "node:url";
import type { Deployment } from "../../../adapters/deployment.ts";

const script = fileURLToPath(new URL("./echo-node.mjs", import.meta.url));

/** A cluster of echo nodes (see echo-node.mjs): everything that a runtime does to a node can be seen through it. */
export const echoDeployment: Deployment = {
  ports: { client: { number: 7000, for: "client" }, peer: { number: 7001, for: "peer" } },
  clientPort: "client",
  installed: async () => [{ version: "1", command: process.execPath }],
  installHint: "it is Node itself",
  sizes: [1, 3, 5],
  readySeconds: 10,
  launch: ({ id, dataDir, listen, peers, command = "node" }) => ({
    argv: [
      command,
      script,
      JSON.stringify({
        id,
        dataDir,
        listen,
        peers: Object.fromEntries(peers.map((peer) => [peer.id, peer.addresses["peer"]])),
      }),
    ],
    env: {},
    files: {},
  }),
};
