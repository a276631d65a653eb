import { UsageError } from "../../../core/errors.ts";
import { type ExternalOptions, parseEndpoints } from "../../runtimes/external/external.ts";
import type { BenchOptions } from "../options/bench-options.ts";

/** Applies what `--endpoint` implies: runtime external, and as many nodes as it lists. */
export function forOwnCluster(given: BenchOptions): { options: BenchOptions; own: ExternalOptions } {
  const { endpoint, faultCommand, runtime } = given;
  if (endpoint === undefined) {
    if (faultCommand !== undefined)
      throw new UsageError("--fault-command needs --endpoint: it injects faults into your own cluster");
    return { options: given, own: {} };
  }
  if (runtime !== "auto" && runtime !== "external") {
    throw new UsageError(
      `--endpoint names an existing cluster, but --runtime ${runtime} would start one: give one or the other`,
    );
  }
  const options = { ...given, runtime: "external", nodes: parseEndpoints(endpoint).length };
  return { options, own: { endpoints: endpoint, ...(faultCommand !== undefined && { faultCommand }) } };
}
