import type { ConnectOptions } from "../../adapters/adapter.ts";
import type { Random } from "../../core/random.ts";
import type { WorkloadRun } from "../../workloads/workload.ts";
import type { Recorder } from "../record/recorder.ts";
import type { RunDirectory } from "../record/store.ts";
import type { TrialEnd } from "./end.ts";
import type { TrialDeps, TrialSpec } from "./spec.ts";

/** Everything that the stages of a trial share. */
export interface TrialContext {
  readonly spec: TrialSpec;
  readonly deps: TrialDeps;
  readonly dir: RunDirectory;
  readonly recorder: Recorder;
  readonly random: Random;
  readonly end: TrialEnd;
  readonly connect: ConnectOptions;
  /** The nodes follow when the cluster is up. */
  readonly workload: Omit<WorkloadRun, "nodes">;
}
