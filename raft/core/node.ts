import { unreachable } from "../../core/assert.ts";
import {
  becomeFollower,
  checkQuorum,
  hearsLeader,
  onVoteReply,
  onVoteRequest,
  startElection,
  startPreVote,
} from "./election.ts";
import {
  changeMembership,
  continueTransfer,
  routeProposals,
  startTransfer,
  stepDownIfRemoved,
} from "./leadership.ts";
import { beginRound, onReadIndex, onReadIndexReply, routeReads } from "./read-index.ts";
import {
  advanceCommit,
  broadcast,
  onAppend,
  onAppendReply,
  onHeartbeat,
  onHeartbeatReply,
  onInstallSnapshot,
} from "./replication.ts";
import { type RaftConfig, RaftState } from "./state.ts";
import type { HardState, Input, LogIndex, Membership, Message, Ready, Status, Term } from "./types.ts";

export type { RaftConfig } from "./state.ts";

/** Messages that promise what this member has on disk. */
const promises: ReadonlySet<Message["type"]> = new Set(["vote", "vote-reply", "append-reply"]);

/**
 * One member of a Raft cluster, as a pure state machine: the same inputs give the same outputs. `step` takes in what
 * happens; `ready` gives what there is to do since the last `ready`, so that whatever happened in between shares one
 * write to disk and one message for each member. See Ready for what the driver owes.
 *
 * References: the paper is "In Search of an Understandable Consensus Algorithm (Extended Version)", the thesis is
 * "Consensus: Bridging Theory and Practice".
 */
export class RaftNode {
  readonly #state: RaftState;
  #savedHardState: HardState;
  /** The driver took a new term or vote and has not said yet that it is durable. */
  #termInFlight = false;
  #reported: string;

  constructor(config: RaftConfig) {
    this.#state = new RaftState(config);
    this.#savedHardState = this.#hardState();
    this.#reported = this.#headline();
  }

  step(input: Input): void {
    const state = this.#state;
    switch (input.type) {
      case "tick":
        this.#tick();
        break;
      case "receive":
        this.#receive(input.message);
        break;
      case "propose":
        for (const command of input.commands) state.proposals.push({ command, foreign: false });
        break;
      case "change-membership":
        changeMembership(state, input.change);
        break;
      case "read":
        state.reads.asked.push(input.context);
        break;
      case "transfer-leadership":
        startTransfer(state, input.to);
        break;
      case "persisted":
        this.#persisted(input.index, input.term);
        break;
      case "compact":
        state.log.compact(input.snapshot, state.config.retainedEntries ?? 1_000);
        break;
      case "unreachable":
        state.progress.get(input.member)?.unreachable();
        break;
      default:
        unreachable(input);
    }
  }

  /** What to do since the last call; `undefined`: nothing. */
  ready(): Ready | undefined {
    const state = this.#state;
    routeProposals(state);
    routeReads(state);
    if (state.role === "leader") {
      broadcast(state);
      stepDownIfRemoved(state);
    }
    const { entries, snapshot } = state.log.takeUnsaved();
    const committed = state.log.takeCommitted(this.#applyLimit());
    const hardState = this.#changedHardState();
    const { messages, immediate } = this.#takeMessages();
    const { reads } = state;
    const ready: Ready = {
      ...(hardState && { hardState }),
      entries,
      ...(snapshot && { snapshot }),
      messages,
      immediate,
      committed,
      reads: reads.confirmed.splice(0),
      refusedReads: reads.refused.splice(0),
      dropped: state.dropped.splice(0),
      refusedChanges: state.refusedChanges.splice(0),
      status: this.status(),
    };
    return this.#saysAnything(ready) ? ready : undefined;
  }

  status(): Status {
    const { id, role, term, leader, log, membership } = this.#state;
    return { id, role, term, leader, commit: log.commit, lastIndex: log.last, membership };
  }

  /** For a snapshot of the state machine at `index`, which is applied: the membership that belongs to it. */
  membershipAt(index: LogIndex): Membership {
    return this.#state.log.memberships.at(index);
  }

  #tick(): void {
    const state = this.#state;
    const { electionTicks, heartbeatTicks } = state.config;
    state.electionElapsed += 1;
    state.heartbeatElapsed += 1;
    const beat = state.heartbeatElapsed >= heartbeatTicks;
    if (beat) state.heartbeatElapsed = 0;
    if (state.role === "leader") {
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
      return;
    }
    if (beat) state.reads.forwardDue = true;
    if (state.electionElapsed < state.electionTimeout) return;
    if (state.isVoter) {
      startPreVote(state);
    } else {
      becomeFollower(state, state.term, undefined);
      state.resetElectionTimer();
    }
  }

  #receive(message: Message): void {
    const state = this.#state;
    if (message.to !== state.id) return;
    const asksVote = message.type === "vote" || message.type === "pre-vote";
    if (message.term > state.term) {
      if (asksVote && !message.transfer && hearsLeader(state)) return;
      const hypothetical =
        message.type === "pre-vote" || (message.type === "pre-vote-reply" && message.granted);
      if (!hypothetical) becomeFollower(state, message.term, undefined);
    } else if (message.term < state.term) {
      this.#receiveStale(message);
      return;
    }
    this.#dispatch(message);
  }

  /** §5.1: "If a server receives a request with a stale term number, it rejects the request": the answer tells ours. */
  #receiveStale(message: Message): void {
    const state = this.#state;
    switch (message.type) {
      case "vote":
      case "pre-vote":
        onVoteRequest(state, message);
        break;
      case "append":
      case "heartbeat":
      case "install-snapshot": {
        const { commit: index } = state.log;
        const reply = { success: false, index, hintTerm: state.term, refusedIndex: index };
        state.send(message.from, { type: "append-reply", ...reply });
        break;
      }
      case "propose":
        this.#dispatch(message);
        break;
      default:
    }
  }

  #dispatch(message: Message): void {
    const state = this.#state;
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
        if (this.#follow(message)) onAppend(state, message);
        break;
      case "heartbeat":
        if (this.#follow(message)) onHeartbeat(state, message);
        break;
      case "install-snapshot":
        if (this.#follow(message)) onInstallSnapshot(state, message);
        break;
      case "append-reply":
        onAppendReply(state, message);
        continueTransfer(state);
        break;
      case "heartbeat-reply":
        onHeartbeatReply(state, message);
        break;
      case "propose":
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
        if (state.isVoter && state.role !== "leader") startElection(state, true);
        break;
      default:
        unreachable(message);
    }
  }

  /** §5.2: whoever hears a leader of its own term follows it. False: we lead this term (so the other cannot). */
  #follow(message: Message): boolean {
    const state = this.#state;
    if (state.role === "leader") return false;
    becomeFollower(state, state.term, message.from);
    state.electionElapsed = 0;
    return true;
  }

  #persisted(index: LogIndex, term: Term): void {
    const state = this.#state;
    this.#termInFlight = false;
    state.log.persisted(index, term);
    if (state.role === "leader") advanceCommit(state);
  }

  #applyLimit(): LogIndex {
    const { config, role, log } = this.#state;
    // The mutant applies, and so acknowledges, what only the leader itself has.
    return config.mutants.has("ack-before-commit") && role === "leader" ? log.last : log.commit;
  }

  #hardState(): HardState {
    const { term, vote, log } = this.#state;
    return { term, vote, commit: log.commit };
  }

  #changedHardState(): HardState | undefined {
    const saved = this.#savedHardState;
    const now = this.#hardState();
    if (now.term !== saved.term || now.vote !== saved.vote) this.#termInFlight = true;
    else if (now.commit === saved.commit) return undefined;
    this.#savedHardState = now;
    return now;
  }

  /** Until the term is durable, nothing may leave that speaks for it: a restart would let this member act in it again. */
  #takeMessages(): Pick<Ready, "messages" | "immediate"> {
    const all = this.#state.outbox.splice(0);
    if (this.#termInFlight) return { messages: all, immediate: [] };
    return {
      messages: all.filter((message) => promises.has(message.type)),
      immediate: all.filter((message) => !promises.has(message.type)),
    };
  }

  /** Whom this member takes for the leader, and what it is itself: worth a Ready when it changes. */
  #headline(): string {
    const { role, term, leader } = this.#state;
    return `${role} ${term} ${leader}`;
  }

  #saysAnything(ready: Ready): boolean {
    const headline = this.#headline();
    const news = headline !== this.#reported;
    this.#reported = headline;
    return (
      news ||
      ready.hardState !== undefined ||
      ready.snapshot !== undefined ||
      [ready.entries, ready.messages, ready.immediate, ready.committed, ready.reads].some(
        (l) => l.length > 0,
      ) ||
      [ready.refusedReads, ready.dropped, ready.refusedChanges].some((l) => l.length > 0)
    );
  }
}
