import { ClientError } from "../../core/errors.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { beforeSending, type Limits, limitsOf } from "../client/ask.ts";
import type { ClientWith } from "../client/client.ts";
import type { Delete } from "../client/delete.ts";
import { KeptSessions } from "../client/kept-sessions.ts";
import type { KeyValue } from "../client/kv.ts";
import type { Prefix, Versioned } from "../client/prefix.ts";
import { type Connection, openConnection } from "./connection.ts";
import { grantLease } from "./lease.ts";
import { type Call, type Header, methods } from "./methods.ts";

/** Capabilities of each server of etcd's v3 API. */
export const offered = ["kv", "delete", "prefix"] as const;
/** Capabilities of etcd; the reference server has no leases. */
export const offeredWithLeases = [...offered, "session"] as const;

/** A client of one node that speaks etcd's v3 API. Keys are stored as they are. */
export async function connect(
  endpoint: Endpoint,
  options: ConnectOptions,
): Promise<ClientWith<(typeof offeredWithLeases)[number]>> {
  const connection = openConnection(endpoint, options);
  try {
    await connection.established();
    const call = caller(connection, options);
    const session = new KeptSessions(options.clock, (ttlMs, ask) => grantLease(call, ttlMs, ask));
    return {
      kv: keyValue(call),
      delete: deletion(call),
      prefix: prefix(call),
      session,
      async close() {
        await session.close();
        connection.close();
      },
      abandon() {
        session.abandon();
        connection.close();
      },
    };
  } catch (reason) {
    connection.close();
    throw reason;
  }
}

export function caller(connection: Connection, options: ConnectOptions): Call {
  const { user } = options;
  if (user !== undefined) return authenticated(connection, options, user);
  return (method, request, ask) => connection.call(method, request, limitsOf(options, ask));
}

function keyValue(call: Call): KeyValue {
  return {
    async read(key, mode, ask) {
      const request = { key: Buffer.from(key), serializable: isSerializable(mode) };
      const answer = await call(methods.range, request, ask);
      const [found] = answer.kvs;
      return {
        ...(found && { value: found.value.toString(), modRevision: Number(found.modRevision) }),
        revision: revisionOf(answer.header),
      };
    },

    async write(key, value, ask) {
      const request = { key: Buffer.from(key), value: Buffer.from(value) };
      return revisionOf((await call(methods.put, request, ask)).header);
    },

    /** One transaction that compares the value itself: a refusal is an observation. An absent key equals no value. */
    async cas(key, from, to, ask) {
      const name = Buffer.from(key);
      const request = {
        compare: [{ result: "EQUAL", target: "VALUE", key: name, value: Buffer.from(from) }],
        success: [{ requestPut: { key: name, value: Buffer.from(to) } }],
      } as const;
      const answer = await call(methods.txn, request, ask);
      if (!answer.succeeded) throw new ClientError("mismatch", `the value of ${key} is not ${from}`);
      return revisionOf(answer.header);
    },
  };
}

const deletion =
  (call: Call): Delete =>
  async (key, ask) => {
    const answer = await call(methods.deleteRange, { key: Buffer.from(key) }, ask);
    // A delete that found nothing is answered with the revision of some other change.
    return answer.deleted === "0"
      ? { existed: false }
      : { existed: true, revision: revisionOf(answer.header) };
  };

const prefix = (call: Call): Prefix => ({
  async list(prefix, mode, ask) {
    const request = { ...prefixRange(prefix), serializable: isSerializable(mode) };
    const answer = await call(methods.range, request, ask);
    return new Map(
      answer.kvs.map(({ key, value, modRevision }): [string, Versioned] => [
        key.toString(),
        { value: value.toString(), revision: Number(modRevision) },
      ]),
    );
  },
});

/**
 * Calls with the token of a log-in. The node may forget a token (a restart, a change of users): the call that is
 * refused for it fails, and the next one logs in again first.
 */
function authenticated(connection: Connection, options: ConnectOptions, user: User): Call {
  let login: Promise<string> | undefined;
  return async (method, request, ask) => {
    const limits = limitsOf(options, ask);
    // The log-in serves every call: it has the connection's own limits.
    login ??= logIn(connection, limitsOf(options), user);
    const current = login;
    const late = () => new ClientError("not-connected", "log-in: no answer before the deadline");
    try {
      const token = await beforeSending(options.clock, limits, current, late);
      return await connection.call(method, request, limits, token);
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

function isSerializable(mode: string): boolean {
  if (mode === "serializable") return true;
  if (mode === "linearizable") return false;
  throw new ClientError("unsupported", `no read mode ${mode}: linearizable or serializable`);
}

const revisionOf = (header: Header): number => Number(header.revision);

/** Range of the keys from `prefix` up to the first that no longer starts with it; one zero byte stands for no end. */
function prefixRange(prefix: string): { readonly key: Buffer; readonly rangeEnd: Buffer } {
  const key = Buffer.from(prefix);
  const last = key.findLastIndex((byte) => byte < 0xff);
  if (last < 0) return { key: prefix === "" ? Buffer.of(0) : key, rangeEnd: Buffer.of(0) };
  const rangeEnd = Buffer.from(key.subarray(0, last + 1));
  rangeEnd.writeUInt8(rangeEnd.readUInt8(last) + 1, last);
  return { key, rangeEnd };
}
