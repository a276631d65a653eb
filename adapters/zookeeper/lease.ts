import { ClientError } from "../../core/errors.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { type Ask, limitsOf } from "../client/ask.ts";
import type { Lease } from "../client/kept-sessions.ts";
import type { Reply } from "./connection.ts";
import { isZkError, zkCode } from "./errors.ts";
import { type Access, create, deleteNode, exists, type Request } from "./requests.ts";
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
  /** ZooKeeper lets any session delete a node. */
  const created = new Set<string>();

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
        const { value } = await asked(request, limits);
        created.add(key);
        return Number(value.stat.createdZxid);
      } catch (reason) {
        if (!isZkError(reason, zkCode.nodeExists)) throw reason;
        throw new ClientError("exists", `${key} exists already`, { cause: reason });
      }
    },

    /** Asked in the lease's session: while that lives, its nodes are its own. */
    async remove(key, limits) {
      const notFound = (cause?: unknown) =>
        new ClientError("not-found", `the session ${nameOf(id)} does not have ${key}`, { cause });
      if (!created.delete(key)) throw notFound();
      try {
        await asked(deleteNode(pathOf(key)), limits);
      } catch (reason) {
        throw isZkError(reason, zkCode.noNode) ? notFound(reason) : reason;
      }
    },

    end: (limits) => session.end(limitsOf(options, limits)),
    abandon: () => session.abandon(),
  };
}

const nameOf = (id: bigint): string => `0x${BigInt.asUintN(64, id).toString(16)}`;
