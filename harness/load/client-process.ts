/**
 * One actor's client: a chain of processes, each single-threaded and pinned to one node. A process whose operation
 * ended indeterminate may have that operation still under way, so it never asks again: the next process of the chain
 * takes over under a new id, with a connection of its own.
 */
import { setMaxListeners } from "node:events";
import type { Capability, ClientWith } from "../../adapters/client/client.ts";
import { type Clock, sleep, withTimeout } from "../../core/clock.ts";
import { ClientError, errorCodes } from "../../core/errors.ts";
import type { Call, NodeId, Outcome } from "../../core/op.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { Actor, At } from "../../workloads/workload.ts";
import type { Recorder } from "../record/recorder.ts";

/** A workload that is known only as such may need any capability. */
type Client = ClientWith<Capability>;

export interface ProcessContext {
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** Milliseconds, for connecting and for each operation whose actor names no deadline. */
  readonly timeoutMs: number;
  connect(node: NodeId): Promise<Client>;
}

/** The chain's first process id, the distance between its ids (the number of chains, so that no two meet), and its node. */
export interface Place {
  readonly id: number;
  readonly stride: number;
  readonly node: NodeId;
}

/** A connection, and how to call off what it does. */
interface Connected {
  readonly client: Client;
  readonly end: AbortController;
}

export interface Performance {
  /** A reading of the clock: when the operation was meant to start. */
  readonly intended?: Nanos;
  /**
   * What to do while the node refused a connection a moment ago. `fail`: the operation fails at once, so that a
   * schedule is kept. `wait`: it waits for the next attempt, so that a client without a schedule does not spin.
   */
  readonly whileRefused: "fail" | "wait";
  /** Fires when nothing more is to be asked (`At.over`). */
  readonly over?: AbortSignal;
}

/** A node that refused a connection is not asked for another one so soon. */
const connectBackoff = millis(100);
/** An adapter keeps its own deadline; this much later the harness stops waiting for it. */
const deadlineGrace = millis(500);

/** `Step`: what the actor's `next` gives. */
export class ClientProcess<Step = unknown> {
  readonly node: NodeId;
  readonly actor: Actor<Capability, Step>;
  readonly #context: ProcessContext;
  readonly #stride: number;
  readonly #closing = new Set<Promise<void>>();
  #id: number;
  #connection: Connected | undefined;
  #refusedUntil: Nanos | undefined;

  constructor(context: ProcessContext, place: Place, actor: Actor<Capability, Step>) {
    this.#context = context;
    this.actor = actor;
    this.#id = place.id;
    this.#stride = place.stride;
    this.node = place.node;
  }

  /** The process' id of the moment. */
  get id(): number {
    return this.#id;
  }

  /** Connects ahead of the first operation. A refusal is left for the first operation to report. */
  async open(): Promise<void> {
    await this.#connect("wait").catch(() => {});
  }

  /** Performs one call, records its invocation and outcome, and resolves with it. Never rejects for what the system did. */
  async perform(call: Call, performance: Performance): Promise<Outcome> {
    const { recorder } = this.#context;
    const invocation = recorder.invoke(this.#id, call, this.node, performance.intended);
    const outcome = await this.#attempt(call, invocation, performance);
    recorder.complete(this.#id, call, this.node, outcome);
    this.actor.observe?.(call, outcome);
    if (outcome.type === "info") {
      this.#die();
      this.#id += this.#stride;
    }
    return outcome;
  }

  /** Closes this connection and waits for those let go before. */
  async close(): Promise<void> {
    this.#discard();
    await Promise.all(this.#closing);
  }

  async #attempt(call: Call, invocation: number, performance: Performance): Promise<Outcome> {
    let connection: Connected;
    try {
      connection = this.#connection ?? (await this.#connect(performance.whileRefused));
    } catch (reason) {
      return { type: "fail", error: neverSent(reason) };
    }
    const timeoutMs = this.actor.deadlineMs?.(call) ?? this.#context.timeoutMs;
    const at = this.#at(connection, invocation, timeoutMs, performance.over);
    try {
      const late = () => new ClientError("timeout", "no answer by the deadline");
      const answer = this.actor.perform(connection.client, call, at);
      return { type: "ok", output: await this.#within(timeoutMs, answer, late) };
    } catch (reason) {
      const error = ClientError.from(reason);
      if (!error.definite) return { type: "info", error };
      if (error.code === "not-connected" || error.code === "session-expired") this.#refused();
      return { type: "fail", error };
    }
  }

  #at({ end }: Connected, of: number, timeoutMs: number, over: AbortSignal | undefined): At {
    const { clock, recorder } = this.#context;
    const place = { process: this.#id, node: this.node, of };
    return {
      clock,
      ask: { timeoutMs, signal: end.signal },
      ...(over !== undefined && { over }),
      // Nobody received an answer that arrives after the process ended.
      notice: (notice) => end.signal.aborted || recorder.notice({ ...place, ...notice }),
    };
  }

  async #connect(whileRefused: Performance["whileRefused"]): Promise<Connected> {
    const { clock } = this.#context;
    const wait = (this.#refusedUntil ?? clock.now()) - clock.now();
    if (wait > 0) {
      if (whileRefused === "fail") throw new ClientError("not-connected", "refused a moment ago");
      await sleep(clock, nanos(wait));
    }
    try {
      const end = new AbortController();
      // One call may ask many things at once (a list of keys), and each listens.
      setMaxListeners(0, end.signal);
      this.#connection = { client: await this.#connected(), end };
      this.#refusedUntil = undefined;
      return this.#connection;
    } catch (reason) {
      this.#refused();
      throw reason;
    }
  }

  /** A connection that comes up after all, but too late, is closed again. */
  async #connected(): Promise<Client> {
    const connecting = this.#context.connect(this.node);
    let late = false;
    connecting.then(
      (client) => (late ? client.close() : undefined),
      () => {},
    );
    return this.#within(this.#context.timeoutMs, connecting, () => {
      late = true;
      return new ClientError("not-connected", "no connection by the deadline");
    });
  }

  /** The adapter keeps the deadline itself; this is for an adapter that misses it. */
  #within<T>(timeoutMs: number, work: Promise<T>, onLate: () => ClientError): Promise<T> {
    return withTimeout(this.#context.clock, nanos(millis(timeoutMs) + deadlineGrace), work, onLate);
  }

  #refused(): void {
    this.#discard();
    this.#refusedUntil = nanos(this.#context.clock.now() + connectBackoff);
  }

  /** Ends the process like one that died: what it held at the node stays until it expires. */
  #die(): void {
    const connection = this.#end();
    connection?.client.abandon();
  }

  /** Closes the connection; the process lives on. */
  #discard(): void {
    const connection = this.#end();
    if (connection === undefined) return;
    const closing = connection.client.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #end(): Connected | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.end.abort();
    return connection;
  }
}

/** Marks a failure to connect as definite: no request left, so the operation had no effect. */
function neverSent(reason: unknown): ClientError {
  const error = ClientError.from(reason);
  return errorCodes[error.code].definite ? error : new ClientError("not-connected", error.message);
}
