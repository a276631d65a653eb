import { logIndex, memberId, type Status, term } from "../../../core/types.ts";
import { encodeCommand } from "../../../kv/command.ts";
import { StateMachine } from "../../../kv/machine.ts";
import type { KvResult, WriteRequest } from "../../../kv/request.ts";
import type { Store } from "../../../kv/store.ts";
import type { Replica, ReplicaError, ReplicaMember } from "../../replica.ts";

/** Cluster of one member without a disk, on the real state machine, for tests. */
export class MemoryReplica implements Replica {
  readonly clusterId = 0x5eed;
  readonly machine = new StateMachine();
  /** Error that all requests that need a quorum are refused with, while it is set. */
  failure: ReplicaError | undefined;
  /** While true, nothing that needs a quorum is answered. */
  stuck = false;
  leader = true;
  /** Number of times a quorum was asked whether this member's state is the newest. */
  reads = 0;

  get store(): Store {
    return this.machine.store;
  }

  async propose(request: WriteRequest): Promise<KvResult> {
    await this.#quorum();
    const sequence = this.machine.applied() + 1;
    const data = encodeCommand({ proposer: 1, incarnation: 1, sequence, settled: sequence - 1, request });
    return this.machine.apply(sequence, data).result;
  }

  async confirmRead(): Promise<void> {
    this.reads++;
    await this.#quorum();
  }

  status(): Status {
    const applied = logIndex(this.machine.applied());
    return {
      id: memberId(1),
      role: this.leader ? "leader" : "candidate",
      term: term(2),
      leader: this.leader ? memberId(1) : undefined,
      commit: applied,
      lastIndex: applied,
      membership: { voters: [memberId(1)], learners: [] },
    };
  }

  applied(): number {
    return this.machine.applied();
  }

  diskBytes(): number {
    return 4096;
  }

  members(): readonly ReplicaMember[] {
    const peerUrls = ["http://127.0.0.1:2380"];
    return [{ id: 1, name: "n1", learner: false, peerUrls, clientUrls: ["http://127.0.0.1:2379"] }];
  }

  async #quorum(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.stuck) await new Promise(() => {});
  }
}
