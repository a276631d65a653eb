import { testcontainers } from "./docker/testcontainers.ts";

/**
 * Removes everything that runs which no longer live left behind, in every runtime; resolves with the name of each thing
 * removed. For `assay clean`, and for each run's start. Runs that live are not touched.
 */
export async function cleanLeftovers(): Promise<readonly string[]> {
  // The runtimes on child processes share one ledger, which this one cleans as well.
  return (await testcontainers.clean?.()) ?? [];
}
