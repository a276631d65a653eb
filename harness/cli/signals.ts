import { constants } from "node:os";
import { claimSignals } from "../runtimes/process/signals.ts";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Ending {
  readonly signal: AbortSignal;
  /** 128 + the number of the signal that came, as shells expect; undefined before. */
  status(): number | undefined;
}

/**
 * Handles Ctrl-C, SIGTERM and SIGHUP. The first one asks for an orderly end: heal, stop, check, report. The second one
 * exits at once; the next run, or `assay clean`, then removes what is left.
 */
export function endOnSignals(onFirst: () => void): Ending {
  const controller = new AbortController();
  let status: number | undefined;
  claimSignals();
  for (const name of endings) {
    process.on(name, () => {
      if (status !== undefined) process.exit(status);
      status = 128 + constants.signals[name];
      onFirst();
      controller.abort(new Error(`stopped by ${name}`));
    });
  }
  return { signal: controller.signal, status: () => status };
}
