/** Trials of etcd, ZooKeeper and Consul, and of all systems in containers: commands that a user could type, and what must come of each. */
import type { RunResult } from "../harness/cli/results/json-result.ts";
import {
  foundStale,
  limitFound,
  noneStale,
  ofKinds,
  onlyStale,
  staleUntilSyncLimit,
  staleWhileCutOff,
  type Trial,
  watchNamed,
} from "./expectations.ts";
import { snapshots, takesOver, watches } from "./loads.ts";

/** At this rate a trial leaves processors to those beside it. */
const all = "--rate 200 --seconds 17 --fault-seconds 3 --gap-seconds 1.5";
/** Faults take longer to inject and to heal there. */
const inContainers = "--rate 200 --seconds 24 --fault-seconds 3 --gap-seconds 1.5";
const oneFault = "--seconds 9 --fault-seconds 4 --gap-seconds 1.5";
/** Enough clients at the node that is cut off, so that some are left that ask it for as long as it answers. */
const crowd = `--patient --rate 100 --processes 240 ${oneFault}`;
const watchFaults = `${watches} --seconds 13 --fault-seconds 2.2 --gap-seconds 1.2`;
/** Old answers reach a deposed leader that goes on, one link after the other. */
const heldLeader = "--nemesis slow+hold-leader+pause-leader --clients 12 --fault-seconds 3.5 --gap-seconds 2";
/** Each system has one of the two in CI, and etcd both. */
const sessionsAtNight = new Set(["lease-churn zookeeper", "lock-handover consul"]);
const clientFaults =
  "--nemesis pause-client,kill-client,partition-client --fault-seconds 2 --gap-seconds 1.5 --seconds 14";

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
  ...["lease-churn", "lock-handover"].flatMap((workload) =>
    ["etcd", "zookeeper", "consul"].map((system) => ({
      name: `${workload}: ${system} keeps the promises of its sessions under partitions and kills`,
      args: `--workload ${workload} --rate 100 --system ${system} --runtime netns --nemesis partition,kill --seconds 13 --fault-seconds 3 --gap-seconds 1.5`,
      status: 0,
      nightly: sessionsAtNight.has(`${workload} ${system}`),
    })),
  ),
  ...["3.5.16", "3.4.23"].map((version) => ({
    name: `etcd ${version} may end a lease early whose keep-alives a paused leader answered`,
    args: `--workload lease-churn --rate 100 --system etcd --system-version ${version} --runtime netns --nemesis pause-leader --seconds 40`,
    status: [0, 1],
    expect: (run: RunResult) => (run.verdict === "invalid" ? ofKinds("lease-ended-early")(run) : undefined),
    seek: (run: RunResult) => (run.verdict === "invalid" ? undefined : "found no lease that ended early"),
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
    args: `--system ${system} ${system === "consul" ? "--read-mode consistent " : ""}--runtime netns --nemesis restart-staggered --rate 200 --seconds 14 --fault-seconds 6 --gap-seconds 1.5`,
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
    args: `--system ${system} --runtime testcontainers ${system === "consul" ? "--read-mode consistent " : ""}${inContainers}`,
    status: 0,
  })),
];
