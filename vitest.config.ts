import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["node_modules/**", "results/**", "dist/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real clusters and browsers share two cores in CI: more workers would make their tests wait on each other.
    maxWorkers: 2,
  },
});
