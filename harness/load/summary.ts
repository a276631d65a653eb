import type { NodeId } from "../../core/op.ts";
import type { Calibration, Growth, Load, Target } from "../../core/run.ts";
import type { Nanos } from "../../core/time.ts";
import type { WorkerFigures } from "./clients.ts";
import type { Unsent } from "./load.ts";

/** How the load went, as far as the history does not say. Times count from the run's begin. */
export interface LoadSummary {
  readonly loadEndedAt: Nanos;
  /** As it was, its rate as it was chosen. */
  readonly load: Load;
  /** Distance between the ids of a chain of processes. Of the ids modulo this, the first `loadProcesses` are the load's. */
  readonly stride: number;
  /** 0 if no role of the workload is the load. */
  readonly loadProcesses: number;
  /** What was due and not sent. */
  readonly unsent: readonly Unsent[];
  readonly calibration: Calibration | undefined;
  /** One for each process that loaded, and lived to the end. */
  readonly workers: readonly WorkerFigures[];
  /** Operations per second that the clients alone can do; absent of an open load, and where it was not measured. */
  readonly ceiling?: number;
  /** The nodes that clients were pinned to; absent: all. */
  readonly target?: Target;
  /** What the nodes grew by before the load; absent if not known. */
  readonly growth?: Growth;
  /** Nodes that did not serve again after everything was healed. */
  readonly lost: readonly NodeId[];
}
