import type { NodeId } from "../core/op.ts";

/** A host and port, as one node sees another. A runtime may put a proxy between, so each node has a view of its own. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A node as a runtime is about to start it. Port names are those of `Deployment.ports`. */
export interface NodeView {
  readonly id: NodeId;
  /** 1, 2, … */
  readonly index: number;
  /** Directory of the node's own, empty at its first start and kept over restarts; as the node sees it. */
  readonly dataDir: string;
  /** Addresses that the node binds to, by port name. */
  readonly listen: Readonly<Record<string, Address>>;
  /** Addresses at which clients reach the node, by port name. */
  readonly advertise: Readonly<Record<string, Address>>;
  /** Every OTHER node, and where THIS node reaches it, by port name. */
  readonly peers: readonly PeerView[];
  /** Addresses at which the other nodes reach this node, if not `listen` (a container that listens on every address). */
  readonly announced?: Readonly<Record<string, Address>>;
  /** Arguments that `--node-arg` adds. */
  readonly extraArgs: readonly string[];
  /** Version of the binary or image, from `versions` or the tag of the image: `3.5.16`. */
  readonly version: string;
  /** The planted bug, for systems that have some. */
  readonly mutant?: string;
  /** One of the deployment's presets. */
  readonly preset?: string;
  /** The path of the program, where `Binary.find` gave one; a container's image has it on its PATH. */
  readonly command?: string;
}

export interface PeerView {
  readonly id: NodeId;
  readonly index: number;
  readonly addresses: Readonly<Record<string, Address>>;
}

/** A node's command line and files: the same in every runtime. */
export interface NodeLaunch {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files to write before the first start: path below `dataDir` -> content. */
  readonly files: Readonly<Record<string, string>>;
}

/** An installed version of the system's program. */
export interface Installed {
  readonly version: string;
  readonly command: string;
}

export interface PortSpec {
  /** The port inside a namespace or container, where every node has an address of its own. */
  readonly number: number;
  /** `peer` ports carry traffic between nodes: a runtime cuts and delays them. */
  readonly for: "client" | "peer";
  /** True if the port also carries UDP. */
  readonly udp?: boolean;
}

/** Description of how to run a node, shared by all runtimes. */
export interface Deployment {
  readonly ports: Readonly<Record<string, PortSpec>>;
  /** The name of the port that `Adapter.connect` speaks to. */
  readonly clientPort: string;
  /** Installed programs, best first. Empty if there is none. */
  installed(): Promise<readonly Installed[]>;
  /** The command that installs the program, for messages: `apt-get install etcd-server`. */
  readonly installHint: string;
  /** The default container image, with tag; absent if there is none. */
  readonly image?: string;
  /**
   * True if the members must know each other under the same addresses: a runtime that puts a proxy of its own on
   * each link, so that every node has its own view of its peers, cannot run the system.
   */
  readonly commonAddresses?: boolean;
  /** Cluster sizes that work: 1, 3, 5. */
  readonly sizes: readonly number[];
  /** Planted bugs that the system offers: name -> what it does. */
  readonly mutants?: Readonly<Record<string, string>>;
  /**
   * Settings under which rare things happen often: name -> what they are. `tight`: small snapshots, few entries kept for nodes that
   * are behind, compaction in small batches.
   */
  readonly presets?: Readonly<Record<string, string>>;
  /** Matches a line of a node's log when it took over a snapshot of another node, perhaps under `tight` only. */
  readonly snapshotReceived?: RegExp;
  launch(node: NodeView): NodeLaunch;
  /** The least time, as launched, after which the others take a silent leader for failed: what a failover is measured by. */
  readonly electionTimeoutMs?: number;
  /** Whole cluster is ready within this many seconds on a slow machine. */
  readonly readySeconds: number;
}
