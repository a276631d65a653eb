import * as z from "zod";
import { ClientError } from "../../core/errors.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { type Ask, type Limits, limitsOf } from "../client/ask.ts";
import type { ClientWith, Open } from "../client/client.ts";
import type { Deletion } from "../client/delete.ts";
import { KeptSessions } from "../client/kept-sessions.ts";
import type { KeyValue, ReadResult } from "../client/kv.ts";
import type { Prefix, Versioned } from "../client/prefix.ts";
import { SharedByNode } from "../client/shared.ts";
import type { Txn } from "../client/txn.ts";
import { inOrderOfKeys } from "../key-names.ts";
import { parse, success } from "./answers.ts";
import { type HttpAnswer, HttpConnection, type HttpRequest } from "./http.ts";
import { openPool } from "./http-pool.ts";
import { createSession, type Put } from "./lease.ts";
import { keyName, keyOf, pathOf, pathOfPrefix } from "./paths.ts";
import { type Found, numberIn, query, textOf } from "./queries.ts";
import { ConsulWatches } from "./watch.ts";

/** The query that asks for a read mode. */
const queries: Readonly<Record<string, string>> = {
  default: "",
  consistent: "consistent",
  stale: "stale",
};

export const offered = ["kv", "delete", "prefix", "session", "txn", "watch"] as const;

type Has = (typeof offered)[number];

/** Opens a connection, and sees that a Consul agent answers there and takes the token. */
export const connect: Open<Has> = (endpoint, options) =>
  clientOn(new HttpConnection(endpoint, options), endpoint, options);

/** The same for clients that share a pool of connections at each node. */
export function sharing(connections: number): Open<Has> {
  const pools = new SharedByNode(
    1,
    (endpoint, options) => openPool(endpoint, options, connections),
    async (pool) => (await pool).close(),
  );
  return (endpoint, options) =>
    clientOn(new HttpConnection(endpoint, options, pools.take(endpoint, options)), endpoint, options);
}

async function clientOn(
  http: HttpConnection,
  endpoint: Endpoint,
  options: ConnectOptions,
): Promise<ClientWith<Has>> {
  const node = new ConsulNode(http, options);
  const put: Put = (path, body, ask) => http.ask({ method: "PUT", path, body }, node.limits(ask));
  const session = new KeptSessions(options.clock, (ttlMs, ask) => createSession(put, keyName, ttlMs, ask));
  const watch = new ConsulWatches(endpoint, options);
  try {
    await node.greet();
    return {
      kv: keyValue(node),
      delete: (key, ask) => node.delete(key, node.limits(ask)),
      prefix: prefix(node),
      session,
      txn: transactions(node),
      watch,
      async close() {
        await Promise.all([session.close(), watch.close()]);
        await http.close();
      },
      abandon() {
        void watch.close();
        session.abandon();
        void http.close();
      },
    };
  } catch (reason) {
    await http.close();
    const { code, definite, message } = ClientError.from(reason);
    throw new ClientError(definite ? code : "not-connected", message, { cause: reason });
  }
}

/** Whether a consistent read of some key passes. The key need not exist. */
export async function readsConsistently(
  http: HttpConnection,
  options: ConnectOptions,
  ask: Ask | undefined,
): Promise<boolean> {
  const node = new ConsulNode(http, options);
  return node.get(pathOf("ready"), "consistent", node.limits(ask)).then(
    () => true,
    () => false,
  );
}

const keyValue = (node: ConsulNode): KeyValue => ({
  /** The revision is that of the key's last change; of an absent key, that of the last change of any. */
  async read(key, mode, ask): Promise<ReadResult> {
    const { entries, headers } = await node.get(pathOf(key), mode, node.limits(ask));
    const [entry] = entries;
    return {
      ...(entry && { value: textOf(entry), modRevision: entry.ModifyIndex }),
      ...freshness(headers),
    };
  },

  /** Consul does not give the index of a write. */
  async write(key, value, ask) {
    await node.put(pathOf(key), value, node.limits(ask));
    return undefined;
  },

  /**
   * Consul compares indexes, not values: a read, and a write where the index is still the same. A difference at the
   * read, or an index that moved, says nothing about the value at the moment of the write: `conflict`.
   */
  async cas(key, from, to, ask) {
    const path = pathOf(key);
    const limits = node.limits(ask);
    const [entry] = (await node.get(path, "default", limits)).entries;
    if (entry === undefined || textOf(entry) !== from) {
      throw new ClientError("conflict", `a read of ${key} did not find ${from}`);
    }
    const done = await node.put(`${path}?cas=${entry.ModifyIndex}`, to, limits);
    if (!done) throw new ClientError("conflict", `${key} changed between the read and the write`);
    return undefined;
  },
});

const prefix = (node: ConsulNode): Prefix => ({
  async list(prefix, mode, ask) {
    const { entries } = await node.get(pathOfPrefix(prefix), mode, node.limits(ask));
    return inOrderOfKeys(
      entries.map((entry): [string, Versioned] => [
        keyOf(entry),
        { value: textOf(entry), revision: entry.ModifyIndex },
      ]),
    );
  },
});

const committedSchema = z.object({
  Results: z.array(z.object({ KV: z.object({ ModifyIndex: z.number() }) })).nullable(),
});

const transactions = (node: ConsulNode): Txn => ({
  /** Consul replies with the index where something was set; to deletes it does not reply, whether or not they found a key. */
  async commit(changes, ask) {
    const operations = changes.map((change) => {
      const Key = keyName(change.key);
      if (change.f === "delete") return { KV: { Verb: "delete", Key } };
      return { KV: { Verb: "set", Key, Value: Buffer.from(change.value).toString("base64") } };
    });
    const answer = await node.commit(operations, node.limits(ask));
    success(answer, "PUT /v1/txn");
    return parse(committedSchema, answer.body).Results?.[0]?.KV.ModifyIndex;
  },
});

/** Consul's requests, as the capabilities need them. */
class ConsulNode {
  readonly #http: HttpConnection;
  readonly #options: ConnectOptions;

  constructor(http: HttpConnection, options: ConnectOptions) {
    this.#http = http;
    this.#options = options;
  }

  limits(ask?: Ask): Limits {
    return limitsOf(this.#options, ask);
  }

  /** Asks the agent alone, which answers without a leader, too. */
  async greet(): Promise<void> {
    const answer = await this.#http.ask({ method: "GET", path: "/v1/status/peers" }, this.limits());
    success(answer, "GET /v1/status/peers");
  }

  async get(path: string, mode: string, limits: Limits): Promise<Found> {
    const parameter = queries[mode];
    if (parameter === undefined) {
      throw new ClientError("unsupported", `no read mode ${mode}: ${Object.keys(queries).join(", ")}`);
    }
    const joint = path.includes("?") ? "&" : "?";
    return query(this.#http, parameter === "" ? path : path + joint + parameter, limits);
  }

  /** Puts a value; resolves with Consul's answer, whether the put's condition held. */
  async put(path: string, body: string, limits: Limits): Promise<boolean> {
    const answer = await this.#http.ask({ method: "PUT", path, body }, limits);
    success(answer, `PUT ${path}`);
    return answer.body.trim() === "true";
  }

  commit(operations: readonly object[], limits: Limits): Promise<HttpAnswer> {
    const request: HttpRequest = { method: "PUT", path: "/v1/txn", body: JSON.stringify(operations) };
    return this.#http.ask(request, limits);
  }

  /** Consul deletes what is not there without a word; in a transaction a read before it refuses an absent key. */
  async delete(key: string, limits: Limits): Promise<Deletion> {
    const Key = keyName(key);
    const answer = await this.commit([{ KV: { Verb: "get", Key } }, { KV: { Verb: "delete", Key } }], limits);
    if (answer.status === 409 && answer.body.includes("doesn't exist")) return { existed: false };
    success(answer, "PUT /v1/txn");
    return { existed: true };
  }
}

/** Reads from the headers of an answer which state it was made from. */
function freshness(headers: HttpAnswer["headers"]): Omit<ReadResult, "value" | "modRevision"> {
  const index = numberIn(headers["x-consul-index"]);
  const lastContactMs = numberIn(headers["x-consul-lastcontact"]);
  const known = headers["x-consul-knownleader"];
  return {
    ...(index !== undefined && { revision: index }),
    ...(lastContactMs !== undefined && { lastContactMs }),
    ...(known !== undefined && { leaderKnown: known === "true" }),
  };
}
