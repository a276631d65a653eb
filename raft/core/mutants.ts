/**
 * Bugs that can be planted in the reference server, to prove that the harness bites. Off unless asked for by name.
 * They are named here so that core, kv and server agree; each is read at the one place where it changes the behaviour.
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
} as const satisfies Record<string, string>;

export type Mutant = keyof typeof mutants;
