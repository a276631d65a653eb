/** What CI runs: commands that a user could type, and what must come of each. */
import { violationKind } from "../core/verdict.ts";
import type { RunResult } from "../harness/cli/results/json-result.ts";

export interface Trial {
  readonly name: string;
  readonly args: string;
  /** Whether it has the machine to itself, before the others: what it expects depends on speed. */
  readonly alone?: boolean;
  /** Whether it is left for the night. */
  readonly nightly?: boolean;
  /** Exit status: 0 valid, 1 invalid; a list where a rare bug is looked for. */
  readonly status: number | readonly number[];
  /** What else must hold; a sentence that says what does not. */
  readonly expect?: (run: RunResult) => string | undefined;
  /** What is looked for, and may stay unfound without being a failure: the system is free not to show it. */
  readonly seek?: (run: RunResult) => string | undefined;
}

const all = "--seconds 17 --fault-seconds 3 --gap-seconds 1.5";
const oneFault = "--seconds 9 --fault-seconds 4 --gap-seconds 1.5";
/** Enough clients at the node that is cut off, so that some are left that ask it for as long as it answers. */
const crowd = `--patient --rate 100 --processes 240 ${oneFault}`;

export const staleReads = (run: RunResult): number => run.figures["stale reads"] ?? 0;
const noneStale = (run: RunResult) =>
  staleReads(run) === 0 ? undefined : `found ${staleReads(run)} stale reads`;
const violations = new Set([
  violationKind,
  "applied-twice",
  "two-revisions",
  "lost-write",
  "reused-revision",
  "stale-list",
  "reappearing-element",
]);
const named = (run: RunResult) =>
  run.anomalies.some(({ kind, summary }) => violations.has(kind) && /\d/.test(summary))
    ? undefined
    : "did not say which value was stale or lost";

/** The nodes did not come to agree: one of them has an old value of a key, or their own digests differ. */
const disagreed = (run: RunResult) =>
  run.anomalies.some(({ kind }) => kind === "convergence" || kind === "digest")
    ? undefined
    : "did not say on what the nodes disagreed at rest";

/** When after a fault's begin the node that it was aimed at answered its first and last stale reads. */
const atStruckNode = ({ staleness }: RunResult) =>
  staleness.flatMap(({ fault }) => (fault?.here ? [fault] : []));

/** Stale reads that a deposed leader answered, reported as the read mode's known limit. */
const limitFound = (run: RunResult) =>
  run.knownLimits.some(({ name }) => name === "deposed leader") && atStruckNode(run).length > 0
    ? undefined
    : "no deposed leader was found to answer stale reads at a node that was struck";

/** Stale for most of the fault, at the node that was cut off. */
const staleWhileCutOff = (run: RunResult) =>
  atStruckNode(run).some(({ ms, firstMs, lastMs }) => lastMs - firstMs > ms / 2)
    ? undefined
    : "the node that was cut off was not stale for most of the cut";

/** ZooKeeper's syncLimit times its tickTime, as adapters/zookeeper/deployment.ts sets them. */
const syncLimitMs = 2000;

/** A follower without its leader stops serving after the sync limit; what it answers until then grows stale. */
function staleUntilSyncLimit(run: RunResult): string | undefined {
  const windows = atStruckNode(run);
  if (!windows.some(({ lastMs }) => lastMs > syncLimitMs / 2)) {
    return "the follower that was cut off was not stale for anything like the sync limit";
  }
  // A cut that is shorter than the limit ends before it; then there is the time that it takes to catch up.
  const late = windows.find(({ ms, lastMs }) => lastMs > Math.max(ms, syncLimitMs) + syncLimitMs / 2);
  return late && `the follower was stale until ${late.lastMs.toFixed(0)} ms, long past the sync limit`;
}

/** A sentence names the watch, what it followed and what was wrong with what it received. */
const watchNamed = (run: RunResult) =>
  run.anomalies.some(({ summary }) => /^watch w\d+ of \S+ on n\d/.test(summary))
    ? undefined
    : "did not say which watch was wrong about what";

/** There are anomalies of each of these kinds; others may follow from them. */
const ofKinds =
  (...expected: readonly string[]) =>
  (run: RunResult) => {
    const found = new Set(run.anomalies.map(({ kind }) => kind));
    const missing = expected.filter((kind) => !found.has(kind));
    return missing.length === 0 ? undefined : `found ${[...found].join(", ")}, but no ${missing.join(", ")}`;
  };

const watches = "--workload watch --rate 100";
const watchFaults = `${watches} --seconds 13 --fault-seconds 2.2 --gap-seconds 1.2`;
const undisturbed = `${watches} --nemesis none --seconds 8`;
/** A follower that takes over a snapshot; ZooKeeper's others are restarted for it, which takes its time. */
const snapshots = `${watches} --preset tight --nemesis snapshot-follower --gap-seconds 2`;
const takesOver = "at a member that took over a snapshot";
const leaderMoves = `${watches} --nemesis move-leader --seconds 12 --fault-seconds 1.5 --gap-seconds 1`;

/** Old answers reach a deposed leader that goes on, one link after the other. */
const heldLeader = "--nemesis slow+hold-leader+pause-leader --clients 12 --fault-seconds 3.5 --gap-seconds 2";
const foundStale = (run: RunResult) => (staleReads(run) > 0 ? undefined : "found no stale read");
const onlyStale = (run: RunResult) =>
  run.verdict === "invalid" && staleReads(run) === 0 ? "was invalid, but not for a stale read" : undefined;

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
    "--read-mode serializable --nemesis partition --rate 200 --seconds 12 --fault-seconds 2 --gap-seconds 1 --convergence-seconds 5 --workload-option operations-per-key=3",
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

/** Trials of the embedded cluster. */
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

const clientFaults =
  "--nemesis pause-client,kill-client,partition-client --fault-seconds 2 --gap-seconds 1.5 --seconds 14";

/** Trials of etcd, ZooKeeper and Consul, and of all systems in containers. */
export const realSystems: readonly Trial[] = [
  ...["etcd", "zookeeper", "consul"].map((system) => ({
    name: `${system}'s watches keep their promises under partitions, kills and pauses`,
    args: `--system ${system} --runtime netns ${watchFaults}`,
    status: 0,
  })),
  {
    name: "etcd 3.4.23 forgets deletes at the compacted revision, and tells progress too early",
    args: `--system etcd --system-version 3.4 --runtime netns ${watches} --nemesis none --seconds 15`,
    status: 1,
    expect: ofKinds("missed-event", "event-after-progress"),
  },
  ...["zookeeper", "consul"].map((system) => ({
    name: `${system}'s watches keep their promises ${takesOver}`,
    args: `--system ${system} --runtime netns ${snapshots} --seconds 25 --fault-seconds 6`,
    status: 0,
    nightly: true,
  })),
  {
    name: `etcd 3.5.16 and older tell a watch from a future revision of older changes, ${takesOver}`,
    args: `--system etcd --system-version 3.5.16 --runtime netns ${snapshots} --seconds 30 --fault-seconds 8`,
    status: 1,
    expect: ofKinds("event-before-start"),
    nightly: true,
  },
  ...["3.5.16", "3.4.23"].map((version) => ({
    name: `etcd ${version} may answer a stale linearizable read at a leader that was stopped while its links were held`,
    args: `--system etcd --system-version ${version} --runtime netns ${heldLeader} --seconds 120`,
    status: [0, 1],
    expect: onlyStale,
    seek: foundStale,
    nightly: true,
  })),
  {
    name: "ZooKeeper 3.8.0 ends a persistent watch with a one-shot watch on the same key",
    args: `--system zookeeper --system-version 3.8 --runtime netns ${watches} --nemesis none --seconds 15`,
    status: 1,
    expect: watchNamed,
  },
  ...["etcd", "zookeeper", "consul --read-mode consistent"].map((system) => ({
    name: `${system} keeps its promise while load workers are paused, killed and cut off`,
    args: `--system ${system} --runtime netns --workers 2 --rate 200 ${clientFaults}`,
    status: 0,
  })),
  {
    name: "etcd keeps linearizability under partitions, kills and pauses",
    args: `--system etcd --runtime netns ${all}`,
    status: 0,
    expect: noneStale,
  },
  {
    name: "etcd's serializable reads are stale at a member that is cut off, for as long as it is",
    args: `--system etcd --runtime netns --read-mode serializable --nemesis partition-follower ${crowd}`,
    status: 0,
    expect: staleWhileCutOff,
  },
  {
    name: "etcd 3.4 keeps linearizability too",
    args: `--system etcd --system-version 3.4 --runtime netns --nemesis partition ${oneFault}`,
    status: 0,
    expect: noneStale,
  },
  ...["etcd", "zookeeper", "consul"].map((system) => ({
    name: `${system}'s nodes agree at rest after they died and came back one by one`,
    args: `--system ${system} ${system === "consul" ? "--read-mode consistent " : ""}--runtime netns --nemesis restart-staggered --seconds 14 --fault-seconds 6 --gap-seconds 1.5`,
    status: 0,
  })),
  ...["etcd --read-mode serializable", "zookeeper", "consul --read-mode stale"].map((system) => ({
    name: `sets of ${system} lose no element, and none comes back`,
    args: `--workload set --system ${system} --runtime netns ${all}`,
    status: 0,
  })),
  {
    name: "ZooKeeper keeps session order, stale at a follower that is cut off until the sync limit",
    args: `--system zookeeper --runtime netns --nemesis partition-follower ${crowd}`,
    status: 0,
    expect: staleUntilSyncLimit,
  },
  {
    name: "ZooKeeper's sync and read is stale at a leader that was paused: the known limit",
    args: "--system zookeeper --read-mode sync --runtime netns --nemesis pause-leader --patient --seconds 20",
    status: 0,
    expect: limitFound,
  },
  {
    name: "ZooKeeper 3.8 keeps session order under partitions, kills and pauses",
    args: `--system zookeeper --system-version 3.8 --runtime netns ${all}`,
    status: 0,
  },
  {
    name: "Consul's consistent reads are linearizable under partitions, kills and pauses",
    args: `--system consul --read-mode consistent --runtime netns ${all}`,
    status: 0,
    expect: noneStale,
  },
  {
    name: "Consul's default reads at a leader that is cut off are fresh, or stale for a short time",
    args: `--system consul --runtime netns --nemesis partition-leader ${crowd}`,
    status: 0,
  },
  {
    name: "Consul's default reads are stale at a leader that was paused: the known limit",
    args: "--system consul --runtime netns --nemesis pause-leader --patient --seconds 30 --workload-option read-percent=70",
    status: 0,
    seek: limitFound,
  },
  {
    name: "Consul's stale reads are stale at a server that is cut off, for as long as it is",
    args: `--system consul --read-mode stale --runtime netns --nemesis partition-follower ${crowd}`,
    status: 0,
    expect: staleWhileCutOff,
  },
  ...["reference", "etcd", "zookeeper", "consul"].map((system) => ({
    name: `${system} runs in containers`,
    args: `--system ${system} --runtime testcontainers ${system === "consul" ? "--read-mode consistent " : ""}${all}`,
    status: 0,
  })),
];
