import { ClientError } from "../../core/errors.ts";
import { nanos, toMillis } from "../../core/time.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { hostPort } from "../addresses.ts";
import {
  abortedError,
  beforeSending,
  type Limits,
  limitsOf,
  onAbort,
  throwIfAborted,
} from "../client/ask.ts";
import type { Part } from "../client/shared.ts";
import type { Channel, Reply } from "./channel.ts";
import type { Conversation, ConversationEvents } from "./conversation.ts";
import { type ChannelOptions, CurrentChannel } from "./current-channel.ts";
import { statusError } from "./errors.ts";
import { timeoutHeader } from "./framing.ts";
import type { Method } from "./methods.ts";
import { status } from "./status.ts";

/**
 * A connection to one node that asks once: no retries, no fail-over, no waiting beyond the deadline. A call is handed to
 * a channel only when that is up, so that what failed before that definitely never left. Each call that finds no channel
 * tries to connect, or waits for the attempt that is under way.
 */
export interface Connection {
  /** Rejects with a ClientError, at the deadline at the latest. `token`: of a log-in. */
  call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    limits: Limits,
    token?: string,
  ): Promise<Response>;
  /** Opens a stream; rejects definitely, at the deadline at the latest. It ends with the connection. */
  converse(path: string, events: ConversationEvents, limits: Limits, token?: string): Promise<Conversation>;
  /** Waits until the node is reached; rejects with `not-connected` and the reason. */
  established(): Promise<void>;
  /** Pending calls reject with `connection-lost`; streams end without a word. */
  close(): void;
}

type CallOptions = Pick<ConnectOptions, "timeoutMs" | "clock">;

/** Opens no socket yet: the first call or `established` does. */
export function openConnection(endpoint: Endpoint, options: CallOptions & ChannelOptions): Connection {
  const channels = new CurrentChannel(endpoint, options);
  const leave = async () => channels.close();
  return new NodeConnection(endpoint, options, { of: channels, leave });
}

/** A connection among those that share a channel: it ends its own calls and streams only, and leaves the channel to the others. */
export const joinConnection = (
  endpoint: Endpoint,
  options: CallOptions,
  shared: Part<CurrentChannel>,
): Connection => new NodeConnection(endpoint, options, shared);

class NodeConnection implements Connection {
  readonly #options: CallOptions;
  readonly #channels: Part<CurrentChannel>;
  /** Address for error messages. */
  readonly #server: string;
  /** Calls that wait for the channel. */
  readonly #waiting = new Set<(error: ClientError) => void>();
  readonly #pending = new Set<Pending>();
  readonly #conversations = new Set<Conversation>();
  #closed = false;

  constructor(endpoint: Endpoint, options: CallOptions, channels: Part<CurrentChannel>) {
    this.#options = options;
    this.#channels = channels;
    this.#server = `${endpoint.node} (${hostPort(endpoint)})`;
  }

  async call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    limits: Limits,
    token?: string,
  ): Promise<Response> {
    throwIfAborted(limits.signal);
    const channel = this.#channelToUse();
    const exit = channel.enter();
    try {
      if (!channel.isUp) await this.#untilUp(channel, limits);
      const reply = await this.#ask(channel, method, method.encode(request), limits, token);
      if (reply.message === undefined) throw this.#refusal(reply);
      return this.#decoded(method, reply.message);
    } finally {
      exit();
    }
  }

  async converse(
    path: string,
    events: ConversationEvents,
    limits: Limits,
    token?: string,
  ): Promise<Conversation> {
    throwIfAborted(limits.signal);
    const channel = this.#channelToUse();
    const exit = channel.enter();
    try {
      if (!channel.isUp) await this.#untilUp(channel, limits);
      const conversation = channel.converse({ path, token }, events);
      this.#conversations.add(conversation);
      conversation.whenSilent(() => this.#channels.of.leave(channel));
      conversation.whenOver(() => {
        this.#conversations.delete(conversation);
        exit();
      });
      return conversation;
    } catch (reason) {
      exit();
      throw reason;
    }
  }

  async established(): Promise<void> {
    const channel = this.#channelToUse();
    const exit = channel.enter();
    try {
      await this.#untilUp(channel, limitsOf(this.#options));
    } finally {
      exit();
    }
  }

  close(): void {
    this.#closed = true;
    for (const reject of this.#waiting) reject(closedError());
    for (const pending of this.#pending)
      pending.fail(new ClientError("connection-lost", "the client closed its connection"));
    for (const conversation of [...this.#conversations]) conversation.close();
    void this.#channels.leave();
  }

  #channelToUse(): Channel {
    if (this.#closed) throw closedError();
    return this.#channels.of.get();
  }

  /** Rejects definitely, at the deadline at the latest. */
  async #untilUp(channel: Channel, limits: Limits): Promise<void> {
    let closed: (error: ClientError) => void = nothing;
    const closing = new Promise<never>((_, reject) => {
      closed = reject;
    });
    this.#waiting.add(closed);
    try {
      const up = Promise.race([channel.established, closing]);
      await beforeSending(this.#options.clock, limits, up, () => {
        this.#channels.of.leave(channel);
        return new ClientError("not-connected", `${this.#server}: no connection before the deadline`);
      });
    } finally {
      this.#waiting.delete(closed);
    }
    if (this.#closed) throw closedError();
  }

  #ask(
    channel: Channel,
    { path }: Pick<Method<unknown, unknown>, "path">,
    frame: Buffer,
    { deadline, signal }: Limits,
    token: string | undefined,
  ): Promise<Reply> {
    const { clock } = this.#options;
    const left = nanos(deadline - clock.now());
    return new Promise((resolve, reject) => {
      const pending = new Pending(this.#pending, reject);
      pending.callOff = channel.ask(
        { path, frame, timeout: timeoutHeader(toMillis(left)), token },
        (reply) => {
          pending.over();
          resolve(reply);
        },
      );
      pending.cancelTimer = clock.after(left, () => {
        this.#channels.of.leave(channel);
        pending.fail(statusError(status.DEADLINE_EXCEEDED, `no answer in time, at ${this.#server}`));
      });
      pending.stopListening = onAbort(signal, () => pending.fail(abortedError(true)));
      this.#pending.add(pending);
    });
  }

  #refusal({ code, details, isUntaken }: Reply): ClientError {
    const message = `${details}, at ${this.#server}`;
    return isUntaken ? new ClientError("not-connected", message) : statusError(code, message);
  }

  #decoded<Response>(method: Method<never, Response>, message: Buffer): Response {
    try {
      return method.decode(message);
    } catch (cause) {
      throw new ClientError("unknown", `${this.#server}: unexpected response to ${method.path}`, { cause });
    }
  }
}

/** A request that has left, and what ends the wait for its answer. */
class Pending {
  readonly #all: Set<Pending>;
  readonly #reject: (error: ClientError) => void;
  callOff: () => void = nothing;
  cancelTimer: () => void = nothing;
  stopListening: () => void = nothing;

  constructor(all: Set<Pending>, reject: (error: ClientError) => void) {
    this.#all = all;
    this.#reject = reject;
  }

  over(): void {
    this.#all.delete(this);
    this.cancelTimer();
    this.stopListening();
  }

  fail(error: ClientError): void {
    this.over();
    this.#reject(error);
    this.callOff();
  }
}

const nothing = () => {};
const closedError = () => new ClientError("not-connected", "the client is closed");
