import type { Clock } from "../../core/clock.ts";
import type { Fault } from "../../core/fault.ts";
import type { Link, NodeId } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import type { Cluster } from "../runtimes/runtime.ts";

/** What a nemesis knows when it strikes. */
export interface Target {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  /** By the system's own means; undefined while nobody leads. */
  leader(): Promise<NodeId | undefined>;
  /** Nodes that another fault of the moment already holds: left alone by kills and pauses. */
  readonly held: ReadonlySet<NodeId>;
}

/** One injected fault, still to be proven and healed. */
export interface Injected {
  /** One line for people: `isolate leader n2`. */
  readonly summary: string;
  readonly nodes: readonly NodeId[];
  readonly cut?: readonly Link[];
  /** What was seen of it, once it was: asked until it answers or the fault ends. */
  proof(): Promise<string | undefined>;
  /** Undoes it; safe to call twice. */
  heal(): Promise<void>;
}

/** A fault package. */
export interface Nemesis {
  readonly name: string;
  /** One line for `assay list`. */
  readonly summary: string;
  readonly requires: ReadonlySet<Fault>;
  /** Injects one fault of its kind, drawn from `target.random`. Undefined where there was nothing to strike. */
  inject(target: Target): Promise<Injected | undefined>;
}

/** Nemeses that strike together. */
export type NemesisStep = readonly Nemesis[];
