import type { Clock } from "../../core/clock.ts";
import type { Random } from "../../core/random.ts";
import type { Mutant } from "../core/mutants.ts";
import { RaftNode } from "../core/node.ts";
import { logIndex, type MemberId } from "../core/types.ts";
import type { MachineOptions } from "../kv/machine.ts";
import { type WatchFlaw, watchFlaws } from "../kv/watch/watch.ts";
import type { OpenedDisk } from "./disk.ts";
import type { PeerAddress } from "./transport/transport.ts";

export interface MemberOptions {
  readonly id: MemberId;
  readonly name: string;
  readonly clusterId: number;
  readonly directory: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** The other members of the cluster at its beginning. */
  readonly peers: readonly PeerAddress[];
  readonly clientUrls: readonly string[];
  readonly electionTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly requestTimeoutMs: number;
  /** Number of entries after which a snapshot is taken; more if the state is large. */
  readonly snapshotEntries: number;
  /** Number of entries kept behind a snapshot; 1,000 unless given. */
  readonly retainedEntries?: number;
  readonly mutants: ReadonlySet<Mutant>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (line: string) => void;
  /** The member cannot go on: the process has to end. */
  readonly onFatal: (error: unknown) => void;
}

/** Ticks are finer than heartbeats, so that election timeouts differ between members. */
export const ticksPerHeartbeat = 2;
const appendEntriesMax = 1_024;
const appendBytesMax = 1024 * 1024;
const appendsInflightMax = 64;

/** The Raft core of a member that found this on its disk. */
export function createNode(options: MemberOptions, { snapshot, recovered }: OpenedDisk): RaftNode {
  const voters = [options.id, ...options.peers.map((peer) => peer.id)].sort((a, b) => a - b);
  return new RaftNode({
    id: options.id,
    persisted: {
      hardState: recovered.hardState,
      snapshot,
      entries: recovered.entries,
      bootstrap: { voters, learners: [] },
      applied: snapshot?.index ?? logIndex(0),
    },
    random: options.random.fork("raft"),
    electionTicks: Math.round((options.electionTimeoutMs * ticksPerHeartbeat) / options.heartbeatMs),
    heartbeatTicks: ticksPerHeartbeat,
    maxEntriesPerAppend: appendEntriesMax,
    maxBytesPerAppend: appendBytesMax,
    maxInflight: appendsInflightMax,
    ...(options.retainedEntries !== undefined && { retainedEntries: options.retainedEntries }),
    mutants: options.mutants,
  });
}

/** Bugs of the state machine, by the mutants that were asked for. */
export function machineOptions(mutants: ReadonlySet<Mutant>): MachineOptions {
  const applyTwice = mutants.has("apply-twice");
  if (mutants.has("lose-delete-at-compaction")) return { applyTwice, flaw: "loses-deletions" };
  if (mutants.has("lose-acknowledged-write")) return { applyTwice, flaw: "drops-changes" };
  return mutants.has("reuse-revision") ? { applyTwice, flaw: "shares-revision" } : { applyTwice };
}

/** Bugs of the hub of watches, by the mutants that were asked for. */
export const flawsOfWatches = (mutants: ReadonlySet<Mutant>): ReadonlySet<WatchFlaw> =>
  new Set(watchFlaws.filter((flaw) => mutants.has(flaw)));
