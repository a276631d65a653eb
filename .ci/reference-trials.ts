/** Trials of the embedded cluster: commands that a user could type, and what must come of each. */
import { disagreed, named, ofKinds, type Trial, watchNamed } from "./expectations.ts";
import { snapshots, takesOver, watches } from "./loads.ts";

const undisturbed = `${watches} --nemesis none --seconds 8`;
const leaderMoves = `${watches} --nemesis move-leader --seconds 12 --fault-seconds 1.5 --gap-seconds 1`;

const mutants: readonly [mutant: string, args: string, expect?: Trial["expect"]][] = [
  ["read-without-quorum", "--nemesis partition-leader --seconds 15"],
  ["read-without-quorum", "--nemesis hold-leader --seconds 15"],
  ["ack-before-commit", "--nemesis partition-leader --seconds 30"],
  ["serve-follower-reads", "--nemesis partition-one --seconds 15"],
  [
    "apply-twice",
    "--nemesis partition-one-way --fault-seconds 1.5 --gap-seconds 1.5 --seconds 20 --timeout 2000",
  ],
  ["lose-acknowledged-write", "--read-mode serializable --nemesis partition-one --seconds 15"],
  ["reuse-revision", "--read-mode serializable --nemesis partition-one --seconds 15"],
  ["range-without-quorum", "--workload set --nemesis partition-one --seconds 15"],
  [
    "skip-apply-on-follower",
    "--read-mode serializable --nemesis partition --rate 200 --seconds 12 --fault-seconds 2 --gap-seconds 1 --convergence-seconds 5 --workload-option operations-per-key=5",
    disagreed,
  ],
  ["drop-watch-event-on-leader-change", leaderMoves, watchNamed],
  ...[
    "duplicate-watch-event",
    "split-watch-transaction",
    "progress-too-early",
    "watch-revision-zero-is-now",
    "watch-from-future-tells-past",
    "wrong-prev-kv",
    "lose-delete-at-compaction",
    "slow-watcher-loses-events",
    "compacted-watch-is-silent",
  ].map((mutant): [string, string, Trial["expect"]] => [mutant, undisturbed, watchNamed]),
  ["compacted-read-returns-current", undisturbed, ofKinds("compacted-read-answered")],
];

/** Bugs that every night finds; tests of the hub of watches (raft/kv/watch) find each of them, too. */
const nightly = new Set([
  "duplicate-watch-event",
  "split-watch-transaction",
  "progress-too-early",
  "watch-revision-zero-is-now",
  "watch-from-future-tells-past",
]);

export const reference: readonly Trial[] = [
  {
    name: "the default bench is valid, with partitions, kills and pauses that bit",
    args: "",
    status: 0,
    alone: true,
    expect: ({ operations, faults }) => {
      if (operations.ok < 2000) return `only ${operations.ok} operations succeeded`;
      const lacking = faults.filter(({ proven, windows }) => proven < windows).map(({ name }) => name);
      return lacking.length > 0 || faults.length < 3
        ? `not every fault was proven: ${JSON.stringify(faults)}`
        : undefined;
    },
  },
  {
    name: "the reference keeps its promise while links are held, fail at times, or leave only some pairs connected",
    args: "--nodes 5 --nemesis hold,partition-intermittent,partition-non-transitive,partition-chained,partition-quorum-loss,partition-constrained-election --seconds 30 --fault-seconds 2.5 --gap-seconds 1.2",
    status: 0,
  },
  {
    name: "the reference agrees at rest after nodes died and came back one by one",
    args: "--nodes 5 --nemesis restart-staggered --seconds 14 --fault-seconds 6 --gap-seconds 1.5",
    status: 0,
  },
  {
    name: `the reference's watches keep their promises ${takesOver}`,
    args: `${snapshots} --seconds 20 --fault-seconds 5`,
    status: 0,
    nightly: true,
  },
  ...mutants.map(([mutant, args, expect = named]) => ({
    name: `the planted bug ${mutant} is caught and explained: ${args}`,
    args: `--mutant ${mutant} ${args}`,
    status: 1,
    expect,
    nightly: nightly.has(mutant),
  })),
  ...[...new Set(mutants.map(([, args]) => args))].map((args) => ({
    name: `without a planted bug the same trial is valid: ${args}`,
    args,
    status: 0,
  })),
];
