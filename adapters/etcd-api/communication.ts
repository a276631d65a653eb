/** Calls and streams of a client on one connection, logged in where the options name a user. */
import { ClientError } from "../../core/errors.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { beforeSending, type Limits, limitsOf } from "../client/ask.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { Conversation, ConversationEvents } from "./conversation.ts";
import { type Call, methods } from "./methods.ts";

/** Opens a stream. Rejects definitely, at the deadline at the latest. */
export type Converse = (path: string, events: ConversationEvents, limits: Limits) => Promise<Conversation>;

export interface Communication {
  readonly call: Call;
  readonly converse: Converse;
}

export function communication(connection: Connection, options: ConnectOptions): Communication {
  const { user } = options;
  const withToken = user === undefined ? withoutLogin : loggedIn(connection, options, user);
  return {
    call(method, request, ask) {
      const limits = limitsOf(options, ask);
      return withToken(limits, (token) => connection.call(method, request, limits, token));
    },
    converse: (path, events, limits) =>
      withToken(limits, (token) => connection.converse(path, events, limits, token)),
  };
}

/** What a node may send to a slow reader before it must wait: small, so that the node notices. */
const ownWindowBytes = 64 << 10;

/** Streams on a connection of their own, which `close` ends. */
export interface OwnCommunication {
  readonly converse: Converse;
  close(): void;
}

export function ownCommunication(endpoint: Endpoint, options: ConnectOptions): OwnCommunication {
  const connection = openConnection(endpoint, { ...options, windowBytes: ownWindowBytes });
  return { converse: communication(connection, options).converse, close: () => connection.close() };
}

/** Performs a task with the token of a log-in, if one is needed. */
type WithToken = <T>(limits: Limits, task: (token: string | undefined) => Promise<T>) => Promise<T>;

const withoutLogin: WithToken = (_, task) => task(undefined);

/**
 * The node may forget a token (a restart, a change of users): the call that is refused for it fails, and the next one
 * logs in again first.
 */
function loggedIn(connection: Connection, options: ConnectOptions, user: User): WithToken {
  let login: Promise<string> | undefined;
  return async (limits, task) => {
    // The log-in serves every call: it has the connection's own limits.
    login ??= logIn(connection, limitsOf(options), user);
    const current = login;
    const late = () => new ClientError("not-connected", "log-in: no answer before the deadline");
    try {
      return await task(await beforeSending(options.clock, limits, current, late));
    } catch (reason) {
      if (login === current && loginIsGone(reason)) login = undefined;
      throw reason;
    }
  };
}

/** Resolves with a token. The operation waits for the log-in: whatever that fails of, the operation had no effect. */
async function logIn(connection: Connection, limits: Limits, user: User): Promise<string> {
  try {
    return (await connection.call(methods.authenticate, user, limits)).token;
  } catch (reason) {
    const { code, definite, message } = ClientError.from(reason);
    throw new ClientError(definite ? code : "not-connected", `log-in: ${message}`, { cause: reason });
  }
}

type User = NonNullable<ConnectOptions["user"]>;

const loginIsGone = (reason: unknown): boolean =>
  reason instanceof ClientError && ["unauthenticated", "not-connected"].includes(reason.code);
