/**
 * What `runTrial` (trial.ts) is asked and what it is given. The spec is plain data that repeats a run; the
 * dependencies are the pieces that the command line picked from its registries.
 */
import type { Adapter, Credentials } from "../../adapters/adapter.ts";
import type { Installed } from "../../adapters/deployment.ts";
import { defaultConvergenceSeconds } from "../../checker/convergence/convergence.ts";
import type { Clock } from "../../core/clock.ts";
import { CouldNotRunError } from "../../core/errors.ts";
import type { Load, Machine, Run } from "../../core/run.ts";
import type { Workload } from "../../workloads/workload.ts";
import type { ClientProbe } from "../load/client-probe.ts";
import type { NemesisStep } from "../nemesis/nemesis.ts";
import type { Span } from "../nemesis/schedule.ts";
import type { RunStore } from "../record/store.ts";
import type { Runtime, Topology } from "../runtimes/runtime.ts";
import type { Progress } from "./progress.ts";

export interface TrialSpec {
  /** A whole number: every random choice of the run follows from it. */
  readonly seed: number;
  /** Cluster size: one of the adapter's `deployment.sizes`. */
  readonly nodes: number;
  /** One of the adapter's read modes. */
  readonly readMode: string;
  /**
   * Of the main phase; the load goes on in the quiet phase. Where the cluster recovers so slowly that a nemesis would not
   * have its turn, the main phase lasts longer, by `recoverySeconds` at most.
   */
  readonly load: Load;
  /** Whether a rate of `load` is the most, to be lowered to what this machine and cluster bear. */
  readonly calibrate: boolean;
  /** The cluster is asked for this long before anything is recorded; 0: not at all. */
  readonly warmUpSeconds: number;
  /** The load goes on for at least so long after everything is healed. */
  readonly quietSeconds: number;
  /** The longest wait for every node to serve again after everything is healed. */
  readonly recoverySeconds: number;
  /** How long a node may take to catch up once everything is healed and the load is over. */
  readonly convergenceSeconds: number;
  readonly operationTimeoutMs: number;
  /** Drawn between min and max for every fault and gap. */
  readonly faultSeconds: Span;
  readonly gapSeconds: Span;
  readonly workloadOptions: Readonly<Record<string, number>>;
  readonly connect: Credentials;
  readonly cluster: ClusterSpec;
  readonly checking: CheckingSpec;
  /** Every option as it was given or defaulted, for the configuration table. */
  readonly options: Run["options"];
  /** The command that repeats the run, seed included; without its rate where that is calibrated. */
  readonly command: string;
}

/** The part of a Topology that the user picks. */
export interface ClusterSpec {
  readonly program: Installed | undefined;
  /** Of the system, as the program or image tells it; for the report. */
  readonly version: string;
  readonly extraArgs: readonly string[];
  readonly mutant?: string;
  readonly image?: string;
  readonly storage?: NonNullable<Topology["storage"]>;
}

export interface CheckingSpec {
  readonly threads: number;
  readonly timeLimitSeconds: number;
  readonly memoryLimitBytes: number;
}

export interface TrialDeps {
  readonly adapter: Adapter;
  readonly runtime: Runtime;
  readonly workload: Workload;
  /** Steps in rotation; the nemeses of one step strike together. See `parseNemeses` in nemesis/registry.ts. */
  readonly nemeses: readonly NemesisStep[];
  readonly clock: Clock;
  readonly store: RunStore;
  readonly probe: ClientProbe;
  readonly machine: Machine;
  readonly assay: Run["assay"];
  onProgress(progress: Progress): void;
  /** Aborting it ends the trial early: heals, stops, judges what there is, and sets `Run.ended`. */
  readonly signal: AbortSignal;
}

/** The default trial: about 45 s, more than 10,000 operations. */
export const trialDefaults = {
  nodes: 3,
  load: { kind: "open", rate: 500, processes: 500, seconds: 30 },
  calibrate: false,
  warmUpSeconds: 2.5,
  quietSeconds: 3,
  recoverySeconds: 15,
  convergenceSeconds: defaultConvergenceSeconds,
  operationTimeoutMs: 1000,
  faultSeconds: { min: 3, max: 5 },
  gapSeconds: { min: 2, max: 3 },
  checking: { threads: 1, timeLimitSeconds: 60, memoryLimitBytes: 1024 ** 3 },
} as const satisfies Partial<TrialSpec>;

/**
 * Another load: few operations by many clients that wait out every fault. A client that gives up after a second never
 * hears what a paused node answers when it goes on, and a node soon has no clients left that could ask it anything. Here
 * a third of the clients can all be waiting for one node, and there are enough of them to ask it until the fault ends.
 */
export const patientLoad = {
  rate: 90,
  processes: 450,
  /** Of an operation: longer than a fault, and than what the system needs to find itself again. */
  timeoutMs: 9000,
  /** Longer than an election. */
  faultSeconds: 5,
} as const;

/** The cluster failed the trial, not its promises. What was recorded is kept in `dir`, and judged in `run`. */
export class TrialFailedError extends CouldNotRunError {
  readonly dir: string;
  readonly run: Run;

  constructor(message: string, options: { dir: string; run: Run; cause: unknown }) {
    super(message, { cause: options.cause });
    this.dir = options.dir;
    this.run = options.run;
  }
}
