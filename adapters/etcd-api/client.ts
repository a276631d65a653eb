import { ClientError } from "../../core/errors.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import type { ClientWith, Open } from "../client/client.ts";
import type { Delete } from "../client/delete.ts";
import type { KeptHistory } from "../client/history.ts";
import { KeptSessions } from "../client/kept-sessions.ts";
import type { KeyValue, ReadResult } from "../client/kv.ts";
import type { Prefix, Versioned } from "../client/prefix.ts";
import { SharedByNode } from "../client/shared.ts";
import type { Txn } from "../client/txn.ts";
import { communication, ownCommunication } from "./communication.ts";
import { type Connection, joinConnection, openConnection } from "./connection.ts";
import { CurrentChannel } from "./current-channel.ts";
import { grantLease } from "./lease.ts";
import { type Call, type Header, methods, type RangeAnswer } from "./methods.ts";
import { prefixRange } from "./ranges.ts";
import { EtcdWatches } from "./watch/watches.ts";

/** Capabilities of each server of etcd's v3 API. */
export const offered = ["kv", "delete", "prefix", "txn", "watch", "history"] as const;
/** Capabilities of etcd; the reference server has no leases. */
export const offeredWithLeases = [...offered, "session"] as const;

type Has = (typeof offeredWithLeases)[number];

/** Connects a client of one node that speaks etcd's v3 API. Keys are stored as they are. */
export const connect: Open<Has> = (endpoint, options) =>
  clientOn(openConnection(endpoint, options), endpoint, options);

/** The same for clients that share connections: each has its streams of HTTP/2 on one of them. */
export function sharing(connections: number): Open<Has> {
  const channels = new SharedByNode(
    connections,
    (endpoint, options) => new CurrentChannel(endpoint, options),
    (channel) => channel.close(),
  );
  return (endpoint, options) => {
    const connection = joinConnection(endpoint, options, channels.take(endpoint, options));
    return clientOn(connection, endpoint, options);
  };
}

async function clientOn(
  connection: Connection,
  endpoint: Endpoint,
  options: ConnectOptions,
): Promise<ClientWith<Has>> {
  try {
    await connection.established();
    const { call, converse } = communication(connection, options);
    const session = new KeptSessions(options.clock, (ttlMs, ask) => grantLease(call, ttlMs, ask));
    const watch = new EtcdWatches(converse, () => ownCommunication(endpoint, options), options);
    return {
      kv: keyValue(call),
      delete: deletion(call),
      prefix: prefix(call),
      txn: transactions(call),
      history: history(call),
      session,
      watch,
      async close() {
        watch.close();
        await session.close();
        connection.close();
      },
      abandon() {
        watch.close();
        session.abandon();
        connection.close();
      },
    };
  } catch (reason) {
    connection.close();
    throw reason;
  }
}

function keyValue(call: Call): KeyValue {
  return {
    async read(key, mode, ask) {
      const request = { key: Buffer.from(key), serializable: isSerializable(mode) };
      return readResult(await call(methods.range, request, ask));
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

const readResult = ({ header, kvs: [found] }: RangeAnswer): ReadResult => ({
  ...(found && { value: found.value.toString(), modRevision: Number(found.modRevision) }),
  revision: revisionOf(header),
});

const deletion =
  (call: Call): Delete =>
  async (key, ask) => {
    const answer = await call(methods.deleteRange, { key: Buffer.from(key) }, ask);
    // A delete that found nothing is answered with the revision of some other change.
    return answer.deleted === "0"
      ? { existed: false }
      : { existed: true, revision: revisionOf(answer.header) };
  };

const history = (call: Call): KeptHistory => ({
  async compact(revision, ask) {
    await call(methods.compact, { revision: String(revision), physical: false }, ask);
  },

  async readAt(key, revision, ask) {
    const request = { key: Buffer.from(key), revision: String(revision), serializable: false };
    return readResult(await call(methods.range, request, ask));
  },
});

const transactions = (call: Call): Txn => ({
  async commit(changes, ask) {
    const success = changes.map((change) => {
      const key = Buffer.from(change.key);
      return change.f === "delete"
        ? { requestDeleteRange: { key } }
        : { requestPut: { key, value: Buffer.from(change.value) } };
    });
    const { header, responses } = await call(methods.txn, { compare: [], success }, ask);
    // Deletes that found nothing are answered with the revision of some other change.
    const changed = responses.some(({ responseDeleteRange }) => responseDeleteRange?.deleted !== "0");
    return changed ? revisionOf(header) : undefined;
  },
});

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

function isSerializable(mode: string): boolean {
  if (mode === "serializable") return true;
  if (mode === "linearizable") return false;
  throw new ClientError("unsupported", `no read mode ${mode}: linearizable or serializable`);
}

const revisionOf = (header: Header): number => Number(header.revision);
