import type { Capability, ClientWith } from "../adapters/client/client.ts";
import type { Checker } from "../checker/checker.ts";
import type { Unsettled } from "../checker/convergence/convergence.ts";
import type { CallWords } from "../checker/model.ts";
import type { Consistency, KnownLimit } from "../core/consistency.ts";
import type { History } from "../core/history.ts";
import type { Call, Outcome, Result, RevisionScope } from "../core/op.ts";
import type { Random } from "../core/random.ts";

/** Operations without end for one run. Pure: what comes next depends on the random streams and on what was asked before. */
export interface Generator {
  /** The next call of a process; `random` is the process' own stream. */
  next(process: number, random: Random): Call;
  /** What became of a call, told as soon as it is known; with it a generator aims (a CAS from a value just read). */
  observe?(process: number, call: Call, outcome: Outcome): void;
  /** What each process asks in the final phase, when all is healed: reads of everything that matters. */
  final(): readonly Call[];
}

export interface WorkloadOptions {
  /** One of the adapter's read modes. */
  readonly readMode: string;
  /** What the read mode promises: checkers judge by it. */
  readonly promises: Consistency;
  /** The known limits of the read mode; absent: it has none. */
  readonly limits?: readonly KnownLimit[];
  /** What the revision of a read is about, in this system. */
  readonly revisions: RevisionScope;
  /** Of the run, so that two runs against a living cluster do not meet: part of every key. */
  readonly keyPrefix: string;
  readonly options: Readonly<Record<string, number>>;
  /** How long a node may take to catch up after the last heal, where that is not the default. */
  readonly convergenceSeconds?: number;
}

export interface WorkloadOption {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly doc: string;
}

/** What to ask a system, how, and who judges the answers. `C`: what a client must be able to do for it. */
export interface Workload<C extends Capability = Capability> {
  readonly name: string;
  /** One line for `assay list`. */
  readonly summary: string;
  /** It is offered for systems that have all of these, and gets clients that do. */
  readonly requires: readonly C[];
  /** Named whole numbers (`keys`, `operations-per-key`), for `--workload-option`. */
  readonly options: Readonly<Record<string, WorkloadOption>>;
  generator(options: WorkloadOptions, random: Random): Generator;
  /** Performs one call. Resolves with what an `ok` event carries; rejects with a ClientError. */
  perform(client: ClientWith<C>, call: Call, options: WorkloadOptions): Promise<Result>;
  /** Words for its operations in reports: a model has them. Absent: words that fit any operation. */
  readonly words?: CallWords;
  checkers(options: WorkloadOptions): readonly Checker[];
  /**
   * What is still to be asked of which node in the final phase, in the node's own local read mode: whatever a node has
   * not told, or not yet told the newest value of. Absent: the nodes of this workload are not compared at rest.
   */
  unsettled?(history: History): readonly Unsettled[];
  /** `ok` operations of each kind that a run needs, or its verdict is `unknown`. */
  readonly needs: Readonly<Record<string, number>>;
}
