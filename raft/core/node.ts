import { unreachable } from "../../core/assert.ts";
import { startPreVote } from "./election.ts";
import { changeMembership, routeProposals, startTransfer, stepDownIfRemoved } from "./leadership.ts";
import { routeReads } from "./read-index.ts";
import { receive } from "./receive.ts";
import { advanceCommit, broadcast } from "./replication.ts";
import { type RaftConfig, RaftState } from "./state.ts";
import { tick } from "./tick.ts";
import type { Entry, HardState, Input, LogIndex, Membership, Message, Ready, Status, Term } from "./types.ts";

export type { RaftConfig } from "./state.ts";

/** Entry that the mutant `skip-apply-on-follower` leaves out: after the first election, and early in any run. */
const skippedIndex = 100;

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
  #reportedRole: Status["role"];
  #reportedLeader: Status["leader"];

  constructor(config: RaftConfig) {
    this.#state = new RaftState(config);
    this.#savedHardState = this.#hardState();
    this.#reportedRole = this.#state.role;
    this.#reportedLeader = this.#state.leader;
  }

  step(input: Input): void {
    const state = this.#state;
    switch (input.type) {
      case "tick":
        tick(state);
        break;
      case "receive":
        receive(state, input.message);
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
      case "campaign":
        if (state.isElectable && state.role !== "leader") startPreVote(state);
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

  /** Returns the work since the last call; `undefined` if there is none. */
  ready(): Ready | undefined {
    const state = this.#state;
    routeProposals(state);
    routeReads(state);
    if (state.role === "leader") {
      broadcast(state);
      stepDownIfRemoved(state);
    }
    const applyLimit = this.#applyLimit();
    const hardState = this.#changedHardState();
    const news = this.#isNews();
    if (!news && hardState === undefined && !hasOutput(state, applyLimit)) return undefined;
    const { entries, snapshot } = state.log.takeUnsaved();
    const { messages, immediate } = this.#takeMessages();
    const ready: Ready = {
      entries,
      messages,
      immediate,
      committed: this.#committed(applyLimit),
      reads: drained(state.reads.confirmed),
      refusedReads: drained(state.reads.refused),
      dropped: drained(state.dropped),
      refusedChanges: drained(state.refusedChanges),
      status: this.status(),
    };
    if (hardState === undefined && snapshot === undefined) return ready;
    return { ...ready, ...(hardState && { hardState }), ...(snapshot && { snapshot }) };
  }

  status(): Status {
    const { id, role, term, leader, log, membership } = this.#state;
    return { id, role, term, leader, commit: log.commit, lastIndex: log.last, membership };
  }

  /** Membership that belongs to a snapshot of the state machine at `index`, which is applied. */
  membershipAt(index: LogIndex): Membership {
    return this.#state.log.memberships.at(index);
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

  #committed(limit: LogIndex): readonly Entry[] {
    const { config, log } = this.#state;
    const entries = log.takeCommitted(limit);
    return config.mutants.has("skip-apply-on-follower")
      ? entries.filter((entry) => !this.#skips(entry))
      : entries;
  }

  /** The mutant: the last of the voters that follow never applies this entry, whatever the seed. */
  #skips({ index, type }: Entry): boolean {
    const { id, leader, membership } = this.#state;
    const followers = membership.voters.filter((voter) => voter !== leader);
    return (
      index === skippedIndex && type === "command" && leader !== undefined && id === Math.max(...followers)
    );
  }

  #hardState(): HardState {
    const { term, vote, log } = this.#state;
    return { term, vote, commit: log.commit };
  }

  #changedHardState(): HardState | undefined {
    const saved = this.#savedHardState;
    const { term, vote, log } = this.#state;
    if (term !== saved.term || vote !== saved.vote) this.#termInFlight = true;
    else if (log.commit === saved.commit) return undefined;
    this.#savedHardState = this.#hardState();
    return this.#savedHardState;
  }

  /** Until the term is durable, nothing may leave that speaks for it: a restart would let this member act in it again. */
  #takeMessages(): Pick<Ready, "messages" | "immediate"> {
    const messages: Message[] = [];
    const immediate: Message[] = [];
    for (const message of drained(this.#state.outbox)) {
      (this.#termInFlight || promises.has(message.type) ? messages : immediate).push(message);
    }
    return { messages, immediate };
  }

  /** Whether the role, or the leader as this member sees it, has changed since the last report: worth a Ready of its own. */
  #isNews(): boolean {
    const { role, leader } = this.#state;
    if (role === this.#reportedRole && leader === this.#reportedLeader) return false;
    this.#reportedRole = role;
    this.#reportedLeader = leader;
    return true;
  }
}

function hasOutput(
  { log, outbox, reads, dropped, refusedChanges }: RaftState,
  applyLimit: LogIndex,
): boolean {
  return (
    log.hasUnsaved ||
    log.hasCommitted(applyLimit) ||
    outbox.length > 0 ||
    reads.confirmed.length + reads.refused.length + dropped.length + refusedChanges.length > 0
  );
}

const nothing: readonly never[] = [];

/** Takes all that is in `list`, which is empty afterwards. Most lists of most Readies are empty anyway. */
const drained = <T>(list: T[]): readonly T[] => (list.length === 0 ? nothing : list.splice(0));
