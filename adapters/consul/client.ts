import { z } from "zod";
import { ClientError } from "../../core/errors.ts";
import type { Client, ConnectOptions, Deletion, Endpoint, ReadResult, Versioned } from "../adapter.ts";
import { inOrderOfKeys, keyOfName, nameOfKey } from "../key-names.ts";
import { answerError } from "./errors.ts";
import { type HttpAnswer, HttpConnection, type HttpRequest } from "./http.ts";

/** Where Assay's keys live. */
const folder = "assay/";

/** The query that asks for a read mode. */
const queries: Readonly<Record<string, string>> = {
  default: "",
  consistent: "consistent",
  stale: "stale",
};

/** An entry of an answer. Its value is base64; null where it is empty. */
const entrySchema = z.object({
  Key: z.string(),
  Value: z.string().nullable(),
  ModifyIndex: z.number(),
});
type Entry = z.infer<typeof entrySchema>;
const entriesSchema = z.array(entrySchema);

/** Opens a connection, and sees that a Consul agent answers there and takes the token. */
export async function connect(endpoint: Endpoint, options: ConnectOptions): Promise<Client> {
  const http = new HttpConnection(endpoint, options);
  const client = new ConsulClient(http);
  try {
    await client.greet();
    return client;
  } catch (reason) {
    await http.close();
    const { code, definite, message } = ClientError.from(reason);
    throw new ClientError(definite ? code : "not-connected", message, { cause: reason });
  }
}

class ConsulClient implements Client {
  readonly #http: HttpConnection;

  constructor(http: HttpConnection) {
    this.#http = http;
  }

  /** Answered by the agent alone: it passes where there is no leader. */
  async greet(): Promise<void> {
    const answer = await this.#http.ask({ method: "GET", path: "/v1/status/peers" });
    success(answer, "GET /v1/status/peers");
  }

  /** The revision is that of the key's last change; of an absent key, that of the last change of any. */
  async read(key: string, mode: string): Promise<ReadResult> {
    const { entries, headers } = await this.#get(pathOf(key), mode);
    const [entry] = entries;
    return {
      ...(entry && { value: textOf(entry), modRevision: entry.ModifyIndex }),
      ...freshness(headers),
    };
  }

  /** Consul does not tell the index of a write. */
  async write(key: string, value: string): Promise<undefined> {
    await this.#put(pathOf(key), value);
    return undefined;
  }

  /**
   * Consul compares indexes, not values: a read, and a write where the index is still the same. A difference at the
   * read, or an index that moved, tells nothing of the value at the moment of the write: `conflict`.
   */
  async cas(key: string, from: string, to: string): Promise<undefined> {
    const path = pathOf(key);
    const [entry] = (await this.#get(path, "default")).entries;
    if (entry === undefined || textOf(entry) !== from) {
      throw new ClientError("conflict", `a read of ${key} did not find ${from}`);
    }
    const done = await this.#put(`${path}?cas=${entry.ModifyIndex}`, to);
    if (!done) throw new ClientError("conflict", `${key} changed between the read and the write`);
    return undefined;
  }

  /** Consul deletes what is not there without a word; in a transaction a read before it refuses an absent key. */
  async delete(key: string): Promise<Deletion> {
    const Key = keyName(key);
    const operations = [{ KV: { Verb: "get", Key } }, { KV: { Verb: "delete", Key } }];
    const request: HttpRequest = { method: "PUT", path: "/v1/txn", body: JSON.stringify(operations) };
    const answer = await this.#http.ask(request);
    if (answer.status === 409 && answer.body.includes("doesn't exist")) return { existed: false };
    success(answer, "PUT /v1/txn");
    return { existed: true };
  }

  async list(prefix: string, mode: string): Promise<ReadonlyMap<string, Versioned>> {
    const { entries } = await this.#get(`/v1/kv/${encodeURI(folder + nameOfKey(prefix))}?recurse`, mode);
    return inOrderOfKeys(
      entries.map((entry): [string, Versioned] => [
        keyOfName(entry.Key.slice(folder.length)),
        { value: textOf(entry), revision: entry.ModifyIndex },
      ]),
    );
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #get(
    path: string,
    mode: string,
  ): Promise<{ entries: readonly Entry[] } & Pick<HttpAnswer, "headers">> {
    const query = queries[mode];
    if (query === undefined) {
      throw new ClientError("unsupported", `no read mode ${mode}: ${Object.keys(queries).join(", ")}`);
    }
    const joint = path.includes("?") ? "&" : "?";
    const answer = await this.#http.ask({ method: "GET", path: query === "" ? path : path + joint + query });
    const { headers } = answer;
    // An absent key is answered with its index; a path that Consul does not have is not.
    if (answer.status === 404 && headers["x-consul-index"] !== undefined) return { entries: [], headers };
    success(answer, `GET ${path}`);
    return { entries: parse(entriesSchema, answer.body), headers };
  }

  /** What Consul answers to a put: whether its condition held. */
  async #put(path: string, body: string): Promise<boolean> {
    const answer = await this.#http.ask({ method: "PUT", path, body });
    success(answer, `PUT ${path}`);
    return answer.body.trim() === "true";
  }
}

const keyName = (key: string): string => {
  if (key === "") throw new ClientError("rejected", "an empty key has no name");
  return folder + nameOfKey(key);
};

/** The name is percent-encoded once as a name and once more as a part of the path. */
const pathOf = (key: string): string => `/v1/kv/${encodeURI(keyName(key))}`;

const textOf = ({ Value }: Entry): string => Buffer.from(Value ?? "", "base64").toString();

/** What the answer's headers tell of the state that it was made from. */
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

function numberIn(header: string | string[] | undefined): number | undefined {
  const value = Number(header);
  return header === undefined || Number.isNaN(value) ? undefined : value;
}

function success(answer: HttpAnswer, what: string): void {
  if (answer.status < 200 || answer.status > 299) throw answerError(answer.status, answer.body, what);
}

function parse<T>(schema: z.ZodType<T>, body: string): T {
  try {
    return schema.parse(JSON.parse(body));
  } catch (cause) {
    throw new ClientError("unknown", `this is no answer of Consul's: ${body.slice(0, 80)}`, { cause });
  }
}
