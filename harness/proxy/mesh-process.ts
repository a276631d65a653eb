/**
 * The process of a mesh of proxies: what nodes say to each other passes here, and not through the harness that measures.
 * Speaks mesh-protocol.ts; ends when its standard input does, and so with the harness, however that ends.
 */
import { createInterface } from "node:readline";
import { unreachable } from "../../core/assert.ts";
import { createRandom } from "../../core/random.ts";
import { realClock } from "../../core/real-clock.ts";
import type { MeshAnswer, MeshCommand, MeshSpec } from "./mesh-protocol.ts";
import { ProxyMesh } from "./proxy-mesh.ts";

const spec = JSON.parse(process.argv[2] ?? "") as MeshSpec;
const mesh = new ProxyMesh(spec.nodes, realClock(), createRandom(spec.seed));

async function perform(line: string): Promise<MeshAnswer> {
  const command = JSON.parse(line) as MeshCommand;
  switch (command.do) {
    case "open": {
      const { from, to, target, port } = command;
      return { address: await mesh.open(from, to, target, port) };
    }
    case "cut":
      mesh.cut(command.links);
      return {};
    case "mend":
      mesh.mend(command.links);
      return {};
    case "slow":
      mesh.slow(command.links, command.delayMs, command.jitterMs);
      return {};
    case "heal":
      mesh.heal();
      return {};
    case "proof":
      return { proof: mesh.proof() };
    default:
      return unreachable(command);
  }
}

const lines = createInterface({ input: process.stdin });
lines.on("close", () => process.exit());
for await (const line of lines) {
  const answer = await perform(line).catch((error: Error): MeshAnswer => ({ error: error.message }));
  console.log(JSON.stringify(answer));
}
