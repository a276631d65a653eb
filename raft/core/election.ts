import { refuseReads } from "./read-index.ts";
import { appendOwn, syncProgress } from "./replication.ts";
import type { RaftState } from "./state.ts";
import { type MemberId, type Message, type Term, term } from "./types.ts";

/** Leader election (§5.2, §5.4.1) with pre-vote (thesis §9.6) and check-quorum (thesis §6.2). */

type VoteRequest = Extract<Message, { type: "vote" | "pre-vote" }>;
type VoteReply = Extract<Message, { type: "vote-reply" | "pre-vote-reply" }>;

/** Follows `leader` (undefined: not known yet) in `newTerm`, which is not below the current one. */
export function becomeFollower(state: RaftState, newTerm: Term, leader: MemberId | undefined): void {
  if (newTerm > state.term) {
    state.term = newTerm;
    state.vote = undefined;
  }
  if (state.role !== "follower") {
    state.role = "follower";
    state.expectsHeir = state.transferee !== undefined;
    state.transferee = undefined;
    state.heartbeatDue = false;
    state.progress.clear();
    state.votes.clear();
    state.resetElectionTimer();
  }
  followLeader(state, leader);
}

function followLeader(state: RaftState, leader: MemberId | undefined): void {
  if (state.leader === leader) return;
  state.leader = leader;
  if (leader !== undefined) state.expectsHeir = false;
  refuseReads(state);
}

/**
 * Thesis §9.6: asks first whether it would win, without raising its term, so that a member that was cut off does not
 * depose a leader that works.
 */
export function startPreVote(state: RaftState): void {
  state.role = "pre-candidate";
  requestVotes(state, { type: "pre-vote", term: term(state.term + 1), transfer: false });
}

/** §5.2: "a follower increments its current term and transitions to candidate state". */
export function startElection(state: RaftState, transfer: boolean): void {
  state.role = "candidate";
  state.term = term(state.term + 1);
  state.vote = state.id;
  requestVotes(state, { type: "vote", term: state.term, transfer });
}

function requestVotes(
  state: RaftState,
  request: { readonly type: "vote" | "pre-vote"; readonly term: Term; readonly transfer: boolean },
): void {
  followLeader(state, undefined);
  state.resetElectionTimer();
  state.progress.clear();
  state.votes.clear();
  state.votes.set(state.id, true);
  for (const voter of state.membership.voters) {
    if (voter === state.id) continue;
    state.send(voter, { ...request, lastIndex: state.log.last, lastTerm: state.log.lastTerm });
  }
  countVotes(state);
}

function countVotes(state: RaftState): void {
  if (state.hasQuorum((voter) => state.votes.get(voter) === true)) {
    if (state.role === "pre-candidate") startElection(state, false);
    else becomeLeader(state);
  } else if (state.hasQuorum((voter) => state.votes.get(voter) === false)) {
    becomeFollower(state, state.term, undefined);
  }
}

function becomeLeader(state: RaftState): void {
  state.role = "leader";
  state.leader = state.id;
  state.transferee = undefined;
  state.resetElectionTimer();
  state.heartbeatElapsed = 0;
  syncProgress(state);
  // §8: "each leader commit a blank no-op entry into the log at the start of its term".
  appendOwn(state, [{ type: "empty", data: new Uint8Array() }]);
}

/** Thesis §4.2.3: a member that heard its leader within the shortest election timeout helps nobody to depose it. */
export function hearsLeader(state: RaftState): boolean {
  return state.leader !== undefined && state.electionElapsed < state.config.electionTicks;
}

/** RequestVote, "Receiver implementation" (figure 2); also for the question whether one would vote. */
export function onVoteRequest(state: RaftState, message: VoteRequest): void {
  const { from, lastIndex, lastTerm } = message;
  const asksFuture = message.type === "pre-vote" && message.term > state.term;
  const free = state.vote === from || (state.vote === undefined && state.leader === undefined);
  const granted =
    message.term >= state.term && (asksFuture || free) && state.log.isUpToDate(lastIndex, lastTerm);
  if (message.type === "pre-vote") {
    // A grant is for the term that was asked about; a refusal carries our own, which may be news.
    state.send(from, { type: "pre-vote-reply", granted, term: granted ? message.term : state.term });
    return;
  }
  if (granted) {
    state.vote = from;
    state.electionElapsed = 0;
  }
  state.send(from, { type: "vote-reply", granted });
}

export function onVoteReply(state: RaftState, message: VoteReply): void {
  if (state.role !== (message.type === "vote-reply" ? "candidate" : "pre-candidate")) return;
  if (message.type === "pre-vote-reply" && message.granted && message.term !== state.term + 1) return;
  if (state.votes.has(message.from)) return;
  state.votes.set(message.from, message.granted);
  countVotes(state);
}

/** Thesis §6.2: a leader that does not hear from a majority for an election timeout steps down. */
export function checkQuorum(state: RaftState): void {
  const alive = state.hasQuorum((voter) => voter === state.id || state.progress.get(voter)?.active === true);
  for (const progress of state.progress.values()) progress.active = false;
  // The mutant's leader goes on answering reads while it is cut off; it must not notice.
  if (!alive && !state.config.mutants.has("read-without-quorum")) {
    becomeFollower(state, state.term, undefined);
  }
}
