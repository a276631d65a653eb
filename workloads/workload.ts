/** The contract of a workload: who asks a system what, how, and who judges the answers. */
import type { Ask } from "../adapters/client/ask.ts";
import type { Capability, ClientWith } from "../adapters/client/client.ts";
import type { Checker } from "../checker/checker.ts";
import type { Unsettled } from "../checker/convergence/convergence.ts";
import type { CallWords } from "../checker/model.ts";
import type { Clock } from "../core/clock.ts";
import type { Consistency, KnownLimit, SessionPromise } from "../core/consistency.ts";
import { type History, isClientEvent, type NoticeEvent } from "../core/history.ts";
import type { Call, NodeId, Outcome, Result, RevisionScope } from "../core/op.ts";
import type { Random } from "../core/random.ts";
import type { WatchPromise } from "../core/watch.ts";

/** The run as a workload sees it. Stored in run.json, so that a stored run is judged by the same checkers. */
export interface WorkloadRun {
  /** One of the adapter's read modes. */
  readonly readMode: string;
  /** Promise of the read mode, by which checkers judge. */
  readonly promises: Consistency;
  /** The known limits of the read mode. */
  readonly limits: readonly KnownLimit[];
  /** Meaning of a read's revision in this system. */
  readonly revisions: RevisionScope;
  readonly nodes: readonly NodeId[];
  /** Part of every key, so that two runs on one living cluster do not meet. */
  readonly keyPrefix: string;
  /** The workload's own options, those that were given. */
  readonly options: Readonly<Record<string, number>>;
  /** Seconds that a node may take to catch up after the last heal. */
  readonly convergenceSeconds: number;
  /** What each kind of watch of the system promises, by its name; none if it has no watches. */
  readonly watches: Readonly<Record<string, WatchPromise>>;
  /** What the system promises of sessions; absent if it has none. */
  readonly session?: SessionPromise;
  /** Capabilities of the system's clients, those that the workload requires included; none in older runs. */
  readonly offers: readonly string[];
}

/** The part of a run's load that one worker process does: every `of`-th operation, from the `index`-th on. */
export interface Share {
  readonly index: number;
  readonly of: number;
  /** How many workers that were killed had it before. */
  readonly generation: number;
}

/** The share of the only worker. */
export const wholeLoad: Share = { index: 0, of: 1, generation: 0 };

/** More than any worker counts to. */
const perGeneration = 10 ** 8;

/** Counts up; no two shares of a run, and no two generations of a share, count the same number. The whole load: 1, 2, 3, … */
export function uniqueNumbers({ index, of, generation }: Share): () => number {
  let counted = generation * perGeneration;
  return () => counted++ * of + index + 1;
}

/** Place of an actor. */
export interface Self {
  readonly node: NodeId;
  /** Counts the actors of a role from 0; they take the nodes in turn. */
  readonly slot: number;
  /** The actor's own stream: all its choices follow from it, from its role's and from the outcomes that it observes. */
  readonly random: Random;
}

/** A wait before the next step. */
export interface Pause {
  readonly pauseMs: number;
}

/** Tools of an actor while it performs a call. */
export interface At {
  readonly clock: Clock;
  /** The limits of this call, for the client: the actor's deadline, and a signal that fires when the process is given up. */
  readonly ask: Ask;
  /** Fires when nothing more is to be asked: who waits for what others do, waits no longer. Absent: nobody waits for that. */
  readonly over?: AbortSignal;
  /**
   * Records what the client received because of this call: a watch's event, a lost session. It may be called until the
   * process ends, also long after the call was answered.
   */
  notice(notice: Notice): void;
}

export type Notice = Pick<NoticeEvent, "f" | "key" | "value" | "previous" | "revision" | "more">;

/**
 * One logical client: what it asks next, and how. It lives through the deaths of its process: after an unknown outcome the
 * next process goes on for it, under a new id and with a new connection. `Step`: what `next` gives.
 */
export interface Actor<C extends Capability, Step> {
  next(): Step;
  /**
   * A call that asks once more for what a call, perhaps another actor's, did not get: of the same kind, and with a value of its own
   * where it writes one, because no two writes of a run are alike. Absent: whatever comes next is as good.
   */
  again?(call: Call): Step;
  /** Receives the outcome of its call as soon as it is known; the next calls can depend on it. */
  observe?(call: Call, outcome: Outcome): void;
  /** Milliseconds until an answer is given up. Absent: the run's operation timeout. */
  deadlineMs?(call: Call): number;
  /** Performs one call. Resolves with what an `ok` event carries; rejects with a ClientError. Never retries. */
  perform(client: ClientWith<C>, call: Call, at: At): Promise<Result>;
}

interface RoleBase {
  readonly name: string;
  /**
   * Calls that put in place what the load will find. They end before the load begins, in no particular order; they are recorded
   * and judged, and not measured.
   */
  preload?(): readonly Call[];
  /** Calls of the final phase, at every node, when all is healed: reads of everything that mattered in `history`. */
  final?(history: History): readonly Call[];
}

/** Its actors are the run's load: as many as the load has processes, paced as the load says. One role at most. */
export interface LoadRole<C extends Capability> extends RoleBase {
  readonly processes: "load";
  actor(self: Self): Actor<C, Call>;
}

/** A fixed number of actors at each node, each at its own pace, until `next` gives undefined or the load ends. */
export interface StandingRole<C extends Capability> extends RoleBase {
  readonly processes: { readonly perNode: number };
  actor(self: Self): Actor<C, Call | Pause | undefined>;
}

export type Role<C extends Capability> = LoadRole<C> | StandingRole<C>;

export interface WorkloadOption {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly doc: string;
}

/** `C`: what a client must be able to do for it. */
export interface Workload<C extends Capability = Capability> {
  readonly name: string;
  /** One line for `assay list`. */
  readonly summary: string;
  /** Capabilities that a system must have for the workload; its clients have them. */
  readonly requires: readonly C[];
  /** Named whole numbers (`keys`, `operations-per-key`), for `--workload-option`. */
  readonly options: Readonly<Record<string, WorkloadOption>>;
  /** Why these options do not go together; undefined if they do. Each by itself is within its bounds. Absent: all do. */
  refusal?(options: Readonly<Record<string, number>>): string | undefined;
  /**
   * Roles that act. Pure: calls follow from `run`, `random`, `share` and the outcomes. Each share of the run has roles of its
   * own, so what must be unique in a run (a value that nobody else writes) comes from `uniqueNumbers(share)`.
   */
  roles(run: WorkloadRun, random: Random, share: Share): readonly Role<C>[];
  /** Words for its operations in reports: a model has them. Absent: words that fit any operation. */
  readonly words?: CallWords;
  checkers(run: WorkloadRun): readonly Checker[];
  /**
   * What is still to be asked of which node in the final phase, in the node's own local read mode: whatever a node has
   * not shown, or not yet in its newest state. Absent: the nodes of this workload are not compared at rest.
   */
  unsettled?(history: History): readonly Unsettled[];
  /** Least time for which the load goes on after everything is healed, seconds: what its checkers need to judge. Absent: any. */
  quietSeconds?(run: WorkloadRun): number;
  /** `ok` operations of each kind that a run needs; with fewer it proves nothing, and its verdict is `unknown`. */
  readonly needs: Readonly<Record<string, number>>;
}

/** The value of a workload's option in this run. */
export const optionOf = <Name extends string>(
  options: Readonly<Record<Name, WorkloadOption>>,
  run: WorkloadRun,
  name: Name,
): number => run.options[name] ?? options[name].default;

/** The keys that a history's clients asked about, in order of their first invocation. */
export function keysOf(history: History): string[] {
  const keys = new Set<string>();
  for (const event of history)
    if (isClientEvent(event) && event.type === "invoke" && event.key !== undefined) keys.add(event.key);
  return [...keys];
}
