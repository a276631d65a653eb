import { testcontainers } from "./docker/testcontainers.ts";

/**
 * Removes everything that dead runs left behind, in all runtimes; resolves with the names of removed things. Used by `assay
 * clean` and at the start of each run. Live runs are not touched.
 */
export async function cleanLeftovers(): Promise<readonly string[]> {
  // Runtimes with child processes share one ledger, which this cleans as well.
  return (await testcontainers.clean?.()) ?? [];
}
