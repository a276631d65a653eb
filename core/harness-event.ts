/** What the harness itself writes into a history: the run's phases, the leader's changes, faults, digests of the nodes' states. */
import type { Link, NodeId, Revision } from "./op.ts";
import type { Nanos } from "./time.ts";

/**
 * What comes before `main` put in place what the load finds, and has no times: all of it is at 0. `main`: load and faults. `quiet`: everything healed, load goes on. `ending`: clients are stopped, and notice nothing
 * more from here on. `final`: last reads of each key.
 */
export type Phase = "main" | "quiet" | "ending" | "final";

/** The value of a fault's event. A fault is `begin`, then `proven` when something shows that it took effect, then `end` when healed. */
export interface FaultChange {
  readonly state: "begin" | "proven" | "end";
  /** Number of the fault within its run: 1, 2, … */
  readonly id: number;
  /** One line for people: `isolate leader n2`. */
  readonly summary: string;
  /** The nodes that the fault has struck so far. */
  readonly nodes: readonly NodeId[];
  /** Directed links that carry nothing while the fault lasts. */
  readonly cut?: readonly Link[];
  /** Set if the links of `cut` come and go while the fault lasts, at times that are not on record. */
  readonly flapping?: true;
  /** The node that led just before the fault struck, as the system said; absent while nobody led, and in older runs. */
  readonly led?: NodeId;
  /** On `proven`: what was seen (`n2 -> n1: 14 connections refused bytes`). */
  readonly proof?: string;
}

/** `type` and `process` are Jepsen's. */
interface Head {
  readonly index: number;
  readonly time: Nanos;
  readonly type: "info";
  readonly process: "nemesis";
}

/** The run enters a phase. */
export interface PhaseEvent extends Head {
  readonly f: "phase";
  readonly value: Phase;
}

/** The harness sees another leader than before; null: nobody leads. */
export interface LeaderEvent extends Head {
  readonly f: "leader";
  readonly value: NodeId | null;
  /** Until when it was surely otherwise: the change came after this, and no later than `time`. Absent in older runs. */
  readonly since?: Nanos;
}

export interface FaultEvent extends Head {
  readonly f: "fault";
  /** The nemesis' name. */
  readonly name: string;
  readonly value: FaultChange;
  /**
   * On `begin` and `end`: when the injection, or the heal, began. Its effects may have begun any time after it, up to `time`. Absent
   * in older runs.
   */
  readonly since?: Nanos;
}

/** What one node said of its whole state. */
export interface NodeDigest {
  readonly node: NodeId;
  /** The state's place in the system's order. */
  readonly at: Revision;
  readonly digest: string;
  /** What the digest covers begins here (etcd: the compacted revision). Two digests compare where both places are equal. */
  readonly since: Revision;
}

export interface DigestEvent extends Head {
  readonly f: "digest";
  readonly value: NodeDigest;
}

/** The harness is about to make the system discard its history before `value`. */
export interface CompactionEvent extends Head {
  readonly f: "compaction";
  readonly value: Revision;
}

export type HarnessEvent = PhaseEvent | LeaderEvent | FaultEvent | DigestEvent | CompactionEvent;

/** A harness event before the recorder gives it its place. */
export type HarnessNews = WithoutHead<HarnessEvent>;
type WithoutHead<E> = E extends Head ? Omit<E, keyof Head> : never;
