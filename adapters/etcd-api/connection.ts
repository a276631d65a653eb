import {
  type ClientUnaryCall,
  connectivityState,
  type Client as GrpcClient,
  Metadata,
  status,
} from "@grpc/grpc-js";
import type { Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { type Nanos, nanos, toMillis } from "../../core/time.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import {
  abortedError,
  beforeSending,
  type Limits,
  limitsOf,
  onAbort,
  throwIfAborted,
} from "../client/ask.ts";
import { Channel, reconnectMs } from "./channel.ts";
import { statusError } from "./errors.ts";
import { type Method, methods } from "./methods.ts";

/**
 * A gRPC channel to one node that asks once: no retries, no fail-over, no waiting beyond the deadline. A call is handed
 * to gRPC only when the channel is up, so that what failed before that definitely never left.
 */
export interface Connection {
  /** Rejects with a ClientError, at the deadline at the latest. */
  call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    limits: Limits,
    metadata?: Metadata,
  ): Promise<Response>;
  /** Waits until the channel is up; rejects with `not-connected` and the reason. */
  established(): Promise<void>;
  /** Pending calls reject with `connection-lost`. */
  close(): void;
}

export type ConnectionOptions = Pick<ConnectOptions, "timeoutMs" | "clock" | "tls">;

const noMetadata = new Metadata();

/** Opens no socket yet: the first call or `established` does. */
export function openConnection(endpoint: Endpoint, options: ConnectionOptions): Connection {
  const address = addressOf(endpoint);
  const open = () => new Channel(address, options.tls);
  const { clock } = options;
  const pending = new Set<(error: ClientError) => void>();
  let channel = open();
  let closed = false;

  /**
   * A link that swallowed a packet is silent for longer and longer (TCP backs off), and stays so for a while after it
   * is healed. A call that got no answer therefore leaves its channel to the calls that are still on it.
   */
  const leave = (stale: Channel) => {
    if (stale !== channel || closed) return;
    channel = open();
    stale.retire();
  };

  const up = async (deadline: Nanos): Promise<Channel> => {
    const candidate = channel;
    const state = await settled(candidate.client, dateOf(clock, deadline));
    if (closed) throw closedError();
    if (state === connectivityState.READY) return candidate;
    const reason = await whyNot(candidate.client, clock);
    if (state !== connectivityState.TRANSIENT_FAILURE) leave(candidate);
    throw new ClientError("not-connected", `${endpoint.node} (${address}): ${reason}`);
  };

  const call: Connection["call"] = async (method, request, limits, metadata = noMetadata) => {
    const { deadline, signal } = limits;
    throwIfAborted(signal);
    const late = () => new ClientError("not-connected", `${endpoint.node} (${address}): not up in time`);
    const on = isUp(channel.client) ? channel : await beforeSending(clock, limits, up(deadline), late);
    if (closed) throw closedError();
    return new Promise((resolve, reject) => {
      const until = dateOf(clock, deadline);
      const over = on.enter();
      const settle = unary(on.client, method, request, metadata, until, (code, details, answer) => {
        pending.delete(abort);
        stopListening();
        over();
        if (code === status.OK) return resolve(answer as never);
        if (code === status.DEADLINE_EXCEEDED) leave(on);
        reject(statusError(code, `${details} (${endpoint.node}, ${address})`));
      });
      const abort = (error: ClientError) => {
        reject(error);
        settle.cancel();
      };
      pending.add(abort);
      const stopListening = onAbort(signal, () => abort(abortedError(true)));
    });
  };

  return {
    call,
    established: async () => {
      await up(limitsOf(options).deadline);
    },
    close: () => {
      closed = true;
      for (const abort of pending) {
        abort(new ClientError("connection-lost", "the client closed its connection"));
      }
      channel.destroy();
    },
  };
}

function unary<Request, Response>(
  on: GrpcClient,
  method: Method<Request, Response>,
  request: Request,
  metadata: Metadata,
  deadline: number,
  done: (code: status, details: string, answer?: Response) => void,
): ClientUnaryCall {
  const { path, serialize, deserialize } = method;
  return on.makeUnaryRequest(
    path,
    serialize,
    deserialize,
    request,
    metadata,
    { deadline },
    (error, answer) => {
      if (error === null) done(status.OK, "", answer);
      else done(error.code, error.details);
    },
  );
}

const isUp = (channel: GrpcClient): boolean =>
  channel.getChannel().getConnectivityState(false) === connectivityState.READY;

/** The channel's state when it is up, has failed to connect, or `deadline` has passed; asks an idle one to connect. */
function settled(client: GrpcClient, deadline: number): Promise<connectivityState> {
  const channel = client.getChannel();
  return new Promise((resolve) => {
    const look = (): void => {
      const state = channel.getConnectivityState(true);
      if (state !== connectivityState.IDLE && state !== connectivityState.CONNECTING) {
        resolve(state);
        return;
      }
      channel.watchConnectivityState(state, deadline, (timedOut) => {
        if (timedOut) resolve(state);
        else look();
      });
    };
    look();
  });
}

/**
 * gRPC tells why it is not connected only as the failure of a call. A status request has no effect, and fails at once
 * on a channel that is down. The text is for people.
 */
function whyNot(client: GrpcClient, clock: Clock): Promise<string> {
  if (client.getChannel().getConnectivityState(false) !== connectivityState.TRANSIENT_FAILURE) {
    return Promise.resolve("no connection before the deadline");
  }
  return new Promise((resolve) => {
    const soon = clock.date().getTime() + reconnectMs.longest;
    unary(client, methods.status, {}, noMetadata, soon, (code, details) =>
      resolve(code === status.OK ? "the connection had been lost" : details),
    );
  });
}

const closedError = () => new ClientError("not-connected", "the client is closed");

/** gRPC's deadlines are points of wall-clock time, in milliseconds. */
const dateOf = (clock: Clock, deadline: Nanos): number =>
  clock.date().getTime() + toMillis(nanos(deadline - clock.now()));

const addressOf = ({ host, port }: Endpoint): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
