import type { Random } from "../../core/random.ts";
import { RaftNode } from "../core/node.ts";
import {
  type Entry,
  type Input,
  logIndex,
  type MemberId,
  type Membership,
  type Ready,
  type Snapshot,
  type Status,
  term,
} from "../core/types.ts";
import { StateMachine } from "../kv/machine.ts";
import type { WriteRequest } from "../kv/request.ts";
import { SimDisk } from "./disk.ts";
import { Proposer } from "./proposer.ts";
import { describeInput, describeReady } from "./trace.ts";
import { streamOf, type World } from "./world.ts";

/** A process of a member: gone after a crash. */
interface Process {
  readonly node: RaftNode;
  machine: StateMachine;
  applied: number;
  /** Term of the last applied entry. */
  appliedTerm: number;
  snapshotIndex: number;
  /** A write is on its way to the disk; the next Ready waits for it. */
  writing: boolean;
  readonly proposer: Proposer;
  /** Reads by context: the index that they must not be older than. */
  readonly reads: Map<number, number>;
  /** Confirmed reads that wait for their index to be applied. */
  confirmed: { readonly context: number; readonly index: number; readonly floor: number }[];
  leaderSeen: string;
}

/**
 * A member with its driver, as raft/server drives it: one Ready at a time; what promises something leaves after the
 * disk has it. It can crash, restart and stand still.
 */
export class SimMember {
  readonly id: MemberId;
  readonly #world: World;
  readonly #disk: SimDisk;
  readonly #diskRandom: Random;
  #process: Process | undefined;
  #starts = 0;
  #readContexts = 0;
  /** What arrives while the process stands still. */
  #held: (() => void)[] | undefined;
  /** The disk takes so many times longer. */
  diskSlowness = 1;

  constructor(world: World, id: MemberId, bootstrap: Membership) {
    this.#world = world;
    this.id = id;
    this.#disk = new SimDisk(bootstrap);
    this.#diskRandom = streamOf(world, "disk", id, 0);
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  get isPaused(): boolean {
    return this.#held !== undefined;
  }

  get status(): Status | undefined {
    return this.#process?.node.status();
  }

  /** Index applied, 0 when it is down. */
  get applied(): number {
    return this.#process?.applied ?? 0;
  }

  /** Requests and reads of clients that have neither an answer nor a refusal. */
  get unanswered(): number {
    if (this.#process === undefined) return 0;
    const { proposer, reads, confirmed } = this.#process;
    return proposer.pending + reads.size + confirmed.length;
  }

  state(): Uint8Array | undefined {
    return this.#process?.machine.encodeSnapshot();
  }

  start(): void {
    if (this.#process !== undefined) return;
    const { options, invariants } = this.#world;
    this.#starts += 1;
    const persisted = this.#disk.load();
    const { snapshot } = persisted;
    const node = new RaftNode({
      ...options,
      id: this.id,
      persisted,
      random: streamOf(this.#world, "member", this.id, this.#starts),
    });
    this.#process = {
      node,
      machine: this.#machine(snapshot),
      applied: snapshot?.index ?? 0,
      appliedTerm: snapshot?.term ?? 0,
      snapshotIndex: snapshot?.index ?? 0,
      writing: false,
      proposer: new Proposer(this.id, this.#starts),
      reads: new Map(),
      confirmed: [],
      leaderSeen: "",
    };
    this.#world.trace?.(`${this.id} starts`);
    invariants.started(this.id, node.status(), snapshot, persisted.entries);
    this.#scheduleTick(this.#process);
    this.#pump(this.#process);
  }

  crash(): void {
    if (this.#process === undefined) return;
    this.#world.trace?.(`${this.id} crashes`);
    this.#world.stats.crashes += 1;
    this.#process = undefined;
    this.#held = undefined;
    this.#disk.crash(this.#diskRandom);
    this.#world.invariants.crashed(this.id);
  }

  pause(): void {
    if (this.#process === undefined) return;
    this.#world.trace?.(`${this.id} pauses`);
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#world.trace?.(`${this.id} resumes`);
    this.#held = undefined;
    for (const run of held) run();
  }

  /** Something happens to the process that runs now; nothing where none does. */
  step(input: Input): void {
    this.#whenAwake(this.#process, (process) => this.#step(process, input));
  }

  /** A client gives it a request. */
  propose(request: WriteRequest): void {
    this.#whenAwake(this.#process, (process) => {
      const command = process.proposer.take(request, this.#world.events.now);
      this.#step(process, { type: "propose", commands: [command] });
    });
  }

  /** A client wants to read. */
  read(): void {
    const floor = this.#world.invariants.readFloor;
    this.#whenAwake(this.#process, (process) => {
      this.#readContexts += 1;
      process.reads.set(this.#readContexts, floor);
      this.#step(process, { type: "read", context: this.#readContexts });
    });
  }

  /** Sends again what has had no answer. */
  retryProposals(): void {
    this.#whenAwake(this.#process, (process) => {
      const commands = process.proposer.unanswered(this.#world.events.now);
      if (commands.length > 0) this.#step(process, { type: "propose", commands });
    });
  }

  #machine(snapshot: Snapshot | undefined): StateMachine {
    const options = { applyTwice: this.#world.options.mutants.has("apply-twice") };
    return snapshot ? StateMachine.decodeSnapshot(snapshot.data, options) : new StateMachine(options);
  }

  #whenAwake(process: Process | undefined, run: (process: Process) => void): void {
    if (process === undefined || process !== this.#process) return;
    if (this.#held === undefined) run(process);
    else this.#held.push(() => this.#whenAwake(process, run));
  }

  #scheduleTick(process: Process): void {
    const { events, options, random } = this.#world;
    // Clocks run at slightly different speeds.
    const period = options.tickMs + random.integer(-1, 1);
    events.after(period, () => {
      if (process !== this.#process) return;
      // A process that stands still does not notice the time that passes.
      if (!this.isPaused) this.#step(process, { type: "tick" });
      if (process === this.#process) this.#scheduleTick(process);
    });
  }

  #step(process: Process, input: Input): void {
    const { stats, trace, invariants } = this.#world;
    stats.steps += 1;
    if (trace && input.type !== "tick" && input.type !== "persisted")
      trace(`${this.id} <- ${describeInput(input)}`);
    process.node.step(input);
    invariants.stepped(this.id, process.node.status());
    this.#pump(process);
  }

  #pump(process: Process): void {
    while (!process.writing) {
      const ready = process.node.ready();
      if (ready === undefined) return;
      this.#take(process, ready);
    }
  }

  #take(process: Process, ready: Ready): void {
    const { events, invariants, options, trace } = this.#world;
    if (trace) trace(`${this.id} -> ${describeReady(ready)}`);
    invariants.took(this.id, ready);
    for (const message of ready.immediate) this.#send(message);
    this.#disk.write(ready, this.#diskRandom);
    if (!this.#disk.isDirty) {
      this.#finish(process, ready);
      return;
    }
    process.writing = true;
    const [min, max] = options.syncMs;
    const delayMs = this.#diskRandom.integer(min, max) * this.diskSlowness;
    events.after(delayMs, () =>
      this.#whenAwake(process, () => {
        process.writing = false;
        this.#disk.sync();
        const last = ready.entries.at(-1) ?? ready.snapshot;
        this.#finish(process, ready);
        if (this.#crashesAfter(ready)) return;
        this.#step(process, {
          type: "persisted",
          index: last?.index ?? logIndex(0),
          term: last?.term ?? term(0),
        });
      }),
    );
  }

  /** What follows once the Ready is on disk. */
  #finish(process: Process, ready: Ready): void {
    for (const message of ready.messages) this.#send(message);
    if (ready.snapshot !== undefined) this.#restore(process, ready.snapshot);
    for (const entry of ready.committed) this.#apply(process, entry);
    this.#followReads(process, ready);
    this.#followProposals(process, ready);
    this.#compact(process);
  }

  /** The worst moment for a crash: what was promised has left, and little else was remembered. */
  #crashesAfter(ready: Ready): boolean {
    const { options, events } = this.#world;
    const voted = ready.messages.some((message) => message.type === "vote-reply" && message.granted);
    if (!voted || events.now >= options.durationMs) return false;
    if (!this.#diskRandom.chance(options.crashAfterVoteProbability)) return false;
    this.crash();
    events.after(this.#diskRandom.integer(1, options.tickMs), () => this.start());
    return true;
  }

  #send(message: Ready["messages"][number]): void {
    this.#world.stats.messages += 1;
    const sent = this.#world.network.send(message);
    if (!sent && this.#diskRandom.chance(0.1)) {
      this.#world.events.after(1, () => this.step({ type: "unreachable", member: message.to }));
    }
  }

  #restore(process: Process, snapshot: Snapshot): void {
    this.#world.stats.snapshotsInstalled += 1;
    process.machine = this.#machine(snapshot);
    process.applied = snapshot.index;
    process.appliedTerm = snapshot.term;
    process.snapshotIndex = snapshot.index;
    this.#acknowledge(process, process.proposer.settleFrom(process.machine));
  }

  #apply(process: Process, entry: Entry): void {
    const { invariants, stats } = this.#world;
    const applied = entry.type === "command" ? process.machine.apply(entry.index, entry.data) : undefined;
    process.applied = entry.index;
    process.appliedTerm = entry.term;
    invariants.applied(this.id, entry, applied);
    if (entry.type === "membership") stats.membershipChanges += 1;
    if (applied?.duplicate) stats.duplicates += 1;
    if (applied && process.proposer.settle(applied)) this.#acknowledge(process, 1);
  }

  /** `count` clients of this member learn that their write is done. */
  #acknowledge(process: Process, count: number): void {
    if (count === 0) return;
    this.#world.stats.acknowledged += count;
    this.#world.invariants.acknowledge(process.applied);
  }

  #followReads(process: Process, ready: Ready): void {
    const { invariants, stats } = this.#world;
    for (const { context, index } of ready.reads) {
      const floor = process.reads.get(context) ?? 0;
      process.reads.delete(context);
      invariants.confirmed(this.id, index, floor);
      process.confirmed.push({ context, index, floor });
    }
    for (const context of ready.refusedReads) process.reads.delete(context);
    stats.readsRefused += ready.refusedReads.length;
    const answered = process.confirmed.filter(({ index }) => index <= process.applied);
    if (answered.length === 0) return;
    process.confirmed = process.confirmed.filter(({ index }) => index > process.applied);
    stats.readsAnswered += answered.length;
    // What one client saw, a later read must not miss.
    invariants.acknowledge(process.applied);
  }

  /** A new leader may not have what the old one was given: whatever has no answer is sent again, once. */
  #followProposals(process: Process, { status, dropped }: Ready): void {
    this.#world.stats.dropped += dropped.length;
    const leader = `${status.term} ${status.leader}`;
    if (status.leader === undefined || leader === process.leaderSeen) return;
    process.leaderSeen = leader;
    const commands = process.proposer.all();
    if (commands.length > 0) process.node.step({ type: "propose", commands });
  }

  #compact(process: Process): void {
    const { options, invariants } = this.#world;
    if (process.applied - process.snapshotIndex < options.compactEvery) return;
    const index = logIndex(process.applied);
    const snapshot: Snapshot = {
      index,
      term: term(process.appliedTerm),
      membership: process.node.membershipAt(index),
      data: process.machine.encodeSnapshot(),
    };
    process.snapshotIndex = index;
    invariants.snapshotTaken(snapshot);
    this.#disk.compact(snapshot);
    process.node.step({ type: "compact", snapshot });
  }
}
