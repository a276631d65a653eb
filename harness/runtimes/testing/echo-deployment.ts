import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../../../adapters/deployment.ts";
import { referenceImage } from "../docker/build-images.ts";

const program = readFileSync(new URL("./echo-node.mjs", import.meta.url), "utf8");

/** A cluster of echo nodes (see echo-node.mjs): everything that a runtime does to a node can be seen through it. */
export const echoDeployment: Deployment = {
  ports: { client: { number: 7000, for: "client" }, peer: { number: 7001, for: "peer" } },
  clientPort: "client",
  installed: async () => [{ version: "1", command: process.execPath }],
  // It holds a Node, which is all that an echo node needs.
  image: referenceImage,
  installHint: "it is Node itself",
  sizes: [1, 3, 5],
  readySeconds: 10,
  launch: ({ id, dataDir, listen, peers, command = "node" }) => ({
    argv: [
      command,
      join(dataDir, "echo-node.mjs"),
      JSON.stringify({
        id,
        dataDir,
        listen,
        peers: Object.fromEntries(peers.map((peer) => [peer.id, peer.addresses["peer"]])),
      }),
    ],
    env: {},
    files: { "echo-node.mjs": program },
  }),
};
