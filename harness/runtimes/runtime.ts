import type { Endpoint } from "../../adapters/adapter.ts";
import type { Address, Deployment, Installed } from "../../adapters/deployment.ts";
import type { Clock } from "../../core/clock.ts";
import type { Fault } from "../../core/fault.ts";
import type { Link, NodeId } from "../../core/op.ts";

/** Description of a cluster to start. */
export interface Topology {
  /** 1, 3 or 5. */
  readonly size: number;
  readonly system: string;
  readonly program: Installed | undefined;
  readonly extraArgs: readonly string[];
  readonly mutant?: string;
  readonly preset?: string;
  /** Directories for data and logs of the nodes, created if missing; `Cluster.stop` removes the data. */
  readonly dataDir: string;
  readonly logDir: string;
  /** Marks everything that the run creates, so that leftovers can be found. */
  readonly runId: string;
  readonly image?: string;
  readonly storage?: "volume" | "tmpfs";
  /** Load workers that want an address of their own; default: 0. */
  readonly workers?: number;
  /** Faults that the run may inject, so that a runtime prepares only for these; default: all. */
  readonly faults?: ReadonlySet<Fault>;
}

export interface RuntimeContext {
  readonly clock: Clock;
  /** Progress, for people. */
  log(line: string): void;
}

/** Environment in which nodes run. */
export interface Runtime {
  readonly name: string;
  readonly summary: string;
  /** Faults that it can inject. */
  readonly faults: ReadonlySet<Fault>;
  /** True if the cluster belongs to the user: it exists before and after the run, with keys of other runs. */
  readonly outlivesRun?: boolean;
  /** What this machine lacks to use it, and how to get it; undefined if nothing. */
  missing(deployment: Deployment): Promise<string | undefined>;
  /**
   * Image that nodes will run if `asked` is requested: that one, or a local equivalent if it is missing and cannot be pulled.
   * Absent in runtimes without images. Rejects with CouldNotRunError.
   */
  image?(deployment: Deployment, system: string, asked: string, context: RuntimeContext): Promise<string>;
  /** Starts all nodes without waiting for the cluster to be ready. Rejects with CouldNotRunError and leaves nothing behind. */
  start(deployment: Deployment, topology: Topology, context: RuntimeContext): Promise<Cluster>;
  /** Removes what dead runs left behind; resolves with the names of removed things. */
  clean?(): Promise<readonly string[]>;
}

/** Where connections of some clients come from. */
export interface ClientSource {
  /** For proofs. */
  readonly name: string;
  readonly address: string;
}

export interface Cluster {
  /** Source addresses for load workers, one each, where the runtime tells workers apart. */
  readonly workerAddresses?: readonly string[];
  readonly nodes: readonly ClusterNode[];
  readonly network: Network;
  /** Heals, stops all nodes and removes everything that `start` created, except logs. Safe to call twice, never rejects. */
  stop(): Promise<void>;
}

export interface Usage {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Bytes that its process had written to storage since its start: data that stays in memory is none. */
  readonly writtenBytes?: number;
  /** Bytes sent and received, clients included. Absent if the node shares its network with others. */
  readonly networkBytes?: number;
}

export interface ClusterNode {
  readonly id: NodeId;
  /** Endpoint for the harness's clients. */
  readonly endpoint: Endpoint;
  /** Where the harness reaches the client ports, by the deployment's names. Absent if only `endpoint` is known. */
  readonly addresses?: Readonly<Record<string, Address>>;
  /** State of the process; `exited` means that it ended without being killed. */
  state(): "running" | "paused" | "killed" | "exited";
  /** Starts it again with its old data and addresses. */
  start(): Promise<void>;
  /** Sends SIGKILL; resolves with the proof when the process is gone. */
  kill(): Promise<string>;
  /** Sends SIGSTOP; resolves with the proof when the process is stopped. */
  pause(): Promise<string>;
  /** Sends SIGCONT. */
  resume(): Promise<void>;
  usage(): Promise<Usage | undefined>;
  /** Last lines of the log, for messages. */
  logTail(lines: number): Promise<string>;
}

/** Network between nodes. Links of clients appear as `clients -> node` in proofs. */
export interface Network {
  /** Cuts `links`, in addition to those already cut. */
  cut(links: readonly Link[]): Promise<void>;
  /**
   * Ends the connections of the cut `links` at both ends, as a cut that outlasts every time-out does: what they still hold
   * is lost, and does not arrive after the heal.
   */
  breakConnections(links: readonly Link[]): Promise<void>;
  /** Cuts the harness's clients off from these nodes, or only those of one worker. Faults `client-cut` and `worker-cut`. */
  cutClients(nodes: readonly NodeId[], worker?: ClientSource): Promise<void>;
  /** Delays every packet on `links` by `delayMs` plus up to `jitterMs`. Fault `link-delay`. */
  slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void>;
  /** Drops `percent` of the packets on `links`. Fault `packet-loss`. */
  lose(links: readonly Link[], percent: number): Promise<void>;
  /**
   * Holds what is sent on `links`, as a stalled switch does, until they are mended or healed: connections stay, and bytes
   * arrive late, in order. A sender waits where too much is held. Fault `link-hold`.
   */
  hold(links: readonly Link[]): Promise<void>;
  /**
   * Undoes the cuts and holds of `links`, and no other fault. What was held moves on at once, or spread over `spreadMs`, as a
   * queue drains. Some of what was seen of a cut may be missing from later proofs.
   */
  mend(links: readonly Link[], spreadMs?: number): Promise<void>;
  /** Undoes all faults. */
  heal(): Promise<void>;
  /**
   * Observed effects of the current faults, as one line (`n2 -> n1 refused 14 writes, 3 connects`); undefined while there are
   * none: a fault without effect is not proven.
   */
  proof(): Promise<string | undefined>;
}
