import { ClientError } from "../../core/errors.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { type Ask, limitsOf } from "../client/ask.ts";
import type { Lease } from "../client/kept-sessions.ts";
import type { Reply } from "./connection.ts";
import { isZkError, zkCode } from "./errors.ts";
import { type Access, create, exists, type Request } from "./requests.ts";
import { Session } from "./session.ts";

export interface LeaseOptions extends ConnectOptions {
  readonly access: Access;
  /** The path of a key. */
  readonly pathOf: (key: string) => string;
}

/** A ZooKeeper session of its own, on a connection of its own, whose pings keep it alive. */
export async function openLease(
  endpoint: Endpoint,
  options: LeaseOptions,
  ttlMs: number,
  ask: Ask | undefined,
): Promise<Lease> {
  const { access, pathOf } = options;
  const session = new Session(endpoint, { ...options, sessionTimeoutMs: ttlMs });
  try {
    await session.ask(exists("/"), limitsOf(options, ask));
  } catch (reason) {
    await session.close();
    throw reason;
  }
  const { id, timeoutMs } = session;

  /** Throws if the lease's session has expired: the next request opens another one, which is not the lease's. */
  const asked = async <T>(request: Request<T>, limits: Ask | undefined): Promise<Reply<T>> => {
    if (session.id !== id) throw new ClientError("session-expired", `the session ${nameOf(id)} has expired`);
    return session.ask(request, limitsOf(options, limits));
  };

  return {
    id: nameOf(id),
    ttlMs: timeoutMs,

    /** Connects again where the connection was lost; pings do the rest. */
    async renew(limits) {
      await asked(exists("/"), limits);
    },

    async create(key, value, limits) {
      const request = create(pathOf(key), Buffer.from(value), { access, mode: "ephemeral" });
      try {
        return Number((await asked(request, limits)).value.stat.createdZxid);
      } catch (reason) {
        if (!isZkError(reason, zkCode.nodeExists)) throw reason;
        throw new ClientError("exists", `${key} exists already`, { cause: reason });
      }
    },

    end: () => session.close(),
    abandon: () => session.abandon(),
  };
}

const nameOf = (id: bigint): string => `0x${BigInt.asUintN(64, id).toString(16)}`;
