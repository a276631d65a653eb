import type { Endpoint } from "../../adapters/adapter.ts";
import type { Deployment, Installed } from "../../adapters/deployment.ts";
import type { Clock } from "../../core/clock.ts";
import type { Fault } from "../../core/fault.ts";
import type { Link, NodeId } from "../../core/op.ts";

/** What a cluster is asked to be. */
export interface Topology {
  /** 1, 3 or 5. */
  readonly size: number;
  readonly system: string;
  readonly program: Installed | undefined;
  readonly extraArgs: readonly string[];
  readonly mutant?: string;
  /** Directories for the nodes' data and logs, made where they are missing; `Cluster.stop` removes the data's. */
  readonly dataDir: string;
  readonly logDir: string;
  /** Marks everything that the run creates, so that leftovers are found. */
  readonly runId: string;
  readonly image?: string;
  readonly storage?: "volume" | "tmpfs";
  /** The faults that the run may ask for, so that a runtime prepares for no others; all where absent. */
  readonly faults?: ReadonlySet<Fault>;
}

export interface RuntimeContext {
  readonly clock: Clock;
  /** Progress, for people. */
  log(line: string): void;
}

/** A place where nodes run. */
export interface Runtime {
  readonly name: string;
  readonly summary: string;
  /** The faults that it can inject. */
  readonly faults: ReadonlySet<Fault>;
  /** True where the cluster is the user's own: it is there before the run and after it, other runs' keys in it. */
  readonly outlivesRun?: boolean;
  /** What this machine lacks to use it, with the way to get it; undefined where it can be used. */
  missing(deployment: Deployment): Promise<string | undefined>;
  /**
   * The image that nodes will run where `asked` is asked for: that one, or a local equivalent where it is not there and
   * cannot be pulled. Runtimes that run no images have none. Rejects with CouldNotRunError.
   */
  image?(deployment: Deployment, system: string, asked: string, context: RuntimeContext): Promise<string>;
  /** Starts every node's process; does not wait until the cluster is ready. Rejects with CouldNotRunError, nothing left behind. */
  start(deployment: Deployment, topology: Topology, context: RuntimeContext): Promise<Cluster>;
  /** Removes what runs that no longer live left behind; resolves with the name of each thing removed. */
  clean?(): Promise<readonly string[]>;
}

export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly network: Network;
  /** Heals, stops every node and removes all that `start` made but the logs. Safe to call twice, never rejects. */
  stop(): Promise<void>;
}

export interface Usage {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

export interface ClusterNode {
  readonly id: NodeId;
  /** Where the harness' clients reach it. */
  readonly endpoint: Endpoint;
  /** `starting` until told otherwise is `running`; `exited` is an end that nobody asked for. */
  state(): "running" | "paused" | "killed" | "exited";
  /** Starts it again on its old data, same addresses. */
  start(): Promise<void>;
  /** SIGKILL; resolves when the process is gone, with the proof. */
  kill(): Promise<string>;
  /** SIGSTOP; resolves when it is stopped, with the proof. */
  pause(): Promise<string>;
  /** SIGCONT. */
  resume(): Promise<void>;
  usage(): Promise<Usage | undefined>;
  /** The log's last lines, for messages. */
  logTail(lines: number): Promise<string>;
}

/** The links between nodes. Node names are those of the cluster; clients' links are `clients -> node` where cut. */
export interface Network {
  /** From now on nothing passes over `links` (in addition to those cut already). */
  cut(links: readonly Link[]): Promise<void>;
  /** Harness clients no longer reach these nodes. Fault `client-cut`. */
  cutClients(nodes: readonly NodeId[]): Promise<void>;
  /** Every packet over `links` takes `delayMs` (plus up to `jitterMs`) longer. Fault `link-delay`. */
  slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void>;
  /** `percent` of the packets over `links` are lost. Fault `packet-loss`. */
  lose(links: readonly Link[], percent: number): Promise<void>;
  /** Undoes all of the above. */
  heal(): Promise<void>;
  /**
   * What was seen of the current faults since they were injected, one line (`n2 -> n1 refused 14 writes, 3 connects`);
   * undefined while nothing was: a fault that bit nobody is not proven.
   */
  proof(): Promise<string | undefined>;
}
