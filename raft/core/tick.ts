import { becomeFollower, checkQuorum, startPreVote } from "./election.ts";
import { beginRound } from "./read-index.ts";
import type { RaftState } from "./state.ts";

/** A tick of the driver's clock passed: the only time that a member knows. */
export function tick(state: RaftState): void {
  const { heartbeatTicks } = state.config;
  state.electionElapsed += 1;
  state.heartbeatElapsed += 1;
  const beat = state.heartbeatElapsed >= heartbeatTicks;
  if (beat) state.heartbeatElapsed = 0;
  if (state.role === "leader") tickLeader(state, beat);
  else tickFollower(state, beat);
}

function tickLeader(state: RaftState, beat: boolean): void {
  const { electionTicks, heartbeatTicks } = state.config;
  // A snapshot may be long on its way; a window is given up only where the other would have given up its leader.
  const patience = { probe: heartbeatTicks, replicate: electionTicks, snapshot: 4 * electionTicks };
  for (const progress of state.progress.values()) progress.tick(patience);
  if (beat) {
    beginRound(state);
    state.heartbeatDue = true;
  }
  if (state.electionElapsed < electionTicks) return;
  state.electionElapsed = 0;
  // Thesis §3.10: a transfer that takes longer than an election timeout is given up.
  state.transferee = undefined;
  checkQuorum(state);
}

function tickFollower(state: RaftState, beat: boolean): void {
  if (beat) state.reads.forwardDue = true;
  if (state.electionElapsed < state.electionTimeout) return;
  state.expectsHeir = false;
  if (state.isElectable) {
    startPreVote(state);
  } else {
    // Thesis §4.2.1: a learner starts no election; it only knows that it hears no leader any more.
    becomeFollower(state, state.term, undefined);
    state.resetElectionTimer();
  }
}
