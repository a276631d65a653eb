// A harness of its own for the tests that end one: starts an echo cluster below the directory it is given, prints the
// nodes' process numbers as one line of JSON, and waits for what comes. Usage: harness-process.ts RUN_ID DIRECTORY
import { join } from "node:path";
import { assert } from "../../../core/assert.ts";
import { realClock } from "../../../core/real-clock.ts";
import { loopback } from "../loopback.ts";
import { echoDeployment } from "./echo-deployment.ts";

const [, , runId, directory] = process.argv;
assert(runId !== undefined, "RUN_ID is missing");
assert(directory !== undefined, "DIRECTORY is missing");
const cluster = await loopback.start(
  echoDeployment,
  {
    size: 3,
    system: "echo",
    program: { version: "1", command: process.execPath },
    extraArgs: [],
    dataDir: join(directory, "data"),
    logDir: directory,
    runId,
  },
  { clock: realClock(), log: () => {} },
);
const proofs = await Promise.all(cluster.nodes.map((node) => node.pause()));
await cluster.nodes[0]?.resume();
console.log(JSON.stringify(proofs.map((proof) => Number(/process (\d+)/.exec(proof)?.[1]))));
