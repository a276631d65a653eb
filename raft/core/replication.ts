import { isMember } from "./membership.ts";
import { Progress } from "./progress.ts";
import { confirmRounds } from "./read-index.ts";
import type { RaftState } from "./state.ts";
import { type Entry, type LogIndex, logIndex, type MemberId, type Message, term } from "./types.ts";

/** Log replication (§5.3), commitment (§5.4.2) and snapshots (§7). */

type Append = Extract<Message, { type: "append" }>;
type AppendReply = Extract<Message, { type: "append-reply" }>;

/** Leader: puts new entries of its term at the end of its log. */
export function appendOwn(state: RaftState, items: readonly Pick<Entry, "type" | "data">[]): void {
  const next = state.log.last + 1;
  state.log.append(items.map((item, i) => ({ ...item, term: state.term, index: logIndex(next + i) })));
}

/** Leader: keeps one Progress for every other member of the latest membership. */
export function syncProgress(state: RaftState): void {
  const { membership, progress } = state;
  for (const member of progress.keys()) if (!isMember(membership, member)) progress.delete(member);
  for (const member of [...membership.voters, ...membership.learners]) {
    if (member === state.id || progress.has(member)) continue;
    progress.set(member, new Progress(logIndex(state.log.last + 1)));
  }
}

/** Leader: sends every member what its window allows, and the heartbeat when it is due. Called once for each `ready`. */
export function broadcast(state: RaftState): void {
  for (const [member, progress] of state.progress) sendAppends(state, member, progress);
  if (!state.heartbeatDue) return;
  state.heartbeatDue = false;
  for (const [member, { match }] of state.progress) {
    // A follower may not take for committed what it may not have.
    const commit = logIndex(Math.min(match, state.log.commit));
    state.send(member, { type: "heartbeat", commit, readContext: state.reads.round });
  }
}

function sendAppends(state: RaftState, to: MemberId, progress: Progress): void {
  const { log, config } = state;
  while (progress.canSend(config.maxInflight)) {
    const prevIndex = logIndex(progress.next - 1);
    const prevTerm = log.term(prevIndex);
    if (prevTerm === undefined) {
      // A snapshot is large: it is sent only to a member that answers.
      if (progress.active) sendSnapshot(state, to, progress);
      return;
    }
    const entries = progress.carriesEntries
      ? log.slice(progress.next, config.maxEntriesPerAppend, config.maxBytesPerAppend)
      : [];
    const nothingNew = entries.length === 0 && progress.sentCommit >= log.commit;
    if (nothingNew && progress.state === "replicate") return;
    progress.sent(logIndex(prevIndex + entries.length));
    progress.sentCommit = log.commit;
    state.send(to, { type: "append", prevIndex, prevTerm, entries, commit: log.commit });
  }
}

function sendSnapshot(state: RaftState, to: MemberId, progress: Progress): void {
  const { snapshot } = state.log;
  if (snapshot === undefined) return;
  progress.sentSnapshot(snapshot.index);
  state.send(to, { type: "install-snapshot", snapshot });
}

/**
 * Leader: §5.4.2: only an entry of the leader's own term commits by counting replicas; those before it commit with it
 * (figure 8 shows what goes wrong otherwise).
 */
export function advanceCommit(state: RaftState): void {
  const { log } = state;
  const index = state.quorumMatch();
  if (index === undefined || log.term(index) !== state.term) return;
  log.commitTo(index);
}

/** Follower: AppendEntries, "Receiver implementation" (figure 2). */
export function onAppend(state: RaftState, message: Append): void {
  const { log } = state;
  const { prevIndex, prevTerm } = message;
  // Committed entries agree with every later leader (§5.4.3), and may be compacted here.
  const agrees = prevIndex <= log.commit || log.term(prevIndex) === prevTerm;
  if (!agrees) {
    const hint = log.lastNotAbove(prevIndex, prevTerm);
    const reply = { success: false, index: hint.index, hintTerm: hint.term, refusedIndex: prevIndex };
    state.send(message.from, { type: "append-reply", ...reply });
    return;
  }
  const firstNew = message.entries.findIndex(
    (entry) => entry.index > log.commit && log.term(entry.index) !== entry.term,
  );
  // "If an existing entry conflicts with a new one, delete the existing entry and all that follow it": only then, for
  // an old message must not cut off what a newer one brought.
  if (firstNew >= 0) log.append(message.entries.slice(firstNew));
  const matched = logIndex(Math.max(log.commit, prevIndex + message.entries.length));
  log.commitTo(logIndex(Math.min(message.commit, matched)));
  acknowledge(state, message.from, matched);
}

/** Success up to `index`. Of several acknowledgements in one batch the last says it all. */
function acknowledge(state: RaftState, to: MemberId, index: LogIndex): void {
  const last = state.outbox.at(-1);
  if (last?.type === "append-reply" && last.success && last.to === to && last.term === state.term) {
    if (last.index <= index) state.outbox.pop();
  }
  const none = { hintTerm: term(0), refusedIndex: logIndex(0) };
  state.send(to, { type: "append-reply", success: true, index, ...none });
}

/** Leader: the answer to an append or to a snapshot. */
export function onAppendReply(state: RaftState, message: AppendReply): void {
  const progress = state.progress.get(message.from);
  if (progress === undefined) return;
  progress.active = true;
  if (message.success) {
    progress.matched(message.index);
    advanceCommit(state);
  } else {
    // Neither log can agree with the other above the last entry whose term is not above the hint's.
    const hint = state.log.lastNotAbove(message.index, message.hintTerm);
    progress.refused(message.refusedIndex, hint.index);
  }
}

export function onHeartbeat(state: RaftState, message: Extract<Message, { type: "heartbeat" }>): void {
  state.log.commitTo(logIndex(Math.min(message.commit, state.log.last)));
  state.send(message.from, { type: "heartbeat-reply", readContext: message.readContext });
}

export function onHeartbeatReply(
  state: RaftState,
  message: Extract<Message, { type: "heartbeat-reply" }>,
): void {
  const progress = state.progress.get(message.from);
  if (progress === undefined) return;
  progress.active = true;
  progress.ackedRound = Math.max(progress.ackedRound, message.readContext);
  confirmRounds(state);
}

/** Follower: §7, InstallSnapshot in one piece. */
export function onInstallSnapshot(
  state: RaftState,
  message: Extract<Message, { type: "install-snapshot" }>,
): void {
  const { log } = state;
  const { snapshot } = message;
  if (log.term(snapshot.index) === snapshot.term) {
    // "If existing log entry has same index and term as snapshot's last included entry, retain log entries".
    log.commitTo(snapshot.index);
  } else if (snapshot.index > log.commit) {
    log.restore(snapshot);
  }
  acknowledge(state, message.from, log.commit);
}
