import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["node_modules/**", "results/**", "dist/**"],
    // They end what hangs, and judge no speed: a test that takes 3 s alone may take a minute on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Output is compared as text, and where CI is set there would be colours in it, even in a pipe.
    env: { NO_COLOR: "1" },
    // Real clusters and browsers share two cores in CI: more workers would make their tests wait on each other.
    maxWorkers: 2,
  },
});
