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
import { Channel, type Reply } from "./channel.ts";
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
  /** Waits until the node is reached; rejects with `not-connected` and the reason. */
  established(): Promise<void>;
  /** Pending calls reject with `connection-lost`. */
  close(): void;
}

export type ConnectionOptions = Pick<ConnectOptions, "timeoutMs" | "clock" | "tls">;

/** Opens no socket yet: the first call or `established` does. */
export function openConnection(endpoint: Endpoint, options: ConnectionOptions): Connection {
  const { clock } = options;
  const server = `${endpoint.node} (${hostPort(endpoint)})`;
  const pending = new Set<(error: ClientError) => void>();
  let channel: Channel | undefined;
  let closed = false;

  /**
   * A link that swallowed a packet is silent for longer and longer (TCP backs off), and stays so for a while after it
   * is healed. A call that got no answer therefore leaves its channel to the calls that are still on it.
   */
  const leave = (stale: Channel) => {
    if (stale === channel) channel = undefined;
    stale.retire();
  };

  /** Works with a channel that is up; rejects definitely where there is none within the limits. */
  const onChannel = async <T>(limits: Limits, work: (on: Channel) => Promise<T> | T): Promise<T> => {
    if (closed) throw closedError();
    if (channel === undefined || channel.hasEnded) channel = new Channel(endpoint, options.tls);
    const on = channel;
    const exit = on.enter();
    try {
      if (!on.isUp) {
        await beforeSending(clock, limits, on.established, () => {
          leave(on);
          return new ClientError("not-connected", `${server}: no connection before the deadline`);
        });
        if (closed) throw closedError();
      }
      return await work(on);
    } finally {
      exit();
    }
  };

  const call: Connection["call"] = async (method, request, limits, token) => {
    throwIfAborted(limits.signal);
    return onChannel(
      limits,
      (on) =>
        new Promise((resolve, reject) => {
          const left = nanos(limits.deadline - clock.now());
          const question = {
            path: method.path,
            frame: method.encode(request),
            timeout: timeoutHeader(toMillis(left)),
            token,
          };
          const over = () => {
            pending.delete(abort);
            cancel();
            stopListening();
          };
          const callOff = on.ask(question, (reply) => {
            over();
            settle(method, reply, server, resolve, reject);
          });
          const abort = (error: ClientError) => {
            over();
            reject(error);
            callOff();
          };
          const cancel = clock.after(left, () => {
            leave(on);
            abort(statusError(status.DEADLINE_EXCEEDED, `no answer in time, at ${server}`));
          });
          pending.add(abort);
          const stopListening = onAbort(limits.signal, () => abort(abortedError(true)));
        }),
    );
  };

  return {
    call,
    established: () => onChannel(limitsOf(options), () => {}),
    close: () => {
      closed = true;
      for (const abort of pending)
        abort(new ClientError("connection-lost", "the client closed its connection"));
      channel?.destroy();
    },
  };
}

function settle<Response>(
  method: Method<never, Response>,
  { code, details, message }: Reply,
  server: string,
  resolve: (answer: Response) => void,
  reject: (error: ClientError) => void,
): void {
  if (message === undefined) {
    reject(statusError(code, `${details}, at ${server}`));
    return;
  }
  try {
    resolve(method.decode(message));
  } catch (cause) {
    reject(new ClientError("unknown", `${server}: an answer that is not ${method.path}'s`, { cause }));
  }
}

const closedError = () => new ClientError("not-connected", "the client is closed");
