/**
 * The open loop: an operation is due when the schedule says, at the nodes in turn, whatever became of the ones before. It takes a
 * free process of its node, or a new one up to a bound; where the bound is reached it is counted as unsent, once, and is
 * over. So a node that does not answer makes nobody owe operations, and what it answers late stands in its own
 * operations' response times (no coordinated omission).
 *
 * With retries a request is asked again, as an operation of its own, until one succeeds: all of them are meant to start when the
 * request was, so that the response time of the one that succeeds is that of the request.
 */
import { build } from "hdr-histogram-js";
import { assert } from "../../core/assert.ts";
import type { Cancel } from "../../core/clock.ts";
import type { Call, Outcome } from "../../core/op.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { Arrivals } from "./arrivals.ts";
import type { LoadContext, LoadDriver, LoadProcess, Unsent } from "./load.ts";
import { isRetried, type Retries, waitAfter } from "./retries.ts";

/** Timers of the platform fire up to a millisecond early: then the operation starts early rather than late. */
const earliness = millis(1);
/** Unsent operations are counted by node in spans of this length. */
const unsentSpan = millis(100);
/** A process that may be stopped and that comes this late was. */
const stoppedFor = millis(100);

/** The processes of one node. */
interface Pool {
  readonly index: number;
  made: number;
  /** Those that wait for an operation; the one that was used last is used next. */
  readonly free: LoadProcess[];
}

/** One operation of a request. */
interface Attempt {
  readonly call: Call;
  /** 1 the first. */
  readonly number: number;
  /** When the request was meant to start. */
  readonly intended: Nanos;
  readonly pool: Pool;
}

export class OpenLoad implements LoadDriver {
  readonly sendLag = build({ numberOfSignificantValueDigits: 3 });
  readonly #context: LoadContext;
  readonly #arrivals: Arrivals;
  readonly #retries: Retries | undefined;
  /** Timers of the attempts to come. */
  readonly #waiting = new Set<Cancel>();
  readonly #pools: readonly Pool[];
  readonly #processes: LoadProcess[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #unsent: { node: Unsent["node"]; at: Nanos; count: number; because: Unsent["because"] }[] = [];
  #begin = nanos(0);
  /** When the next operation of this share is due, from the begin. */
  #next: Nanos;
  /** Operations of this share that have been due. */
  #due = 0;
  #succeeded = 0;
  #mayStop = false;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(context: LoadContext, arrivals: Arrivals, retries?: Retries) {
    this.#context = context;
    this.#arrivals = arrivals;
    this.#retries = retries;
    this.#next = arrivals();
    this.#pools = context.nodes.map((_, index) => ({ index, made: 0, free: [] }));
  }

  get processes(): readonly LoadProcess[] {
    return this.#processes;
  }

  get succeeded(): number {
    return this.#succeeded;
  }

  get unsent(): readonly Unsent[] {
    return this.#unsent;
  }

  async open(): Promise<void> {
    const { opened, bound } = this.#context;
    while (this.#processes.length < Math.min(opened, bound)) {
      for (const pool of this.#pools) {
        const process = this.#make(pool);
        if (process !== undefined) pool.free.unshift(process);
      }
    }
    await Promise.all(this.#processes.map((process) => process.open()));
  }

  start(begin: Nanos, from: Nanos): void {
    this.#begin = begin;
    while (this.#nextDue() < from) this.#nextPool();
    if (from > begin) this.#skip(this.#context.clock.now());
    this.#tick(this.#nextDue());
  }

  mayStop(may: boolean): void {
    this.#mayStop = may;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    for (const cancel of this.#waiting) cancel();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Starts what is due, `alarm` included where the timer fired a little before it, and comes back for the next. */
  #tick(alarm: Nanos): void {
    const { clock, onError } = this.#context;
    if (this.#stopped) return;
    if (this.#mayStop && clock.now() - alarm > stoppedFor) this.#skip(clock.now());
    const until = Math.max(clock.now(), alarm - clock.now() <= earliness ? alarm : 0);
    try {
      while (this.#nextDue() <= until) this.#start(this.#nextDue());
    } catch (reason) {
      onError(reason);
      return;
    }
    const next = this.#nextDue();
    this.#cancel = clock.after(nanos(next - clock.now()), () => this.#tick(next));
  }

  #nextDue(): Nanos {
    return nanos(this.#begin + this.#next);
  }

  #start(due: Nanos): void {
    const { clock } = this.#context;
    const pool = this.#nextPool();
    const process = pool.free.pop() ?? this.#make(pool);
    if (process === undefined) {
      this.#countUnsent(pool, due, "busy");
      return;
    }
    const now = clock.now();
    this.sendLag.recordValue(Math.max(0, Math.round((now - due) / 1000)));
    const intended = nanos(Math.min(due, now));
    this.#attempt(process, { call: process.actor.next(), number: 1, intended, pool });
  }

  #attempt(process: LoadProcess, attempt: Attempt): void {
    const { call, intended, pool } = attempt;
    const work = process
      .perform(call, { intended, whileRefused: "fail" })
      .then((outcome) => {
        if (outcome.type === "ok") this.#succeeded++;
        pool.free.push(process);
        this.#retry(attempt, outcome);
      }, this.#context.onError)
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Asks again at the next node, by and by; a request for which no process is free then is given up. */
  #retry({ call, number, intended, pool }: Attempt, outcome: Outcome): void {
    const retries = this.#retries;
    if (this.#stopped || retries === undefined || number > retries.most || !isRetried(outcome)) return;
    const cancel = this.#context.clock.after(waitAfter(number, retries), () => {
      this.#waiting.delete(cancel);
      try {
        const next = this.#pools[(pool.index + 1) % this.#pools.length] ?? pool;
        const process = next.free.pop() ?? this.#make(next);
        if (process === undefined) return;
        const again = process.actor.again?.(call) ?? process.actor.next();
        this.#attempt(process, { call: again, number: number + 1, intended, pool: next });
      } catch (reason) {
        this.#context.onError(reason);
      }
    });
    this.#waiting.add(cancel);
  }

  /** The node of the operation that is due, and on to the next one. The nodes take turns, and no two shares begin with the same one. */
  #nextPool(): Pool {
    this.#next = this.#arrivals();
    const pool = this.#pools[(this.#due++ + this.#context.share.index) % this.#pools.length];
    assert(pool !== undefined, "a load without nodes");
    return pool;
  }

  /** Counts what was due until then, while nobody was there to send it. */
  #skip(until: Nanos): void {
    for (let due = this.#nextDue(); due <= until; due = this.#nextDue())
      this.#countUnsent(this.#nextPool(), due, "stopped");
  }

  /** A new process of the node, unless there are as many as may be. */
  #make(pool: Pool): LoadProcess | undefined {
    const slot = pool.made * this.#pools.length + pool.index;
    if (slot >= this.#context.bound) return undefined;
    pool.made++;
    const process = this.#context.make(slot);
    this.#processes.push(process);
    return process;
  }

  #countUnsent({ index }: Pool, due: Nanos, because: Unsent["because"]): void {
    const node = this.#context.nodes[index];
    assert(node !== undefined, "a pool without a node");
    const last = this.#unsent.findLast((span) => span.node === node);
    if (last?.because === because && due - last.at < unsentSpan) last.count++;
    else this.#unsent.push({ node, at: due, count: 1, because });
  }
}
