import type { Cancel } from "../../core/clock.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { RaftNode } from "../core/node.ts";
import { type Input, logIndex, type MemberId, type Ready, type Status, term } from "../core/types.ts";
import type { Applied } from "../kv/machine.ts";
import type { KvResult, WriteRequest } from "../kv/request.ts";
import type { Store } from "../kv/store.ts";
import { WatchHub } from "../kv/watch/hub.ts";
import { Applier } from "./applier.ts";
import { Disk, type OpenedDisk } from "./disk.ts";
import { found } from "./founding.ts";
import {
  createNode,
  flawsOfWatches,
  type MemberOptions,
  machineOptions,
  ticksPerHeartbeat,
} from "./member-options.ts";
import { Proposals } from "./proposals.ts";
import { Reads } from "./reads.ts";
import { type DiskUse, type Replica, ReplicaError, type ReplicaMember } from "./replica.ts";
import { type PeerAddress, PeerTransport } from "./transport/transport.ts";
import { inTurns } from "./turns.ts";
import type { LogBase } from "./wal/record.ts";
import { WritePipeline } from "./write-pipeline.ts";

/** Maximum ticks made up for after a pause of the whole process, so that the others' messages are heard first. */
const ticksAtOnceMax = 3;
const pendingCountMax = 8_192;
const pendingBytesMax = 64 * 1024 * 1024;
const proposeBytesMax = 4 * 1024 * 1024;

/**
 * One member of the cluster: feeds the Raft core with ticks, messages and requests, and does what its Readies ask for.
 * Whatever happens within one turn of the event loop shares one Ready, and so one write to disk.
 */
export class Member implements Replica {
  readonly watches: WatchHub;
  readonly #options: MemberOptions;
  readonly #disk: Disk;
  readonly #node: RaftNode;
  readonly #transport: PeerTransport;
  readonly #pipeline: WritePipeline;
  readonly #applier: Applier;
  readonly #proposals: Proposals;
  readonly #reads: Reads;
  readonly #unreachable = new Set<MemberId>();
  #status: Status;
  #leaderlessSince: Nanos | undefined;
  #snapshotting = false;
  #turnScheduled = false;
  #lastTick: Nanos;
  #cancelTick: Cancel = () => {};
  #stopped = false;

  private constructor(options: MemberOptions, transport: PeerTransport, opened: OpenedDisk) {
    const { clock } = options;
    const { disk, snapshot, recovered } = opened;
    this.#options = options;
    this.#disk = disk;
    this.#transport = transport;
    this.#node = createNode(options, opened);
    this.#status = this.#node.status();
    this.#lastTick = clock.now();
    this.#leaderlessSince = clock.now();
    const start: LogBase = snapshot ?? { index: logIndex(0), term: term(0) };
    this.#pipeline = new WritePipeline({
      disk,
      hardState: recovered.hardState,
      end: recovered.entries.at(-1) ?? start,
      send: (message) => transport.send(message),
      onDurable: (end) => this.#step({ type: "persisted", ...end }),
    });
    this.#applier = new Applier({
      snapshot,
      machine: machineOptions(options.mutants),
      onApplied: (applied) => {
        this.watches.advance(this.store);
        this.#answer(applied, recovered.incarnation);
      },
      onRestored: () => this.#restored(recovered.incarnation),
      log: options.log,
    });
    this.watches = new WatchHub(this.store, { flaws: flawsOfWatches(options.mutants) });
    const what = `${snapshot ? `snapshot at ${snapshot.index} and ` : ""}${recovered.entries.length} entries`;
    options.log(`recovered ${what}, term ${this.#status.term}`);
    const requestTimeout = millis(options.requestTimeoutMs);
    const patience = millis(options.electionTimeoutMs);
    this.#proposals = new Proposals({
      proposer: options.id,
      incarnation: recovered.incarnation,
      requestTimeout,
      patience,
      countMax: pendingCountMax,
      bytesMax: pendingBytesMax,
      bytesAtOnceMax: proposeBytesMax,
    });
    this.#reads = new Reads({ requestTimeout, patience });
  }

  /**
   * Takes the peer address and reads the disk; `begin` does the rest. Rejects if the address is taken, and with a
   * CorruptionError where the data directory is damaged.
   */
  static async open(options: MemberOptions): Promise<Member> {
    const { id, clusterId, directory, log, onFatal } = options;
    // Before the disk is touched: a second process that was given the same options ends here.
    const transport = await PeerTransport.bind({ ...options, self: id });
    try {
      const identity = { clusterId, memberId: id };
      const opened = await Disk.open({ directory, identity, log, onError: onFatal });
      return new Member(options, transport, opened);
    } catch (error) {
      await transport.stop();
      throw error;
    }
  }

  /** Takes part in the cluster from now on. */
  begin(): void {
    this.#transport.open({
      onMessage: (message) => this.#step({ type: "receive", message }),
      onUnreachable: (member) => this.#unreachable.add(member),
    });
    this.#lastTick = this.#options.clock.now();
    this.#scheduleTick();
    this.#scheduleTurn();
    const isOver = () => this.#stopped || this.#status.term > 0;
    found(this.#options, isOver, () => this.#step({ type: "campaign" }));
  }

  get clusterId(): number {
    return this.#options.clusterId;
  }

  get store(): Store {
    return this.#applier.machine.store;
  }

  propose(request: WriteRequest): Promise<KvResult> {
    if (this.#stopped) return Promise.reject(new ReplicaError("stopping", "the server is stopping"));
    this.#scheduleTurn();
    return this.#proposals.add(request, this.#options.clock.now());
  }

  confirmRead(): Promise<void> {
    if (this.#stopped) return Promise.reject(new ReplicaError("stopping", "the server is stopping"));
    this.#scheduleTurn();
    return this.#reads.add(this.#options.clock.now());
  }

  transferLeadership(to: MemberId): void {
    this.#step({ type: "transfer-leadership", to });
  }

  status(): Status {
    return this.#node.status();
  }

  applied(): number {
    return this.#applier.index;
  }

  disk(): DiskUse {
    return this.#disk;
  }

  members(): readonly ReplicaMember[] {
    const { membership } = this.#node.status();
    const member = (id: MemberId, learner: boolean): ReplicaMember => {
      const { name, host, port } = this.#address(id);
      const peerUrls = [`http://${host.includes(":") ? `[${host}]` : host}:${port}`];
      return { id, name, learner, peerUrls, clientUrls: this.#transport.clientUrls(id) };
    };
    return [
      ...membership.voters.map((id) => member(id, false)),
      ...membership.learners.map((id) => member(id, true)),
    ];
  }

  /** Refuses new requests, answers those under way as far as the outcome is known, and leaves the disk closed. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelTick();
    this.#proposals.stop();
    this.#reads.stop();
    await this.#transport.stop();
    await this.#disk.close();
  }

  #scheduleTick(): void {
    const { clock } = this.#options;
    const interval = millis(this.#options.heartbeatMs / ticksPerHeartbeat);
    this.#cancelTick = clock.after(nanos(this.#lastTick + interval - clock.now()), () => {
      const due = Math.floor((clock.now() - this.#lastTick) / interval);
      this.#lastTick = due > ticksAtOnceMax ? clock.now() : nanos(this.#lastTick + due * interval);
      for (let i = Math.min(due, ticksAtOnceMax); i > 0; i--) this.#step({ type: "tick" });
      for (const member of this.#unreachable) this.#step({ type: "unreachable", member });
      this.#unreachable.clear();
      this.#proposals.tick(this.#node.status(), this.#leaderlessSince, clock.now());
      this.#reads.tick(this.#leaderlessSince, clock.now());
      this.#scheduleTick();
    });
  }

  #step(input: Input): void {
    if (this.#stopped) return;
    this.#node.step(input);
    this.#scheduleTurn();
  }

  /** Schedules a Ready after the events of this turn of the event loop, so that they share one. */
  #scheduleTurn(): void {
    if (this.#turnScheduled || this.#stopped) return;
    this.#turnScheduled = true;
    setImmediate(() => {
      this.#turnScheduled = false;
      try {
        this.#turn();
      } catch (error) {
        this.#options.onFatal(error);
      }
    });
  }

  #turn(): void {
    if (this.#stopped) return;
    for (;;) {
      const status = this.#node.status();
      this.#noteStatus(status);
      const commands = this.#proposals.take(status, this.#options.clock.now());
      if (commands.length > 0) this.#node.step({ type: "propose", commands });
      const context = this.#reads.take();
      if (context !== undefined) this.#node.step({ type: "read", context });
      const ready = this.#node.ready();
      if (ready === undefined) break;
      this.#handle(ready);
    }
    if (this.#applier.run(this.#pipeline.durable)) this.#scheduleTurn();
    this.#reads.applied(this.#applier.index);
    this.#snapshotIfDue();
  }

  #handle(ready: Ready): void {
    this.#pipeline.take(ready);
    this.#applier.add(ready.snapshot, ready.committed);
    for (const { context, index } of ready.reads) this.#reads.confirmed(context, index);
    for (const context of ready.refusedReads) this.#reads.refused(context);
    for (const command of ready.dropped) this.#proposals.dropped(command);
  }

  #noteStatus(status: Status): void {
    const before = this.#status;
    this.#status = status;
    const { role, term: now, leader } = status;
    if (role === before.role && now === before.term && leader === before.leader) return;
    const appeared = leader !== undefined && (leader !== before.leader || now !== before.term);
    if (appeared) {
      this.#proposals.leaderAppeared();
      this.watches.leaderAppeared();
    }
    if (leader !== undefined) this.#leaderlessSince = undefined;
    else this.#leaderlessSince ??= this.#options.clock.now();
    const leadership = leader === undefined ? "no leader" : `leader ${this.#address(leader).name}`;
    this.#options.log(`term ${now}: ${role}, ${leadership}`);
  }

  #answer(applied: Applied, incarnation: number): void {
    if (applied.proposer !== this.#options.id || applied.incarnation !== incarnation) return;
    this.#proposals.settle(applied.sequence, applied.result);
  }

  #restored(incarnation: number): void {
    this.#options.log(`snapshot: restored at ${this.#applier.index} from the leader`);
    const { machine } = this.#applier;
    this.watches.replace(machine.store);
    this.#proposals.settleKnown((sequence) => machine.result(this.#options.id, incarnation, sequence));
  }

  #snapshotIfDue(): void {
    const { snapshotEntries, onFatal } = this.#options;
    if (this.#snapshotting || !this.#applier.isSnapshotDue(snapshotEntries)) return;
    this.#snapshotting = true;
    this.#takeSnapshot().catch(onFatal);
  }

  async #takeSnapshot(): Promise<void> {
    const parts = this.#applier.snapshot((index) => this.#node.membershipAt(index));
    const snapshot = await inTurns(parts, () => this.#stopped);
    if (snapshot === undefined) return;
    await this.#disk.saveSnapshot(snapshot);
    this.#snapshotting = false;
    this.#options.log(`snapshot: taken at ${snapshot.index}, ${snapshot.data.length} bytes`);
    this.#step({ type: "compact", snapshot });
  }

  #address(id: MemberId): Pick<PeerAddress, "name" | "host" | "port"> {
    const { name, listen, peers } = this.#options;
    if (id === this.#options.id) return { name, ...listen };
    return peers.find((peer) => peer.id === id) ?? { name: `member ${id}`, host: "unknown", port: 0 };
  }
}
