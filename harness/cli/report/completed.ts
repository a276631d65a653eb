/** The records of a run that was killed, completed by what follows from its history. */
import type { Clock } from "../../../core/clock.ts";
import { faultWindows } from "../../../core/fault.ts";
import { isClientEvent, operations } from "../../../core/history.ts";
import type { Run } from "../../../core/run.ts";
import { nanos, toSeconds } from "../../../core/time.ts";
import { summarizeLatency } from "../../load/latency.ts";
import { readRun, type StoredRun } from "../../record/node-store.ts";
import { judge } from "../check/check.ts";
import { readRunDirectory } from "../check/run.ts";

const limits = { whole: false, timeLimit: 60, memoryLimit: 4096 };

/** Reads a run directory. A run that was killed before it was checked is checked now. */
export async function readCompleted(dir: string, clock: Clock): Promise<StoredRun> {
  const whole = await readRun(dir);
  const { run: stored, history } = whole;
  if (stored.verdicts.length > 0) return whole;
  const { verdict, verdicts } = await judge(await readRunDirectory(dir, limits), limits, clock);
  const all = operations(history);
  const counts = { ok: 0, fail: 0, info: 0 };
  for (const event of history)
    if (isClientEvent(event) && event.type !== "invoke" && event.mode === undefined) counts[event.type]++;
  const seconds = toSeconds(history.at(-1)?.time ?? nanos(0));
  const run: Run = {
    ...stored,
    operations: counts,
    latency: summarizeLatency(all),
    faults: faultWindows(history),
    verdicts,
    verdict,
    seconds: stored.phases.setUp + seconds,
    phases: { ...stored.phases, load: seconds },
  };
  return { ...whole, run };
}
