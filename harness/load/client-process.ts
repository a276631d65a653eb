/**
 * One logical client: a chain of processes, each single-threaded and pinned to one node. A process whose operation
 * ended indeterminate may have that operation still under way, so it never asks again: the next process of the chain
 * takes over under a new id, with a connection of its own.
 */
import type { Capability, ClientWith } from "../../adapters/client/client.ts";
import { type Clock, sleep, withTimeout } from "../../core/clock.ts";
import { ClientError, errorCodes } from "../../core/errors.ts";
import type { Call, NodeId, Outcome, Result } from "../../core/op.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { Generator } from "../../workloads/workload.ts";
import type { Recorder } from "../record/recorder.ts";

/** What the workload needs: a workload that is known only as such needs anything. */
type Client = ClientWith<Capability>;

export interface ProcessContext {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly generator: Generator;
  /** Of every operation; the adapter's own deadline. */
  readonly timeout: Nanos;
  connect(node: NodeId): Promise<Client>;
  perform(client: Client, call: Call): Promise<Result>;
}

export interface Performance {
  /** A reading of the clock: when the operation was meant to start. */
  readonly intended?: Nanos;
  /**
   * What to do while the node refused a connection a moment ago. `fail`: the operation fails at once, so that a
   * schedule is kept. `wait`: it waits for the next attempt, so that a client without a schedule does not spin.
   */
  readonly whileRefused: "fail" | "wait";
}

/** A node that refused a connection is not asked for another one so soon. */
const connectBackoff = millis(100);
/** An adapter keeps its own deadline; this much later the harness stops waiting for it. */
const deadlineGrace = millis(500);

export class ClientProcess {
  readonly node: NodeId;
  readonly #context: ProcessContext;
  /** How many chains there are: ids of one chain are this far apart, so that no two chains meet. */
  readonly #stride: number;
  readonly #closing = new Set<Promise<void>>();
  #id: number;
  #client: Client | undefined;
  #refusedUntil: Nanos | undefined;

  constructor(context: ProcessContext, place: { slot: number; stride: number; node: NodeId }) {
    this.#context = context;
    this.#id = place.slot;
    this.#stride = place.stride;
    this.node = place.node;
  }

  /** The process' id of the moment. */
  get id(): number {
    return this.#id;
  }

  /** Connects ahead of the first operation. A refusal is left for the first operation to tell. */
  async open(): Promise<void> {
    await this.#connect("wait").catch(() => {});
  }

  /** Performs one call, records its invocation and outcome, and resolves with it. Never rejects for what the system did. */
  async perform(call: Call, performance: Performance): Promise<Outcome> {
    const { recorder, generator } = this.#context;
    recorder.invoke(this.#id, call, this.node, performance.intended);
    const outcome = await this.#attempt(call, performance);
    recorder.complete(this.#id, call, this.node, outcome);
    generator.observe?.(this.#id, call, outcome);
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

  async #attempt(call: Call, performance: Performance): Promise<Outcome> {
    let client: Client;
    try {
      client = this.#client ?? (await this.#connect(performance.whileRefused));
    } catch (reason) {
      return { type: "fail", error: neverSent(reason) };
    }
    try {
      const late = () => new ClientError("timeout", "no answer by the deadline");
      return { type: "ok", output: await this.#within(this.#context.perform(client, call), late) };
    } catch (reason) {
      const error = ClientError.from(reason);
      if (!error.definite) return { type: "info", error };
      if (error.code === "not-connected" || error.code === "session-expired") this.#refused();
      return { type: "fail", error };
    }
  }

  async #connect(whileRefused: Performance["whileRefused"]): Promise<Client> {
    const { clock } = this.#context;
    const wait = (this.#refusedUntil ?? clock.now()) - clock.now();
    if (wait > 0) {
      if (whileRefused === "fail") throw new ClientError("not-connected", "refused a moment ago");
      await sleep(clock, nanos(wait));
    }
    try {
      this.#client = await this.#connected();
      this.#refusedUntil = undefined;
      return this.#client;
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
    return this.#within(connecting, () => {
      late = true;
      return new ClientError("not-connected", "no connection by the deadline");
    });
  }

  /** The adapter's own deadline comes first; this one is for an adapter that misses it. */
  #within<T>(work: Promise<T>, onLate: () => ClientError): Promise<T> {
    const { clock, timeout } = this.#context;
    return withTimeout(clock, nanos(timeout + deadlineGrace), work, onLate);
  }

  #refused(): void {
    this.#discard();
    this.#refusedUntil = nanos(this.#context.clock.now() + connectBackoff);
  }

  /** The process is gone, and says no good-bye: what it held at the node stays until it expires. */
  #die(): void {
    this.#client?.abandon();
    this.#client = undefined;
  }

  /** Lets go of the connection; the process lives on. */
  #discard(): void {
    if (this.#client === undefined) return;
    const closing = this.#client.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    this.#client = undefined;
  }
}

/** Without a connection no request left: whatever kept it from coming up, the operation had no effect. */
function neverSent(reason: unknown): ClientError {
  const error = ClientError.from(reason);
  return errorCodes[error.code].definite ? error : new ClientError("not-connected", error.message);
}
