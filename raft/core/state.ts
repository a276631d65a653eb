import type { Random } from "../../core/random.ts";
import { RaftLog } from "./log.ts";
import { quorumOf } from "./membership.ts";
import type { Mutant } from "./mutants.ts";
import type { Progress } from "./progress.ts";
import { createReadState, type ReadState } from "./read-state.ts";
import type { Persisted } from "./storage.ts";
import {
  type LogIndex,
  type MemberId,
  type Membership,
  type MembershipChange,
  type Message,
  type Status,
  type Term,
  term,
} from "./types.ts";

/** Ticks are whatever the driver makes them; every member should be given the same numbers. */
export interface RaftConfig {
  readonly id: MemberId;
  readonly persisted: Persisted;
  /** This member's own stream: election timeouts must differ between members. */
  readonly random: Random;
  /** A follower waits between this and twice this for its leader; well above `heartbeatTicks`. */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly maxEntriesPerAppend: number;
  readonly maxBytesPerAppend: number;
  /** Appends under way to one follower before its answer is awaited. */
  readonly maxInflight: number;
  /** Entries kept in memory behind a snapshot, for followers that are a little behind. 1,000 unless given. */
  readonly retainedEntries?: number;
  readonly mutants: ReadonlySet<Mutant>;
}

/** A message without what every message has; `term` only where it is not the sender's. */
export type Body = WithoutEnvelope<Message> & { readonly term?: Term };
type WithoutEnvelope<M> = M extends Message ? Omit<M, "from" | "to" | "term"> : never;

/** State of a member (figure 2). The rules that change it are in the files next to this one. */
export class RaftState {
  readonly config: RaftConfig;
  readonly id: MemberId;
  readonly log: RaftLog;
  readonly reads: ReadState;
  role: Status["role"] = "follower";
  term: Term;
  vote: MemberId | undefined;
  leader: MemberId | undefined;
  /** Ticks since the leader was heard, a vote was given or an election began; at a leader, since the last check-quorum. */
  electionElapsed = 0;
  heartbeatElapsed = 0;
  electionTimeout = 0;
  /** Candidates: who answered what. */
  readonly votes = new Map<MemberId, boolean>();
  /** Leaders: every other member. */
  readonly progress = new Map<MemberId, Progress>();
  /** Leaders only: the member that leadership is being handed to (thesis §3.10). */
  transferee: MemberId | undefined;
  /** A leader that was handing over stepped down: commands wait for its heir, until it is known or does not come. */
  expectsHeir = false;
  heartbeatDue = false;
  /** Commands that wait for the next `ready` to be appended or forwarded; `foreign` were forwarded to us. */
  proposals: { readonly command: Uint8Array; readonly foreign: boolean }[] = [];
  dropped: Uint8Array[] = [];
  refusedChanges: MembershipChange[] = [];
  outbox: Message[] = [];

  constructor(config: RaftConfig) {
    const { hardState } = config.persisted;
    this.config = config;
    this.id = config.id;
    this.log = new RaftLog(config.persisted);
    this.reads = createReadState(config.random);
    // A torn write may have left entries of a term whose hard state did not make it; then this member has not voted in it.
    this.term = term(Math.max(hardState?.term ?? 0, this.log.lastTerm));
    const remembered = this.term === hardState?.term ? hardState.vote : undefined;
    // Figure 2: votedFor is persistent. The mutant forgets it, so that this member may vote twice in one term.
    this.vote = config.mutants.has("forget-vote") ? undefined : remembered;
    this.resetElectionTimer();
  }

  get membership(): Membership {
    return this.log.memberships.latest;
  }

  get isVoter(): boolean {
    return this.membership.voters.includes(this.id);
  }

  /**
   * Whether it may start elections. Thesis §4.2.2: a server whose own removal is not committed yet still must, for the
   * others may lack the entry and so its vote; it just does not count itself.
   */
  get isElectable(): boolean {
    const { memberships, commit } = this.log;
    return this.isVoter || memberships.at(commit).voters.includes(this.id);
  }

  /** §8: until it has committed an entry of its own term, a leader does not know what is committed. */
  get hasCommittedInTerm(): boolean {
    return this.log.term(this.log.commit) === this.term;
  }

  send(to: MemberId, body: Body): void {
    this.outbox.push({ term: this.term, ...body, from: this.id, to } as Message);
  }

  /** §5.2: draws a new timeout for this member each time, so that split votes are rare. */
  resetElectionTimer(): void {
    const { random, electionTicks } = this.config;
    this.electionElapsed = 0;
    this.electionTimeout = random.integer(electionTicks, 2 * electionTicks - 1);
  }

  /** Whether the voters for which `holds` are a majority. */
  hasQuorum(holds: (voter: MemberId) => boolean): boolean {
    const { voters } = this.membership;
    return voters.filter(holds).length >= quorumOf(voters);
  }

  /** The highest index that a majority of the voters has on disk. */
  quorumMatch(): LogIndex | undefined {
    const { voters } = this.membership;
    const matches = voters.map((voter) => this.matchOf(voter)).sort((a, b) => b - a);
    return matches[quorumOf(voters) - 1];
  }

  matchOf(member: MemberId): LogIndex {
    // Thesis §10.2.1: the leader's own disk counts like any other: once it has written.
    if (member === this.id) return this.log.durable;
    return this.progress.get(member)?.match ?? (0 as LogIndex);
  }
}
