import { Metadata } from "@grpc/grpc-js";
import { ClientError } from "../../core/errors.ts";
import type { Client, ConnectOptions, Endpoint, ReadResult, Versioned } from "../adapter.ts";
import { type Connection, openConnection } from "./connection.ts";
import { type Header, type Method, methods } from "./methods.ts";

/** A client of one node that speaks etcd's v3 API: etcd itself and the reference server. Keys are stored as they are. */
export async function connect(endpoint: Endpoint, options: ConnectOptions): Promise<Client> {
  const connection = openConnection(endpoint, options);
  try {
    await connection.established();
    const call = options.user === undefined ? connection.call : authenticated(connection, options.user);
    return etcdClient(connection, call);
  } catch (reason) {
    connection.close();
    throw reason;
  }
}

type Call = <Request, Response>(method: Method<Request, Response>, request: Request) => Promise<Response>;

function etcdClient(connection: Connection, call: Call): Client {
  return {
    async read(key, mode): Promise<ReadResult> {
      const answer = await call(methods.range, { key: Buffer.from(key), serializable: isSerializable(mode) });
      const [found] = answer.kvs;
      return {
        ...(found && { value: found.value.toString(), modRevision: Number(found.modRevision) }),
        revision: revisionOf(answer.header),
      };
    },

    async write(key, value) {
      const answer = await call(methods.put, { key: Buffer.from(key), value: Buffer.from(value) });
      return revisionOf(answer.header);
    },

    /** One transaction that compares the value itself: a refusal is an observation. An absent key equals no value. */
    async cas(key, from, to) {
      const name = Buffer.from(key);
      const answer = await call(methods.txn, {
        compare: [{ result: "EQUAL", target: "VALUE", key: name, value: Buffer.from(from) }],
        success: [{ requestPut: { key: name, value: Buffer.from(to) } }],
      });
      if (!answer.succeeded) throw new ClientError("mismatch", `the value of ${key} is not ${from}`);
      return revisionOf(answer.header);
    },

    async delete(key) {
      const answer = await call(methods.deleteRange, { key: Buffer.from(key) });
      // A delete that found nothing is answered with the revision of some other change.
      return answer.deleted === "0"
        ? { existed: false }
        : { existed: true, revision: revisionOf(answer.header) };
    },

    async list(prefix, mode) {
      const answer = await call(methods.range, {
        ...prefixRange(prefix),
        serializable: isSerializable(mode),
      });
      return new Map(
        answer.kvs.map(({ key, value, modRevision }): [string, Versioned] => [
          key.toString(),
          { value: value.toString(), revision: Number(modRevision) },
        ]),
      );
    },

    async close() {
      connection.close();
    },
  };
}

/**
 * Calls with the token of a log-in. The node may forget a token (a restart, a change of users): the call that is
 * refused for it fails, and the next one logs in again first.
 */
function authenticated(
  connection: Connection,
  user: { readonly name: string; readonly password: string },
): Call {
  let login: Promise<Metadata> | undefined;
  return async (method, request) => {
    login ??= logIn(connection, user);
    const current = login;
    try {
      return await connection.call(method, request, await current);
    } catch (reason) {
      if (login === current && loginIsGone(reason)) login = undefined;
      throw reason;
    }
  };
}

/** The operation waits for the log-in: whatever that fails of, the operation had no effect. */
async function logIn(
  connection: Connection,
  user: { readonly name: string; readonly password: string },
): Promise<Metadata> {
  try {
    const { token } = await connection.call(methods.authenticate, user);
    const metadata = new Metadata();
    metadata.set("token", token);
    return metadata;
  } catch (reason) {
    const { code, definite, message } = ClientError.from(reason);
    throw new ClientError(definite ? code : "not-connected", `log-in: ${message}`, { cause: reason });
  }
}

const loginIsGone = (reason: unknown): boolean =>
  reason instanceof ClientError && ["unauthenticated", "not-connected"].includes(reason.code);

function isSerializable(mode: string): boolean {
  if (mode === "serializable") return true;
  if (mode === "linearizable") return false;
  throw new ClientError("unsupported", `no read mode ${mode}: linearizable or serializable`);
}

const revisionOf = (header: Header): number => Number(header.revision);

/** Every key from `prefix` up to the first that no longer starts with it; one zero byte stands for no end. */
function prefixRange(prefix: string): { readonly key: Buffer; readonly rangeEnd: Buffer } {
  const key = Buffer.from(prefix);
  const last = key.findLastIndex((byte) => byte < 0xff);
  if (last < 0) return { key: prefix === "" ? Buffer.of(0) : key, rangeEnd: Buffer.of(0) };
  const rangeEnd = Buffer.from(key.subarray(0, last + 1));
  rangeEnd.writeUInt8(rangeEnd.readUInt8(last) + 1, last);
  return { key, rangeEnd };
}
