import { isMember } from "./membership.ts";
import type { PendingRead } from "./read-state.ts";
import type { RaftState } from "./state.ts";
import type { LogIndex, MemberId, Message } from "./types.ts";

/**
 * Reads that need no log entry (thesis §6.4): the leader notes its commit index, hears from a majority that it still
 * leads, and then the reader may answer from any state that has applied that index. One heartbeat round confirms every
 * read that waited when it began; the next round begins when it ends, or with the next heartbeat.
 */

/** Sends the reads that were asked for on their way. Called once for each `ready`. */
export function routeReads(state: RaftState): void {
  const { reads, config, log } = state;
  const asked = reads.asked;
  reads.asked = [];
  if (config.mutants.has("serve-follower-reads")) {
    for (const context of asked) reads.confirmed.push({ context, index: log.commit });
    return;
  }
  if (state.role === "leader") {
    for (const context of asked) reads.queued.push({ from: undefined, context });
    if (config.mutants.has("read-without-quorum")) answer(state, reads.queued.splice(0), log.commit);
    if (reads.rounds.length === 0) beginRound(state);
  } else if (state.leader === undefined) {
    reads.refused.push(...asked);
  } else {
    reads.unsent.push(...asked);
    forward(state, state.leader);
  }
}

/** Leader: begins a round for the reads that wait, if it may know what is committed (§8). */
export function beginRound(state: RaftState): void {
  const { reads } = state;
  if (reads.queued.length === 0 || !state.hasCommittedInTerm) return;
  reads.round += 1;
  reads.rounds.push({ round: reads.round, index: state.log.commit, reads: reads.queued });
  reads.queued = [];
  state.heartbeatDue = true;
  confirmRounds(state);
}

/** Leader: answers the rounds that a majority has answered. */
export function confirmRounds(state: RaftState): void {
  const { reads, progress } = state;
  while (true) {
    const oldest = reads.rounds[0];
    if (oldest === undefined) return;
    const answered = (voter: MemberId) =>
      voter === state.id || (progress.get(voter)?.ackedRound ?? 0) >= oldest.round;
    if (!state.hasQuorum(answered)) return;
    reads.rounds.shift();
    answer(state, oldest.reads, oldest.index);
  }
}

function answer(state: RaftState, pending: readonly PendingRead[], index: LogIndex): void {
  for (const { from, context } of pending) {
    if (from === undefined) state.reads.confirmed.push({ context, index });
    else state.send(from, { type: "read-index-reply", context, index, refused: false });
  }
}

/**
 * A follower asks the leader, for one batch at a time. A batch keeps its context when it is sent again, so that an answer
 * which takes longer than the interval still counts.
 */
function forward(state: RaftState, leader: MemberId): void {
  const { reads } = state;
  if (reads.forwarded === undefined && reads.unsent.length > 0) {
    reads.nextContext += 1;
    reads.forwarded = { context: reads.nextContext, reads: reads.unsent };
    reads.unsent = [];
    reads.forwardDue = true;
  }
  if (reads.forwarded !== undefined && reads.forwardDue) {
    state.send(leader, { type: "read-index", context: reads.forwarded.context });
  }
  reads.forwardDue = false;
}

export function onReadIndex(state: RaftState, message: Extract<Message, { type: "read-index" }>): void {
  const { from, context } = message;
  if (state.role === "leader" && isMember(state.membership, from)) {
    state.reads.queued.push({ from, context });
  } else {
    state.send(from, { type: "read-index-reply", context, index: state.log.commit, refused: true });
  }
}

export function onReadIndexReply(
  state: RaftState,
  message: Extract<Message, { type: "read-index-reply" }>,
): void {
  const { reads } = state;
  if (reads.forwarded?.context !== message.context) return;
  const batch = reads.forwarded.reads;
  reads.forwarded = undefined;
  if (message.refused) reads.refused.push(...batch);
  else for (const context of batch) reads.confirmed.push({ context, index: message.index });
}

/** The leader is lost, or is not this member any more: nobody will confirm what waits. */
export function refuseReads(state: RaftState): void {
  const { reads } = state;
  const pending = [...reads.rounds.flatMap((round) => round.reads), ...reads.queued];
  for (const { from, context } of pending) {
    if (from === undefined) reads.refused.push(context);
    else state.send(from, { type: "read-index-reply", context, index: state.log.commit, refused: true });
  }
  reads.refused.push(...(reads.forwarded?.reads ?? []), ...reads.unsent);
  reads.rounds = [];
  reads.queued = [];
  reads.unsent = [];
  reads.forwarded = undefined;
}
