import { logIndex, type MemberId, memberId, type Status, term } from "../../../core/types.ts";
import { encodeCommand } from "../../../kv/command.ts";
import { StateMachine } from "../../../kv/machine.ts";
import type { KvResult, WriteRequest } from "../../../kv/request.ts";
import type { Store } from "../../../kv/store.ts";
import { WatchHub } from "../../../kv/watch/hub.ts";
import type { DiskUse, Replica, ReplicaError, ReplicaMember } from "../../replica.ts";

/** Cluster of one member without a disk, on the real state machine, for tests. */
export class MemoryReplica implements Replica {
  readonly clusterId = 0x5eed;
  readonly machine = new StateMachine();
  readonly watches = new WatchHub(this.machine.store);
  /** Error that all requests that need a quorum are refused with, while it is set. */
  failure: ReplicaError | undefined;
  /** While true, nothing that needs a quorum is answered. */
  stuck = false;
  leader = true;
  /** The member that leads, if this one does not. */
  other: MemberId | undefined;
  /** Members as the API lists them; one is all there is. */
  readonly ids = [memberId(1)];
  readonly learners: MemberId[] = [];
  /** Members that leadership was to be handed over to; a test may do it. */
  readonly transfers: MemberId[] = [];
  /** Number of times a quorum was asked whether this member's state is the newest. */
  reads = 0;

  get store(): Store {
    return this.machine.store;
  }

  async propose(request: WriteRequest): Promise<KvResult> {
    await this.#quorum();
    const sequence = this.machine.applied() + 1;
    const data = encodeCommand({ proposer: 1, incarnation: 1, sequence, settled: sequence - 1, request });
    const { result } = this.machine.apply(sequence, data);
    this.watches.advance(this.store);
    return result;
  }

  async confirmRead(): Promise<void> {
    this.reads++;
    await this.#quorum();
  }

  transferLeadership(to: MemberId): void {
    this.transfers.push(to);
  }

  status(): Status {
    const applied = logIndex(this.machine.applied());
    return {
      id: memberId(1),
      role: this.leader ? "leader" : "candidate",
      term: term(2),
      leader: this.leader ? memberId(1) : this.other,
      commit: applied,
      lastIndex: applied,
      membership: { voters: [memberId(1)], learners: [] },
    };
  }

  applied(): number {
    return this.machine.applied();
  }

  disk(): DiskUse {
    return { bytes: 4096, logSyncs: 17 };
  }

  members(): readonly ReplicaMember[] {
    const peerUrls = ["http://127.0.0.1:2380"];
    const clientUrls = ["http://127.0.0.1:2379"];
    return this.ids.map((id) => ({
      id,
      name: `n${id}`,
      learner: this.learners.includes(id),
      peerUrls,
      clientUrls,
    }));
  }

  async #quorum(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.stuck) await new Promise(() => {});
  }
}
