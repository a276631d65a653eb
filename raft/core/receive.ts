import { unreachable } from "../../core/assert.ts";
import { becomeFollower, hearsLeader, onVoteReply, onVoteRequest, startElection } from "./election.ts";
import { continueTransfer } from "./leadership.ts";
import { onReadIndex, onReadIndexReply } from "./read-index.ts";
import { onAppend, onAppendReply, onHeartbeat, onHeartbeatReply, onInstallSnapshot } from "./replication.ts";
import type { RaftState } from "./state.ts";
import type { Message } from "./types.ts";

/** A message arrived: terms first (§5.1), then what it says. */
export function receive(state: RaftState, message: Message): void {
  if (message.to !== state.id) return;
  if (message.term < state.term) {
    receiveStale(state, message);
    return;
  }
  if (message.term > state.term) {
    const asksVote = message.type === "vote" || message.type === "pre-vote";
    if (asksVote && !message.transfer && hearsLeader(state)) return;
    // Thesis §9.6: a pre-vote speaks of a term that nobody has entered yet.
    const hypothetical =
      message.type === "pre-vote" || (message.type === "pre-vote-reply" && message.granted);
    if (!hypothetical) becomeFollower(state, message.term, undefined);
  }
  dispatch(state, message);
}

/** §5.1: "If a server receives a request with a stale term number, it rejects the request": the answer carries our term. */
function receiveStale(state: RaftState, message: Message): void {
  switch (message.type) {
    case "vote":
    case "pre-vote":
      onVoteRequest(state, message);
      break;
    case "append":
    case "heartbeat":
    case "install-snapshot": {
      const { commit } = state.log;
      const reply = { success: false, index: commit, hintTerm: state.term, refusedIndex: commit };
      state.send(message.from, { type: "append-reply", ...reply });
      break;
    }
    case "propose":
      // Commands belong to no term.
      dispatch(state, message);
      break;
    default:
    // Answers to questions of an earlier term, and what only its leader could do.
  }
}

function dispatch(state: RaftState, message: Message): void {
  switch (message.type) {
    case "pre-vote":
    case "vote":
      onVoteRequest(state, message);
      break;
    case "pre-vote-reply":
    case "vote-reply":
      onVoteReply(state, message);
      break;
    case "append":
      if (follow(state, message)) onAppend(state, message);
      break;
    case "heartbeat":
      if (follow(state, message)) onHeartbeat(state, message);
      break;
    case "install-snapshot":
      if (follow(state, message)) onInstallSnapshot(state, message);
      break;
    case "append-reply":
      onAppendReply(state, message);
      continueTransfer(state);
      break;
    case "heartbeat-reply":
      onHeartbeatReply(state, message);
      break;
    case "propose":
      // A member that no longer leads drops it: for the sender it is as if the message had been lost.
      if (state.role !== "leader") break;
      for (const command of message.commands) state.proposals.push({ command, foreign: true });
      break;
    case "read-index":
      onReadIndex(state, message);
      break;
    case "read-index-reply":
      onReadIndexReply(state, message);
      break;
    case "timeout-now":
      if (state.isElectable && state.role !== "leader") startElection(state, true);
      break;
    default:
      unreachable(message);
  }
}

/** §5.2: a member that hears a leader of its own term follows it. False: this member leads the term, so the other cannot. */
function follow(state: RaftState, message: Message): boolean {
  if (state.role === "leader") return false;
  becomeFollower(state, state.term, message.from);
  state.electionElapsed = 0;
  return true;
}
