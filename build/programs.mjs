// What is built, by the name of its file in the build.
import { fileURLToPath } from "node:url";

/** The folder of the project, with a slash at its end. */
export const root = fileURLToPath(new URL("../", import.meta.url));

/** Programs of the package. They share chunks, except for the server, which runs alone in its image. */
export const programs = {
  assay: "harness/main.ts",
  "load-worker": "harness/cli/load-worker.ts",
  "null-server": "harness/cli/null-server.ts",
  proxies: "harness/proxy/mesh-process.ts",
  "delay-proxy": "harness/proxy/delay-proxy.ts",
  judge: "checker/threads/node-worker.ts",
  server: "raft/server/main.ts",
};

/** Programs that only tests start. */
export const testPrograms = {
  "test-failing-judge": "checker/threads/testing/node-failing-worker.ts",
  "test-harness": "harness/runtimes/testing/harness-process.ts",
  "test-load-worker": "harness/load/workers/testing/worker.ts",
  "test-load-harness": "harness/load/workers/testing/harness.ts",
  "test-ping-pong": "harness/load/workers/testing/ping-pong.ts",
  "test-replay": "raft/sim/replay.ts",
};

/** Modules of the package that others import. */
export const libraries = { checker: "checker/index.ts" };

/** Modules whose functions are called while building; the build contains their results instead. */
export const evaluated = ["reports/node-page.ts", "raft/server/api/node-protos.ts"];
