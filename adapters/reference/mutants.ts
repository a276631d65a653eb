/**
 * The bugs that can be planted in the reference server, as `assay list` and `--mutant` name them. The adapter knows
 * the server by its command line alone, so they are named again here; a test keeps both lists equal.
 */
export const mutants = {
  "read-without-quorum":
    "the leader answers linearizable reads from memory, without asking a quorum whether it still leads",
  "ack-before-commit": "the leader applies and acknowledges a write before a quorum has it",
  "serve-follower-reads": "a follower answers linearizable reads from its own state",
  "range-without-quorum":
    "a member answers a linearizable range of several keys from its own state, without asking a quorum",
  "forget-vote": "a restarted member forgets its vote",
  "apply-twice": "a proposal that was sent again after a leader change is applied again",
  "skip-apply-on-follower": "one follower does not apply one committed entry",
  "lose-acknowledged-write":
    "a write in fifty is acknowledged with a revision and dropped, by every member alike",
  "reuse-revision": "a write in fifty gets the revision of the one before it, at every member alike",
  "drop-watch-event-on-leader-change":
    "after each change of the leader, watches miss the first revision that is applied",
  "duplicate-watch-event": "one message in five with events of a watch is sent twice",
  "split-watch-transaction": "the events of one transaction are sent to a watch one by one",
  "progress-too-early": "a requested progress notification names a revision whose events are sent later",
  "watch-revision-zero-is-now":
    "a watch from the oldest revision that is kept (1, or where history was compacted) starts now instead",
  "watch-from-future-tells-past": "a watch from a future revision gets the events before it, too",
  "wrong-prev-kv": "a watch's event says that the key held the new value before",
  "lose-delete-at-compaction": "a watch from the revision of a compaction misses the deletions made at it",
  "slow-watcher-loses-events": "events are dropped while a watch's client has not read those before",
  "compacted-watch-is-silent":
    "a watch that wants what is compacted is not canceled, and gets no events any more",
  "compacted-read-returns-current":
    "a read at a revision that is compacted returns the current state instead of an error",
} as const;
