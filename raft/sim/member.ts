import type { Random } from "../../core/random.ts";
import { RaftNode } from "../core/node.ts";
import type { Input, MemberId, Membership, Message, Ready, Status } from "../core/types.ts";
import type { WriteRequest } from "../kv/request.ts";
import { SimDisk } from "./disk.ts";
import { SimReplica } from "./replica.ts";
import { describeInput, describeReady } from "./trace.ts";
import type { World } from "./world.ts";
import { WriteQueue } from "./write-queue.ts";

/** A process of a member: gone after a crash. */
interface Process {
  readonly node: RaftNode;
  readonly replica: SimReplica;
  readonly writes: WriteQueue;
}

/**
 * A member with its driver, which owes the core what raft/server's owes: what promises something leaves after the disk
 * has it. It can crash, restart and stand still.
 */
export class SimMember {
  readonly id: MemberId;
  readonly #world: World;
  readonly #disk: SimDisk;
  readonly #random: Random;
  #process: Process | undefined;
  #starts = 0;
  /** Work that arrives while the process stands still. */
  #held: (() => void)[] | undefined;
  /** Factor by which the disk is slower than usual. */
  diskSlowness = 1;

  constructor(world: World, id: MemberId, bootstrap: Membership) {
    this.#world = world;
    this.id = id;
    this.#disk = new SimDisk(bootstrap);
    this.#random = world.random.fork(`member-${id}`);
  }

  get status(): Status | undefined {
    return this.#process?.node.status();
  }

  get replica(): SimReplica | undefined {
    return this.#process?.replica;
  }

  start(): void {
    if (this.#process !== undefined) return;
    const world = this.#world;
    this.#starts += 1;
    const persisted = this.#disk.load();
    const { snapshot, entries } = persisted;
    const random = this.#random.fork(`start-${this.#starts}`);
    const node = new RaftNode({ ...world.options, id: this.id, persisted, random });
    const replica = new SimReplica({
      world,
      id: this.id,
      incarnation: this.#starts,
      node,
      disk: this.#disk,
      snapshot,
    });
    const writes = new WriteQueue({
      disk: this.#disk,
      random: this.#random,
      sync: (done) => this.#sync(process, done),
      send: (message) => this.#send(message),
      finish: (ready) => this.#finish(process, ready),
      persisted: (index, term) => this.#step(process, { type: "persisted", index, term }),
    });
    const process: Process = { node, replica, writes };
    this.#process = process;
    world.trace?.(`${this.id} starts`);
    world.invariants.started(this.id, node.status(), snapshot, entries);
    this.#scheduleTick(process);
    this.#pump(process);
  }

  crash(): void {
    if (this.#process === undefined) return;
    this.#world.trace?.(`${this.id} crashes`);
    this.#world.stats.crashes += 1;
    this.#process.writes.stop();
    this.#process = undefined;
    this.#held = undefined;
    this.#disk.crash(this.#random);
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

  /** Does something to the process that runs now; nothing if there is none. */
  step(input: Input): void {
    this.#whenAwake(this.#process, (process) => this.#step(process, input));
  }

  /** A client gives it a request. */
  propose(request: WriteRequest): void {
    this.#whenAwake(this.#process, (process) => this.#step(process, process.replica.take(request)));
  }

  /** A client wants to read. */
  read(): void {
    const floor = this.#world.invariants.readFloor;
    this.#whenAwake(this.#process, (process) => this.#step(process, process.replica.read(floor)));
  }

  /** Sends again what has had no answer for too long. */
  retryProposals(): void {
    this.#whenAwake(this.#process, (process) => {
      const input = process.replica.retry();
      if (input !== undefined) this.#step(process, input);
    });
  }

  #whenAwake(process: Process | undefined, run: (process: Process) => void): void {
    if (process === undefined || process !== this.#process) return;
    if (this.#held === undefined) run(process);
    else this.#held.push(() => this.#whenAwake(process, run));
  }

  #scheduleTick(process: Process): void {
    const { events, options } = this.#world;
    // Clocks run at slightly different speeds.
    events.after(options.tickMs + this.#random.integer(-1, 1), () => {
      if (process !== this.#process) return;
      // A process that stands still does not notice the time that passes.
      if (this.#held === undefined) this.#step(process, { type: "tick" });
      if (process === this.#process) this.#scheduleTick(process);
    });
  }

  #step(process: Process, input: Input): void {
    const { stats, trace, invariants } = this.#world;
    stats.steps += 1;
    if (trace && input.type !== "tick" && input.type !== "persisted") {
      trace(`${this.id} <- ${describeInput(input)}`);
    }
    process.node.step(input);
    invariants.stepped(this.id, process.node.status());
    this.#pump(process);
  }

  #pump(process: Process): void {
    const { invariants, options, trace } = this.#world;
    while (process === this.#process && (options.pipelinedWrites || process.writes.isEmpty)) {
      const ready = process.node.ready();
      if (ready === undefined) return;
      if (trace) trace(`${this.id} -> ${describeReady(ready)}`);
      invariants.took(this.id, ready);
      process.writes.take(ready);
    }
  }

  #sync(process: Process, done: () => void): void {
    const [min, max] = this.#world.options.syncMs;
    this.#world.events.after(this.#random.integer(min, max) * this.diskSlowness, () =>
      this.#whenAwake(process, () => {
        done();
        this.#pump(process);
      }),
    );
  }

  #finish(process: Process, ready: Ready): void {
    this.#world.invariants.shown(this.id, ready.entries);
    process.replica.finish(ready);
    const { options, events } = this.#world;
    const voted = ready.messages.some((message) => message.type === "vote-reply" && message.granted);
    // The worst moment for a crash: the promise has left, and little else was remembered.
    if (!voted || events.now >= options.durationMs) return;
    if (!this.#random.chance(options.crashAfterVoteProbability)) return;
    this.crash();
    events.after(this.#random.integer(1, options.tickMs), () => this.start());
  }

  #send(message: Message): void {
    this.#world.stats.messages += 1;
    if (message.type === "append") this.#world.invariants.shown(this.id, message.entries);
    const sent = this.#world.network.send(message);
    if (sent || !this.#random.chance(0.1)) return;
    this.#world.events.after(1, () => this.step({ type: "unreachable", member: message.to }));
  }
}
