import type { Consistency, KnownLimit, SessionPromise } from "./consistency.ts";
import type { FaultWindow } from "./fault.ts";
import type { NodeId, Revision, RevisionScope } from "./op.ts";
import type { Nanos } from "./time.ts";
import type { Verdict, VerdictKind } from "./verdict.ts";
import type { WatchPromise } from "./watch.ts";

/** `run.json`: all that is known of one run but its operations. `version` rises when its meaning changes. */
export interface Run {
  readonly version: 1;
  /** The name of the run's directory: `<time>-<system>-<workload>-<seed>`. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seed: number;
  readonly system: { readonly name: string; readonly version: string };
  readonly runtime: string;
  readonly workload: string;
  readonly nemeses: readonly string[];
  readonly readMode: {
    readonly name: string;
    readonly promises: Consistency;
    /** Absent in runs that were stored before limits were; empty if the mode has none. */
    readonly limits?: readonly KnownLimit[];
  };
  /** What the workload was given besides the read mode, so that its checkers can be made again. Absent in older runs. */
  readonly workloadRun?: {
    readonly keyPrefix: string;
    readonly options: Readonly<Record<string, number>>;
    /** How long a node may take to catch up after the last heal; absent in runs from before nodes were asked. */
    readonly convergenceSeconds?: number;
    /** What each kind of watch of the system promises; absent in runs from before there were watches. */
    readonly watches?: Readonly<Record<string, WatchPromise>>;
    /** What the system promises of sessions; absent if it has none, and in older runs. */
    readonly session?: SessionPromise;
    /** Capabilities of the system's clients; absent in older runs. */
    readonly offers?: readonly string[];
  };
  /** What the revision of a read is about; runs of older versions do not say. */
  readonly revisions?: RevisionScope;
  readonly nodes: readonly { readonly id: string; readonly endpoint: string }[];
  /** The least time after which the nodes take a silent leader for failed. Absent in older runs, and if it is not known. */
  readonly electionTimeoutMs?: number;
  /** The planted bug, where one was asked for. */
  readonly mutant?: string;
  readonly load: Load;
  /** Which clients were the load; absent in older runs, and if nothing was loaded. */
  readonly loadClients?: LoadClients;
  /** The nodes that clients were pinned to; absent if to all. */
  readonly target?: Target;
  /** Connections to each node that the clients of one load worker shared; absent if each had its own. */
  readonly connections?: number;
  /** Absent if nothing was put in place before the load, a node's use was not known, and in older runs. */
  readonly growth?: Growth;
  /** Absent if the user chose the rate, and in older runs. */
  readonly calibration?: Calibration;
  /** Absent in older runs. */
  readonly unsent?: readonly UnsentSpan[];
  /** Whether an open load was more than the healthy cluster could take. Absent in older runs. */
  readonly overloaded?: boolean;
  /** Every option as it was given or defaulted, for the configuration table. */
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** The command that repeats the run, seed included. */
  readonly command: string;
  readonly assay: { readonly version: string; readonly commit?: string };
  readonly machine: Machine;
  readonly operations: OutcomeCounts;
  readonly latency: readonly LatencySummary[];
  readonly faults: readonly FaultWindow[];
  readonly verdicts: readonly Verdict[];
  readonly verdict: VerdictKind;
  /** Seconds that the whole run took, set-up and checking included. */
  readonly seconds: number;
  readonly phases: { readonly setUp: number; readonly load: number; readonly check: number };
  readonly client: ClientHealth;
  /** Set where the run ended early: by a signal, or by an error of the cluster. What was recorded was judged all the same. */
  readonly ended?: string;
  readonly lastRevision?: Revision;
}

/** `open`: operations have intended start times. `closed`: each client sends when it has its answer. */
export type Load =
  | OpenLoad
  | { readonly kind: "closed"; readonly processes: number; readonly seconds: number };

export interface OpenLoad {
  readonly kind: "open";
  /** Operations per second in the main phase, on average. */
  readonly rate: number;
  /** Parts of the main phase, equally long; the last rate goes on after it. Absent: the rate is constant. */
  readonly parts?: readonly RatePart[];
  /** Intervals between operations: equal at equal rates, or exponential. Absent in older runs: constant. */
  readonly arrivals?: "constant" | "poisson";
  /** How often a client asks again what was not answered, each time as an operation of its own. Absent: never. */
  readonly retries?: number;
  readonly processes: number;
  /** Length of the main phase. */
  readonly seconds: number;
}

/** Operations per second at the begin and at the end, above 0; it changes evenly between them. */
export interface RatePart {
  readonly from: number;
  readonly to: number;
}

/**
 * Ids of the load's processes: of the ids modulo `stride`, the first `processes`. All others stand at a node at a pace of their
 * own (watchers, compactors), or do the last reads.
 */
export interface LoadClients {
  readonly stride: number;
  readonly processes: number;
}

/** The nodes that clients were pinned to from the start of the load to its end, wherever the leader went. */
export interface Target {
  readonly role: TargetRole;
  /** Those that had the role at the start of the load. */
  readonly nodes: readonly NodeId[];
  /** When another leader was first seen during the load: from then on not all of `nodes` had the role. Absent if none was. */
  readonly changedAt?: Nanos;
}

/** What the nodes grew by, all together, while the keys that the load finds were put in place. Negative if they gave memory back. */
export interface Growth {
  readonly keys: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

export type TargetRole = "leader" | "followers";

/** Whether a process is one of the load's. */
export const isOfLoad = (process: number, { stride, processes }: LoadClients): boolean =>
  process % stride < processes;

/** How an open load's rate was chosen, from what the healthy cluster did in a closed loop: half of it and no more than asked for, or shares of it. */
export interface Calibration {
  /** Operations per second. */
  readonly askedRate: number;
  /** Operations per second that succeeded before the run, as fast as a few clients could ask. */
  readonly reachedRate: number;
  /** The rates as they were asked for, if they were shares: `10%,20%,40%`. */
  readonly shares?: string;
  /** What they were shares of, if that is a knee: operations per second, given or measured. Absent: of `reachedRate`. */
  readonly kneeRate?: number;
  /** Set if it was measured and the load generator did not keep up at the lowest rate that was not borne: the cluster may bear more. */
  readonly kneeClientLimited?: true;
}

/** Operations that were due within a tenth of a second and not sent. */
export interface UnsentSpan {
  readonly node: string;
  readonly at: Nanos;
  readonly count: number;
  /** No process of the node was free, or the load worker was paused or killed. Absent in older runs: `busy`. */
  readonly because?: "busy" | "stopped";
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly node: string;
}

export interface OutcomeCounts {
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
}

/**
 * Percentiles of one kind of operation and outcome, in microseconds. `response` counts from the intended start, `service` from
 * the actual send; under closed load they are the same.
 */
export interface LatencySummary {
  readonly f: string;
  readonly outcome: "ok" | "fail" | "info";
  readonly measure: "response" | "service";
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** The spectrum: `[percentile, microseconds]`, from an HdrHistogram, ascending. */
  readonly spectrum: readonly (readonly [percentile: number, micros: number])[];
}

/** How the load generator itself fared: a figure that it spoilt is not the system's. */
export interface ClientHealth {
  /** Actual minus intended start of operations whose process was free, milliseconds. */
  readonly sendLagMsP99: number;
  /** 0 to 1, over the load phase. */
  readonly eventLoopUtilization: number;
  readonly gcMs: number;
  /** Operations per second that the clients of a closed loop reached against a server that answers at once. Absent if not measured. */
  readonly ceiling?: number;
  /** Why the result is the client's limit rather than the system's, where it is. */
  readonly limited?: string;
  /** Each load worker that lived to the end; the figures above are those of the worst. Absent in older runs. */
  readonly workers?: readonly WorkerHealth[];
}

/** How one load worker fared. */
export interface WorkerHealth {
  readonly sendLagMsP99: number;
  readonly eventLoopUtilization: number;
  readonly gcMs: number;
  /** Processor time that its process used, for each second of the load. */
  readonly cpuShare: number;
  /** Share of the load, 0 to 1, in which its event loop was ready to run and had no processor. Absent where the platform does not say, and in older runs. */
  readonly waitShare?: number;
  /** Whether it was allowed to run before other processes of the machine. Absent in virtual time and in older runs. */
  readonly prioritized?: boolean;
}

/** A line of `usage.jsonl`. */
export interface UsageSample {
  readonly time: Nanos;
  readonly node: string;
  /** Processor time used since the node's start, seconds. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Bytes that its process had written to storage since its start. Absent where that is not known, and in older runs. */
  readonly writtenBytes?: number;
  /** Bytes that the node sent and received, clients included, since its network came up. Absent where that is not known, and in older runs. */
  readonly networkBytes?: number;
  /** Calls of fsync or fdatasync for its log since its start, as the node counts them. Absent where it does not, and in older runs. */
  readonly syncs?: number;
}
