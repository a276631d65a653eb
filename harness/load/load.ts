/** Contract of the loads, which pace a run's operations. */
import type { Histogram } from "hdr-histogram-js";
import type { Clock } from "../../core/clock.ts";
import type { Call, NodeId } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import type { Share } from "../../workloads/workload.ts";
import type { ClientProcess } from "./client-process.ts";

export type LoadProcess = ClientProcess<Call>;

export interface LoadContext {
  readonly clock: Clock;
  /** The part of the operations that is this load's. */
  readonly share: Share;
  readonly nodes: readonly NodeId[];
  /** At most this many processes. */
  readonly bound: number;
  /** This many of them are connected before the load begins (open loop); the others when they are needed. */
  readonly opened: number;
  /** Makes the process with this number, from 0; process `slot` belongs to node `slot % nodes.length`. */
  make(slot: number): LoadProcess;
  /** Called with a bug of ours (an actor or recorder that threw); that process asks nothing more. */
  onError(reason: unknown): void;
}

/** Operations of one node that were due within a tenth of a second and not sent. */
export interface Unsent {
  readonly node: NodeId;
  /** Reading of the clock when the first of them was due. */
  readonly at: Nanos;
  readonly count: number;
  /** Why: no process of the node was free, or the worker was stopped or dead. */
  readonly because: "busy" | "stopped";
}

export interface LoadDriver {
  /** The processes so far. */
  readonly processes: readonly LoadProcess[];
  /** Connects some processes ahead of their first operations. */
  open(): Promise<void>;
  /** Begins to ask, at once. `begin`: reading of the clock from which a schedule counts; `from`: nobody has asked since. */
  start(begin: Nanos, from: Nanos): void;
  /** Says that the process may be stopped from now on, or that it no longer is: then it owes nothing for that time. */
  mayStop(may: boolean): void;
  /** Asks nothing more; resolves when what was asked is answered or given up. Safe to call twice. */
  stop(): Promise<void>;
  /** Operations that succeeded so far. */
  readonly succeeded: number;
  /** Actual minus intended start, microseconds: the generator's own lateness. Empty for a closed loop. */
  readonly sendLag: Histogram;
  readonly unsent: readonly Unsent[];
}
