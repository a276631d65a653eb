import type { Brand } from "../../core/brand.ts";

/** A member of the cluster. Never 0, never reused. */
export type MemberId = Brand<number, "MemberId">;
export type Term = Brand<number, "Term">;
/** Position in the log; the first entry is 1. */
export type LogIndex = Brand<number, "LogIndex">;

export const memberId = (id: number): MemberId => id as MemberId;
export const term = (value: number): Term => value as Term;
export const logIndex = (value: number): LogIndex => value as LogIndex;

/** §5.3. `empty` is the no-op that a new leader commits first (§8). */
export interface Entry {
  readonly term: Term;
  readonly index: LogIndex;
  readonly type: "empty" | "command" | "membership";
  /** A command's bytes, or an encoded MembershipChange. */
  readonly data: Uint8Array;
}

/** State that must survive a restart in addition to the log (figure 2, "Persistent state on all servers"). */
export interface HardState {
  readonly term: Term;
  readonly vote: MemberId | undefined;
  /** Not required by the paper; lets a restarted node apply what it knows to be committed. */
  readonly commit: LogIndex;
}

/** Thesis §4.1: one server at a time. Learners (§4.2.1) receive the log but neither vote nor count. */
export interface Membership {
  readonly voters: readonly MemberId[];
  readonly learners: readonly MemberId[];
}

export type MembershipChange =
  | { readonly type: "add-learner"; readonly member: MemberId }
  | { readonly type: "promote"; readonly member: MemberId }
  | { readonly type: "remove"; readonly member: MemberId };

/** §7. Replaces every entry up to and including `index`. */
export interface Snapshot {
  readonly index: LogIndex;
  readonly term: Term;
  readonly membership: Membership;
  readonly data: Uint8Array;
}

/** Messages between members. The transport may lose, repeat and reorder messages. */
export type Message = { readonly from: MemberId; readonly to: MemberId; readonly term: Term } & (
  | {
      readonly type: "pre-vote" | "vote";
      readonly lastIndex: LogIndex;
      readonly lastTerm: Term;
      readonly transfer: boolean;
    }
  | { readonly type: "pre-vote-reply" | "vote-reply"; readonly granted: boolean }
  | {
      readonly type: "append";
      readonly prevIndex: LogIndex;
      readonly prevTerm: Term;
      readonly entries: readonly Entry[];
      readonly commit: LogIndex;
    }
  | {
      readonly type: "append-reply";
      readonly success: boolean;
      /** Last index that matches on success; on refusal, the follower's hint where to try next. */
      readonly index: LogIndex;
      /** Term of the entry at `index` in the follower's log, on refusal. */
      readonly hintTerm: Term;
      /** Refused `prevIndex`, on refusal, so that a late refusal differs from a new one. */
      readonly refusedIndex: LogIndex;
    }
  | { readonly type: "heartbeat"; readonly commit: LogIndex; readonly readContext: number }
  | { readonly type: "heartbeat-reply"; readonly readContext: number }
  | { readonly type: "install-snapshot"; readonly snapshot: Snapshot }
  | { readonly type: "propose"; readonly commands: readonly Uint8Array[] }
  | { readonly type: "read-index"; readonly context: number }
  | {
      readonly type: "read-index-reply";
      readonly context: number;
      readonly index: LogIndex;
      readonly refused: boolean;
    }
  | { readonly type: "timeout-now" }
);

/** Everything that can happen to a member. */
export type Input =
  | { readonly type: "tick" }
  | { readonly type: "receive"; readonly message: Message }
  /** Commands for the log. A follower forwards them to the leader it knows; nobody to forward to: `Ready.dropped`. */
  | { readonly type: "propose"; readonly commands: readonly Uint8Array[] }
  | { readonly type: "change-membership"; readonly change: MembershipChange }
  /** Asks for a ReadIndex (thesis §6.4); `context` comes back in `Ready.reads` or `Ready.refusedReads`. */
  | { readonly type: "read"; readonly context: number }
  | { readonly type: "transfer-leadership"; readonly to: MemberId }
  /** Asks for votes at once, as if the election timeout had passed. */
  | { readonly type: "campaign" }
  /**
   * The driver made everything of the Readies taken so far durable; this is the last entry (or snapshot) that they
   * held, 0 and 0 if none. Wanted after every Ready that held entries, a snapshot or a hard state.
   */
  | { readonly type: "persisted"; readonly index: LogIndex; readonly term: Term }
  /** The state machine has applied up to `index` and this is its state: the log before it may go. */
  | { readonly type: "compact"; readonly snapshot: Snapshot }
  /** The transport could not deliver to the member: it is probed rather than streamed to. */
  | { readonly type: "unreachable"; readonly member: MemberId };

/**
 * What the driver has to do, in this order: (1) send `immediate` at any time; (2) make `snapshot`, `entries` and
 * `hardState` durable; (3) send `messages`; call the core's `persisted`; (4) restore `snapshot`, apply `committed` in
 * order; (5) answer `reads` whose index is applied. A driver that takes Readies while earlier ones are still being
 * written keeps their order, and holds back `immediate` too while a changed term or vote is not durable.
 */
export interface Ready {
  readonly hardState?: HardState;
  /** Entries to append; if entries[0].index <= the last index written, they replace the log from there on (§5.3). */
  readonly entries: readonly Entry[];
  /** Snapshot from the leader: replaces log and state machine. */
  readonly snapshot?: Snapshot;
  /** Must not leave before the above is durable: votes and append replies are promises (and all else of a new term). */
  readonly messages: readonly Message[];
  /** The leader's appends and whatever else promises nothing: may leave while the disk still writes (thesis §10.2.1). */
  readonly immediate: readonly Message[];
  readonly committed: readonly Entry[];
  /** Confirmed by a quorum: may be answered once `index` is applied. */
  readonly reads: readonly { readonly context: number; readonly index: LogIndex }[];
  /** Reads that will not be confirmed: leader unknown or lost. */
  readonly refusedReads: readonly number[];
  /** Commands that this member neither took nor forwarded: they definitely had no effect. */
  readonly dropped: readonly Uint8Array[];
  /** Membership changes that were not taken: this member does not lead, another change is under way, or the change is invalid. */
  readonly refusedChanges: readonly MembershipChange[];
  readonly status: Status;
}

export interface Status {
  readonly id: MemberId;
  readonly role: "follower" | "pre-candidate" | "candidate" | "leader";
  readonly term: Term;
  readonly leader: MemberId | undefined;
  readonly commit: LogIndex;
  readonly lastIndex: LogIndex;
  readonly membership: Membership;
}
