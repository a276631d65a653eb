import { assert } from "../../core/assert.ts";
import { becomeFollower } from "./election.ts";
import { allowed } from "./membership.ts";
import { encodeMembershipChange } from "./membership-codec.ts";
import { appendOwn, syncProgress } from "./replication.ts";
import type { RaftState } from "./state.ts";
import type { MemberId, MembershipChange } from "./types.ts";

/** Duties of a leader alone: take commands, change the membership (thesis chapter 4), hand over leadership (thesis §3.10). */

/**
 * Appends the commands that wait, or forwards them to the leader, or drops them if there is none. While leadership is
 * handed over they wait for the next leader. Called once for each `ready`.
 */
export function routeProposals(state: RaftState): void {
  const { proposals } = state;
  if (proposals.length === 0) return;
  if (state.role === "leader" && state.transferee !== undefined) return;
  if (state.leader === undefined && state.expectsHeir) return;
  state.proposals = [];
  if (state.role === "leader") {
    appendOwn(
      state,
      proposals.map(({ command }) => ({ type: "command", data: command })),
    );
    return;
  }
  // A command that was forwarded to us is not forwarded again, so that no two members pass it back and forth.
  const own = proposals.filter(({ foreign }) => !foreign).map(({ command }) => command);
  if (own.length === 0) return;
  if (state.leader === undefined) state.dropped.push(...own);
  else state.send(state.leader, { type: "propose", commands: own });
}

/**
 * Thesis §4.1: one change at a time: the one before must be committed. And only once the leader has committed an entry
 * of its own term: without that, two changes of different leaders could each get a majority of its own.
 */
export function changeMembership(state: RaftState, change: MembershipChange): void {
  const possible =
    state.role === "leader" &&
    state.transferee === undefined &&
    state.hasCommittedInTerm &&
    state.log.memberships.latestIndex <= state.log.commit &&
    allowed(state.membership, change) &&
    (change.type !== "promote" || hasCaughtUp(state, change.member));
  if (!possible) {
    state.refusedChanges.push(change);
    return;
  }
  appendOwn(state, [{ type: "membership", data: encodeMembershipChange(change) }]);
  syncProgress(state);
}

/** Thesis §4.2.1: a learner that votes before it has the log stops the cluster from committing. One append behind is near. */
function hasCaughtUp(state: RaftState, learner: MemberId): boolean {
  const progress = state.progress.get(learner);
  if (progress === undefined || progress.state !== "replicate") return false;
  return state.log.commit - progress.match <= state.config.maxEntriesPerAppend;
}

/** Thesis §4.2.2: a leader that is not in the membership any more leads until that is committed, then steps down. */
export function stepDownIfRemoved(state: RaftState): void {
  const { role, log } = state;
  if (role !== "leader" || state.isVoter || log.memberships.latestIndex > log.commit) return;
  const heir = mostUpToDateVoter(state);
  if (heir !== undefined) state.send(heir, { type: "timeout-now" });
  becomeFollower(state, state.term, undefined);
}

function mostUpToDateVoter(state: RaftState): MemberId | undefined {
  const { voters } = state.membership;
  return voters.toSorted((a, b) => state.matchOf(b) - state.matchOf(a))[0];
}

/** Thesis §3.10. Nothing happens where the receiver does not lead, or `to` cannot. */
export function startTransfer(state: RaftState, to: MemberId): void {
  if (state.role !== "leader" || to === state.id || !state.membership.voters.includes(to)) return;
  state.transferee = to;
  state.electionElapsed = 0;
  continueTransfer(state);
}

/** Lets the target start an election at once, as soon as it has the whole log. */
export function continueTransfer(state: RaftState): void {
  const { transferee, log } = state;
  if (transferee === undefined) return;
  assert(state.role === "leader", "only a leader hands leadership over");
  if (state.matchOf(transferee) === log.last) state.send(transferee, { type: "timeout-now" });
}
