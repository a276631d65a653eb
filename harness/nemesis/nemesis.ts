import type { Admin } from "../../adapters/client/admin.ts";
import type { Clock } from "../../core/clock.ts";
import type { Fault } from "../../core/fault.ts";
import type { Link, NodeId, Revision } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import type { ClientHost } from "../load/clients.ts";
import type { Cluster } from "../runtimes/runtime.ts";

/** What a nemesis is given when it strikes. */
export interface Target {
  readonly cluster: Cluster;
  readonly clients: Pick<ClientHost, "workers">;
  readonly clock: Clock;
  readonly random: Random;
  /** The leader according to the system itself; undefined while there is none. The same all through one `inject`. */
  leader(): Promise<NodeId | undefined>;
  /** A node's operator; undefined if the system has none. The caller closes it. */
  admin(node: NodeId): Admin | undefined;
  /** Records that history is about to be discarded before `revision`, as checkers of watches must know. */
  compacting(revision: Revision): void;
  /** Lines of a node's log that say that it took over a snapshot of another node; undefined if the system does not say. */
  readonly snapshotReceived: RegExp | undefined;
  /** Nodes that another active fault has struck: kills and pauses leave them alone. */
  readonly held: ReadonlySet<NodeId>;
}

/** An injected fault. */
export interface Injected {
  /** Describes the fault in a line: `isolate leader n2`. It and `nodes` are read again at each record: a fault may strike more. */
  readonly summary: string;
  readonly nodes: readonly NodeId[];
  readonly cut?: readonly Link[];
  /** Set if the links of `cut` come and go until it is healed. */
  readonly flapping?: true;
  /** Evidence that the fault took effect; called until there is some, at last when the fault was undone. */
  proof(): Promise<string | undefined>;
  /** Undoes the fault; safe to call twice. */
  heal(): Promise<void>;
}

/** A fault package. */
export interface Nemesis {
  readonly name: string;
  /** One line for `assay list`. */
  readonly summary: string;
  readonly requires: ReadonlySet<Fault>;
  /** Size of the smallest cluster that it can strike; default: 1. */
  readonly leastNodes?: number;
  /** It mends links before it is healed: those of another fault, too. */
  readonly mendsLinks?: boolean;
  /** Injects one fault of its kind, drawn from `target.random`. Undefined if there was nothing to strike. */
  inject(target: Target): Promise<Injected | undefined>;
}

/** Nemeses that strike together. */
export type NemesisStep = readonly Nemesis[];
