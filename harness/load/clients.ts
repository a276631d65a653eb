/** The clients of a run, wherever they run: in this process, or in worker processes. */
import type { Adapter, ConnectOptions, Endpoint } from "../../adapters/adapter.ts";
import type { Clock } from "../../core/clock.ts";
import type { Fault } from "../../core/fault.ts";
import type { NodeId } from "../../core/op.ts";
import type { Load } from "../../core/run.ts";
import type { Nanos } from "../../core/time.ts";
import type { Workload, WorkloadRun } from "../../workloads/workload.ts";
import type { Recorder } from "../record/recorder.ts";
import type { ClientLoad } from "./client-probe.ts";
import type { Unsent } from "./load.ts";
import type { Numbering } from "./numbering.ts";

export interface ClientsContext {
  readonly clock: Clock;
  readonly adapter: Adapter;
  readonly workload: Workload;
  readonly run: WorkloadRun;
  /** Addresses of the nodes, in their order. */
  readonly endpoints: readonly Endpoint[];
  /** Nodes that the clients are pinned to; absent: all. */
  readonly targets?: readonly NodeId[];
  readonly connect: ConnectOptions;
  /** Connections to each node that the clients of a process share; undefined: each has its own. */
  readonly connections: number | undefined;
  /** Source addresses for workers, one each; absent where they share one. */
  readonly sources?: readonly string[];
  readonly load: Load;
  /** Processes of an open loop that are connected before it begins. */
  readonly opened: number;
  /** The run's. All choices of the clients follow from it, from `phase`, and from the number of workers. */
  readonly seed: number;
  readonly phase: "warm-up" | "main";
  /** Where operations are recorded. Absent: nowhere. */
  readonly records?: Records;
  /** Called when a client ended by itself, or with a bug of ours. The load is no longer what it was. */
  onError(reason: unknown): void;
}

export interface Records {
  /** Clients in this process record here; others report their counts. */
  readonly recorder: Recorder;
  /** File in which another process keeps its part of the history. Absent: it only counts. */
  part?(name: string): string;
}

/** How a worker fared, from its start until its load was over. */
export interface WorkerFigures extends ClientLoad {
  /** Actual minus intended start of operations, milliseconds: the generator's own lateness. */
  readonly sendLagMsP99: number;
  /** Whether the worker's process has a raised priority. Absent where it has no process of its own. */
  readonly prioritized?: boolean;
}

export interface LoadFigures {
  readonly unsent: readonly Unsent[];
  /** One for each worker that lived to the end. */
  readonly workers: readonly WorkerFigures[];
}

export interface Clients {
  readonly numbering: Numbering;
  /** Connects some processes ahead of their first operations. */
  open(): Promise<void>;
  /** Begins to ask. `begin`: the reading of the clock from which the schedule counts. */
  start(begin: Nanos): void;
  /** Operations of the load that succeeded so far. By then the recorder has the counts of this moment, too. */
  succeeded(): Promise<number>;
  /** Asks nothing more; resolves when what was asked is answered or given up. */
  stop(): Promise<LoadFigures>;
  /** Closes the clients' connections and sessions. Safe before `stop`, and never rejects. */
  close(): Promise<void>;
}

/** A worker as a nemesis sees it. Rejects with CouldNotRunError where the process does not do as it must. */
export interface Worker {
  /** `w1`, `w2`, … */
  readonly name: string;
  /** Source address of its connections, if it has one of its own. */
  readonly address: string | undefined;
  state(): "running" | "paused" | "killed";
  /** Sends SIGSTOP; resolves with the proof when the process is stopped. */
  pause(): Promise<string>;
  /** Sends SIGCONT. */
  resume(): Promise<void>;
  /** Sends SIGKILL; resolves with the proof when the process is gone. */
  kill(): Promise<string>;
  /** Starts another process, which goes on with the share of the one that was killed. */
  replace(): Promise<void>;
}

export interface ClientHost {
  /** Faults of clients that it can inject. */
  readonly faults: ReadonlySet<Fault>;
  /** Those of the clients that were made last; none where the clients are in this process. */
  readonly workers: readonly Worker[];
  /** Starts what takes long, ahead of `make`; rejects with CouldNotRunError. */
  prepare(place: HostPlace): Promise<void>;
  make(context: ClientsContext): Clients;
  /** Ends whatever was started. Never rejects. */
  close(): Promise<void>;
}

/** The run that a host serves. */
export interface HostPlace {
  readonly runId: string;
  readonly logDir: string;
}
