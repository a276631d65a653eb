// A harness of its own for the tests that end one: starts an echo cluster below the directory it is given, stops two of
// its nodes, prints `up`, and waits for what comes. Usage: harness-process.ts loopback|netns|testcontainers RUN_ID DIRECTORY
import { join } from "node:path";
import { assert } from "../../../core/assert.ts";
import { realClock } from "../../../core/real-clock.ts";
import { testcontainers } from "../docker/testcontainers.ts";
import { netns } from "../netns/netns.ts";
import { insideNamespaces, reexecInNamespaces } from "../netns/reexec.ts";
import { loopback } from "../process/loopback.ts";
import { echoDeployment } from "./echo-deployment.ts";

const [, , runtimeName, runId, directory] = process.argv;
assert(runId !== undefined, "RUN_ID is missing");
assert(directory !== undefined, "DIRECTORY is missing");
if (runtimeName === "netns" && !insideNamespaces())
  process.exit(await reexecInNamespaces([process.execPath, ...process.execArgv, ...process.argv.slice(1)]));

const runtime = [loopback, netns, testcontainers].find(({ name }) => name === runtimeName);
assert(runtime !== undefined, `no runtime ${runtimeName}`);
const cluster = await runtime.start(
  echoDeployment,
  {
    size: 3,
    system: "echo",
    program: { version: "1", command: process.execPath },
    extraArgs: [],
    dataDir: join(directory, "data"),
    logDir: directory,
    runId,
    faults: new Set(["link-cut"]),
  },
  { clock: realClock(), log: () => {} },
);
await cluster.nodes[0]?.pause();
await cluster.nodes[1]?.pause();
console.log("up");
// Nothing else may keep the process alive in the namespaces, where it has no proxies of its own.
process.stdin.resume();
