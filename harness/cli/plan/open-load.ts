import { highestRate, meanRate } from "../../../core/load/rate.ts";
import type { OpenLoad } from "../../../core/run.ts";
import { trialDefaults } from "../../trial/spec.ts";
import { isShare, rateParts } from "../options/arguments.ts";
import type { BenchOptions } from "../options/bench-options.ts";
import { processesFor } from "../options/client-options.ts";

/** The open load that the options ask for. One part that stays level is a constant rate. */
export function openLoad(options: BenchOptions): OpenLoad {
  const { rate = `${trialDefaults.load.rate}`, arrivals, retries, seconds } = options;
  const parts = rateParts(rate);
  const isConstant = parts.length === 1 && parts[0]?.from === parts[0]?.to;
  const paced = { rate: meanRate(parts), ...(!isConstant && { parts }) };
  // Rates in percent are known after the warm-up: then there are as many clients as by default there may be.
  const processes = processesFor(options, isShare(rate) ? Number.POSITIVE_INFINITY : highestRate(paced));
  return { kind: "open", ...paced, arrivals, ...(retries > 0 && { retries }), processes, seconds };
}
