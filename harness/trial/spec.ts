/**
 * Input of `runTrial` (trial.ts). The spec is plain data that describes a run completely; the dependencies are what the
 * command line picked from its registries.
 */
import type { Adapter, Credentials } from "../../adapters/adapter.ts";
import type { Installed } from "../../adapters/deployment.ts";
import { defaultConvergenceSeconds } from "../../checker/convergence/convergence.ts";
import type { Clock } from "../../core/clock.ts";
import { CouldNotRunError } from "../../core/errors.ts";
import type { Load, Machine, Run, TargetRole } from "../../core/run.ts";
import type { Workload } from "../../workloads/workload.ts";
import type { ClientHost, HostPlace } from "../load/clients.ts";
import type { NullServer } from "../load/workers/null-server.ts";
import type { NemesisStep } from "../nemesis/nemesis.ts";
import type { Endings, Span } from "../nemesis/pace.ts";
import type { RunStore } from "../record/store.ts";
import type { Runtime, Topology } from "../runtimes/runtime.ts";
import type { Progress } from "./progress.ts";

export interface TrialSpec {
  /** Whole number from which every random choice of the run follows. */
  readonly seed: number;
  /** Cluster size: one of the adapter's `deployment.sizes`. */
  readonly nodes: number;
  /** One of the adapter's read modes. */
  readonly readMode: string;
  /**
   * Load of the main phase, continued in the quiet phase. If the cluster recovers so slowly that a nemesis would miss its
   * turn, the main phase lasts longer, by at most `recoverySeconds`.
   */
  readonly load: Load;
  /** The nodes that clients are pinned to; absent: all. */
  readonly target?: TargetRole;
  /** Connections to each node that the clients of one process share; absent: each has its own. */
  readonly connections?: number;
  /**
   * Clients of an open loop that connect before it begins, at the least (`openedBefore`); the others connect when they are needed. A
   * client that connects to a paused node has nothing answered by it.
   */
  readonly openedProcesses: number;
  /** Load workers, in as many processes; 0: the clients are in this one. */
  readonly workers: number;
  /** Whether the rate of `load` is an upper limit, lowered to half of what this machine and cluster reach. */
  readonly calibrate: boolean;
  /** Given if the rates of `load` are percent of what the cluster reaches in the warm-up: as the user wrote them. */
  readonly shares?: string;
  /** What the rates are percent of, if that is a knee: operations per second, or to be measured after the warm-up. */
  readonly knee?: number | "measured";
  /** Whether `knee` was measured by an earlier run, whose load generator limited it. */
  readonly kneeClientLimited?: boolean;
  /** Load before anything is recorded, seconds; 0 for none. */
  readonly warmUpSeconds: number;
  /** How long the load continues, at least, after everything is healed. */
  readonly quietSeconds: number;
  /** Longest wait for every node to become ready again after everything is healed. */
  readonly recoverySeconds: number;
  /** How long a node may take to catch up once everything is healed and the load is over. */
  readonly convergenceSeconds: number;
  readonly operationTimeoutMs: number;
  /** Drawn between min and max for each fault and gap. */
  readonly faultSeconds: Span;
  readonly gapSeconds: Span;
  /** Load before the first fault and its gap, seconds; default: none. */
  readonly calmSeconds?: number;
  readonly endings?: Endings;
  readonly workloadOptions: Readonly<Record<string, number>>;
  readonly connect: Credentials;
  readonly cluster: ClusterSpec;
  readonly checking: CheckingSpec;
  /** All options, as given or by default, for the configuration table. */
  readonly options: Run["options"];
  /** Command that repeats the run, seed included; without its rate if that is calibrated. */
  readonly command: string;
}

/** The part of a Topology that the user chooses. */
export interface ClusterSpec {
  readonly program: Installed | undefined;
  /** Version of the system according to the program or image; for the report. */
  readonly version: string;
  readonly extraArgs: readonly string[];
  readonly mutant?: string;
  /** One of the deployment's presets. */
  readonly preset?: string;
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
  /** Where the clients run. */
  readonly clients: ClientHost;
  /** Starts the server that shows what the clients of a closed loop can do at most. Absent: that is not measured. */
  readonly nullServer?: (place: HostPlace) => Promise<NullServer>;
  readonly machine: Machine;
  readonly assay: Run["assay"];
  onProgress(progress: Progress): void;
  /** Aborting it ends the trial early: heals, stops, checks what was recorded, and sets `Run.ended`. */
  readonly signal: AbortSignal;
}

/** Defaults of a trial: about 45 s, more than 10,000 operations. */
export const trialDefaults = {
  nodes: 3,
  load: { kind: "open", rate: 500, processes: 500, seconds: 30 },
  openedProcesses: 12,
  workers: 0,
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
 * A load of few operations by many clients that wait out every fault. Clients that give up after a second never see what
 * a paused node answers when it resumes, and a node soon has no free clients left. Here a third of all clients can wait for
 * one node, which is enough to keep sending to it until the fault ends.
 */
export const patientLoad = {
  rate: 90,
  processes: 450,
  /** Timeout of an operation: longer than a fault plus the recovery of the system. */
  timeoutMs: 9000,
  /** Longer than an election. */
  faultSeconds: 5,
} as const;

/** The cluster failed, rather than its promises. The records are kept in `dir`; `run` has the verdicts on them. */
export class TrialFailedError extends CouldNotRunError {
  readonly dir: string;
  readonly run: Run;

  constructor(message: string, options: { dir: string; run: Run; cause: unknown }) {
    super(message, { cause: options.cause });
    this.dir = options.dir;
    this.run = options.run;
  }
}
