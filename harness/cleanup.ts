import { loopback } from "./runtimes/loopback.ts";

/**
 * Removes everything that runs which no longer live left behind, in every runtime; resolves with the name of each thing
 * removed. For `assay clean`, and for each run's start. Runs that live are not touched.
 */
export async function cleanLeftovers(): Promise<readonly string[]> {
  return (await loopback.clean?.()) ?? [];
}
