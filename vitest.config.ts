import { defineConfig } from "vitest/config";
import { builtPrograms } from "./build/vitest-plugin.mjs";

/** No process, no socket, no clock but a virtual one: files of tests share a worker, and what it has loaded. */
const pure = [
  "core/**/*.test.ts",
  "checker/**/*.test.ts",
  "raft/{core,kv,sim}/**/*.test.ts",
  "workloads/**/*.test.ts",
  "adapters/memory/**/*.test.ts",
  "harness/{nemesis,trial}/**/*.test.ts",
  "reports/**/*.test.ts",
];
/** Minutes each, or of real systems, containers and browsers: .ci/run and `npm run test:long` run them, `npm test` does not. */
const long = [
  "**/*.long.test.ts",
  "adapters/*/{etcd,zookeeper,consul}.*.test.ts",
  "**/testcontainers.test.ts",
  "**/*-in-browser.test.ts",
];
const outside = ["node_modules/**", "results/**", "dist/**"];

export default defineConfig({
  plugins: [builtPrograms()],
  test: {
    // They end what hangs, and judge no speed: a test that takes 3 s alone may take a minute on a busy machine. At night the
    // checkers are tried on more histories, each of which brute force judges, too.
    testTimeout: 120_000 + 20 * Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 0),
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // Output is compared as text, and where CI is set there would be colours in it, even in a pipe.
    env: { NO_COLOR: "1" },
    // Real clusters and browsers share two cores in CI: more workers would make their tests wait on each other.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "pure", include: pure, exclude: [...outside, ...long], isolate: false },
      },
      {
        extends: true,
        test: { name: "real", include: ["**/*.test.ts"], exclude: [...outside, ...pure, ...long] },
      },
      { extends: true, test: { name: "long", include: long, exclude: outside } },
    ],
  },
});
