import type { RaftNode } from "../core/node.ts";
import {
  type Entry,
  type Input,
  logIndex,
  type MemberId,
  type Ready,
  type Snapshot,
  term,
} from "../core/types.ts";
import { StateMachine } from "../kv/machine.ts";
import type { WriteRequest } from "../kv/request.ts";
import type { SimDisk } from "./disk.ts";
import { Proposer } from "./proposer.ts";
import type { World } from "./world.ts";

export interface ReplicaOptions {
  readonly world: World;
  readonly id: MemberId;
  /** Which start of the member this is, from 1. */
  readonly incarnation: number;
  readonly node: RaftNode;
  readonly disk: SimDisk;
  readonly snapshot: Snapshot | undefined;
}

/** The state machine of one process of a member, and the clients that wait for it: what a Ready means once it is durable. */
export class SimReplica {
  readonly #options: ReplicaOptions;
  readonly #proposer: Proposer;
  /** Reads by context: the index that they must not be older than. */
  readonly #reads = new Map<number, number>();
  /** Indices of confirmed reads that wait to be applied. */
  #confirmed: number[] = [];
  #contexts = 0;
  #machine: StateMachine;
  #applied: number;
  #appliedTerm: number;
  #snapshotIndex: number;
  #leaderSeen = "";

  constructor(options: ReplicaOptions) {
    const { snapshot, id, incarnation } = options;
    this.#options = options;
    this.#proposer = new Proposer(id, incarnation);
    this.#machine = this.#machineOf(snapshot);
    this.#applied = snapshot?.index ?? 0;
    this.#appliedTerm = snapshot?.term ?? 0;
    this.#snapshotIndex = this.#applied;
  }

  get applied(): number {
    return this.#applied;
  }

  get state(): Uint8Array {
    return this.#machine.encodeSnapshot();
  }

  /** Requests and reads of clients that have neither an answer nor a refusal. */
  get unanswered(): number {
    return this.#proposer.pending + this.#reads.size + this.#confirmed.length;
  }

  take(request: WriteRequest): Input {
    return { type: "propose", commands: [this.#proposer.take(request, this.#options.world.events.now)] };
  }

  /** `floor`: what had been acknowledged when the client asked. */
  read(floor: number): Input {
    this.#contexts += 1;
    this.#reads.set(this.#contexts, floor);
    return { type: "read", context: this.#contexts };
  }

  /** Requests that have waited too long for their answers. */
  retry(): Input | undefined {
    const commands = this.#proposer.unanswered(this.#options.world.events.now);
    return commands.length > 0 ? { type: "propose", commands } : undefined;
  }

  finish(ready: Ready): void {
    if (ready.snapshot !== undefined) this.#restore(ready.snapshot);
    for (const entry of ready.committed) this.#apply(entry);
    this.#followReads(ready);
    this.#followProposals(ready);
    this.#compact();
  }

  #machineOf(snapshot: Snapshot | undefined): StateMachine {
    const options = { applyTwice: this.#options.world.options.mutants.has("apply-twice") };
    return snapshot ? StateMachine.decodeSnapshot(snapshot.data, options) : new StateMachine(options);
  }

  #restore(snapshot: Snapshot): void {
    const { world, id, incarnation } = this.#options;
    world.stats.snapshotsInstalled += 1;
    this.#machine = this.#machineOf(snapshot);
    this.#applied = snapshot.index;
    this.#appliedTerm = snapshot.term;
    this.#snapshotIndex = snapshot.index;
    this.#acknowledge(
      this.#proposer.settleWhere((sequence) => this.#machine.result(id, incarnation, sequence) !== undefined),
    );
  }

  #apply(entry: Entry): void {
    const { id, incarnation, world } = this.#options;
    const applied = entry.type === "command" ? this.#machine.apply(entry.index, entry.data) : undefined;
    this.#applied = entry.index;
    this.#appliedTerm = entry.term;
    world.invariants.applied(id, entry, applied);
    if (entry.type === "membership") world.stats.membershipChanges += 1;
    if (applied === undefined) return;
    if (applied.duplicate) world.stats.duplicates += 1;
    if (applied.proposer === id && applied.incarnation === incarnation) {
      this.#acknowledge(this.#proposer.settleWhere((sequence) => sequence === applied.sequence));
    }
  }

  /** `count` clients learn that their write is done. */
  #acknowledge(count: number): void {
    if (count === 0) return;
    this.#options.world.stats.acknowledged += count;
    this.#options.world.invariants.acknowledge(this.#applied);
  }

  #followReads({ reads, refusedReads }: Ready): void {
    const { id, world } = this.#options;
    for (const { context, index } of reads) {
      world.invariants.confirmed(id, index, this.#reads.get(context) ?? 0);
      this.#reads.delete(context);
      this.#confirmed.push(index);
    }
    for (const context of refusedReads) this.#reads.delete(context);
    world.stats.readsRefused += refusedReads.length;
    const waiting = this.#confirmed.filter((index) => index > this.#applied);
    const answered = this.#confirmed.length - waiting.length;
    this.#confirmed = waiting;
    world.stats.readsAnswered += answered;
    // A later read must not miss what one client saw.
    if (answered > 0) world.invariants.acknowledge(this.#applied);
  }

  /** A new leader may not have what the old one was given: whatever has no answer is sent again. */
  #followProposals({ status, dropped }: Ready): void {
    this.#options.world.stats.dropped += dropped.length;
    const leader = `${status.term} ${status.leader}`;
    if (status.leader === undefined || leader === this.#leaderSeen) return;
    this.#leaderSeen = leader;
    const commands = this.#proposer.all();
    if (commands.length > 0) this.#options.node.step({ type: "propose", commands });
  }

  #compact(): void {
    const { world, node, disk } = this.#options;
    if (this.#applied - this.#snapshotIndex < world.options.compactEvery) return;
    const index = logIndex(this.#applied);
    const membership = node.membershipAt(index);
    const snapshot = { index, term: term(this.#appliedTerm), membership, data: this.state };
    this.#snapshotIndex = index;
    world.invariants.snapshotTaken(snapshot);
    disk.compact(snapshot);
    node.step({ type: "compact", snapshot });
  }
}
