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
} as const;
