import { ClientError } from "../../core/errors.ts";
import type { Revision } from "../../core/op.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { type Ask, limitsOf } from "../client/ask.ts";
import type { ClientWith } from "../client/client.ts";
import type { Deletion } from "../client/delete.ts";
import { KeptSessions } from "../client/kept-sessions.ts";
import type { KeyValue, ReadResult } from "../client/kv.ts";
import type { Prefix, Versioned } from "../client/prefix.ts";
import { inOrderOfKeys, keyOfName } from "../key-names.ts";
import type { AskSession, Reply } from "./connection.ts";
import { unlessRefused, zkCode } from "./errors.ts";
import { openLease } from "./lease.ts";
import { multi } from "./multi.ts";
import { pathOf, revisionOf, root } from "./paths.ts";
import {
  type Access,
  check,
  create,
  deleteNode,
  exists,
  getChildren,
  getData,
  type NodeData,
  type Stat,
  setData,
  sync,
} from "./requests.ts";
import { Session } from "./session.ts";
import { commit } from "./transactions.ts";
import { ZooKeeperWatches } from "./watch/watches.ts";

const nothing = Buffer.alloc(0);

/**
 * What Assay asks servers for; they have bounds of their own. A server is given up after two thirds of it: longer than
 * the pauses and cuts of a usual run.
 */
const sessionTimeoutMs = 30_000;

/** Maximum attempts of a write or a list when others get in between. Each such attempt had no effect. */
const attemptsMax = 5;

export const offered = ["kv", "delete", "prefix", "session", "txn", "watch"] as const;

/** Opens a session, and creates the parent node of all keys if it is missing. */
export async function connect(
  endpoint: Endpoint,
  options: ConnectOptions,
): Promise<ClientWith<(typeof offered)[number]>> {
  const session = new Session(endpoint, { ...options, sessionTimeoutMs });
  const access = accessOf(options);
  const node = new ZooKeeperNode(session, options);
  const sessions = new KeptSessions(options.clock, (ttlMs, ask) =>
    openLease(endpoint, { ...options, access, pathOf }, ttlMs, ask),
  );
  const watch = new ZooKeeperWatches(endpoint, session, { ...options, sessionTimeoutMs });
  try {
    await node.makeRoot();
    return {
      kv: node,
      delete: (key, ask) => node.delete(key, ask),
      prefix: node,
      session: sessions,
      txn: { commit: (changes, ask) => commit(node.operation(ask), changes, access) },
      watch,
      async close() {
        await Promise.all([sessions.close(), watch.close()]);
        await session.close();
      },
      abandon() {
        watch.abandon();
        sessions.abandon();
        session.abandon();
      },
    };
  } catch (reason) {
    await session.close();
    const { code, definite, message } = ClientError.from(reason);
    throw new ClientError(definite ? code : "not-connected", message, { cause: reason });
  }
}

/** The capabilities on one session. */
class ZooKeeperNode implements KeyValue, Prefix {
  readonly #session: Session;
  readonly #options: ConnectOptions;
  readonly #access: Access;

  constructor(session: Session, options: ConnectOptions) {
    this.#session = session;
    this.#options = options;
    this.#access = accessOf(options);
  }

  async makeRoot(): Promise<void> {
    const ask = this.operation();
    const { value: there } = await ask(exists(root));
    if (there === undefined) await this.#createIfAbsent(ask, root, "");
    // Shows whether this client may use it at all.
    await ask(getData(root));
  }

  async read(key: string, mode: string, ask?: Ask): Promise<ReadResult> {
    const path = pathOf(key);
    const { value, zxid } = await readNode(this.operation(ask), path, mode);
    return {
      ...(value !== undefined && {
        value: value.data.toString(),
        modRevision: revisionOf(value.stat.modifiedZxid),
      }),
      revision: revisionOf(zxid),
    };
  }

  /**
   * ZooKeeper has no "create or set". What is refused because the node is not there, or is there meanwhile, had no
   * effect, so trying the other of the two is not trying again.
   */
  async write(key: string, value: string, asked?: Ask): Promise<Revision> {
    const path = pathOf(key);
    const ask = this.operation(asked);
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const set = await unlessRefused(ask(setData(path, Buffer.from(value))), zkCode.noNode);
      if (set !== undefined) return revisionOf(set.value.modifiedZxid);
      const created = await this.#createIfAbsent(ask, path, value);
      if (created !== undefined) return created;
    }
    throw new ClientError("conflict", `${key} kept being created and deleted by others`);
  }

  /**
   * A read of what this server has, and a write where the version is still the same. The read may be stale, so a
   * difference says nothing about the value at any moment of the operation: `conflict`, never `mismatch`.
   *
   * A key that is deleted and created again counts its versions from 0 again, so an equal version may be that of another
   * value. Every delete raises the version of the root; with that unchanged since before the key was read, nothing was
   * deleted, so the node is the one that was read, and an equal version means an equal value.
   */
  async cas(key: string, from: string, to: string, asked?: Ask): Promise<Revision> {
    const path = pathOf(key);
    const ask = this.operation(asked);
    const [{ value: deletes }, { value: seen }] = await Promise.all([ask(getData(root)), ask(getData(path))]);
    if (deletes === undefined) throw new ClientError("not-found", `${root} is gone`);
    if (seen?.data.toString() !== from) {
      throw new ClientError("conflict", `this server does not have ${from} as the value of ${key}`);
    }
    const set = multi([check(root, deletes.stat.version), setData(path, Buffer.from(to), seen.stat.version)]);
    const done = await unlessRefused(ask(set), zkCode.badVersion, zkCode.noNode);
    if (done === undefined) {
      throw new ClientError(
        "conflict",
        `${key} changed, or a key was deleted, between the read and the write`,
      );
    }
    return revisionOf((done.value[1] as Stat).modifiedZxid);
  }

  /** Raises the version of the root too, which `cas` looks at; the answer to that has the zxid of both. */
  async delete(key: string, asked?: Ask): Promise<Deletion> {
    const removal = multi([deleteNode(pathOf(key)), setData(root, nothing)]);
    const done = await unlessRefused(this.operation(asked)(removal), zkCode.noNode);
    if (done === undefined) return { existed: false };
    return { existed: true, revision: revisionOf((done.value[1] as Stat).modifiedZxid) };
  }

  /**
   * Names and values are asked apart. They are the state of one moment, that of the names, where no value is newer and
   * none is missing; otherwise it is read again.
   */
  async list(prefix: string, mode: string, asked?: Ask): Promise<ReadonlyMap<string, Versioned>> {
    const ask = this.operation(asked);
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const { value, zxid } = await afterSync(ask, root, mode, () => ask(getChildren(root)));
      const keys = value.names.map(keyOfName).filter((key) => key.startsWith(prefix));
      const entries = await Promise.all(keys.map((key) => entryAt(ask, key, zxid)));
      const found = entries.filter((entry) => entry !== undefined);
      if (found.length === entries.length) return inOrderOfKeys(found);
    }
    throw new ClientError("conflict", `keys that start with ${prefix} kept changing`);
  }

  /** Requests of one operation, all with the same limits. */
  operation(ask?: Ask): AskSession {
    const limits = limitsOf(this.#options, ask);
    return (request) => this.#session.ask(request, limits);
  }

  async #createIfAbsent(ask: AskSession, path: string, value: string): Promise<Revision | undefined> {
    const request = create(path, Buffer.from(value), { access: this.#access });
    const created = await unlessRefused(ask(request), zkCode.nodeExists);
    return created && revisionOf(created.value.stat.createdZxid);
  }
}

/** ACL of the nodes it creates: with a user, theirs alone. */
const accessOf = ({ user }: ConnectOptions): Access => (user === undefined ? "everyone" : "creator");

const readNode = (ask: AskSession, path: string, mode: string): Promise<Reply<NodeData | undefined>> =>
  afterSync(ask, path, mode, () => ask(getData(path)));

/** Sends the request; in mode `sync`, right behind a sync: a session's requests are carried out in order. */
async function afterSync<T>(
  ask: AskSession,
  path: string,
  mode: string,
  question: () => Promise<T>,
): Promise<T> {
  if (mode === "local") return question();
  if (mode !== "sync") throw new ClientError("unsupported", `no read mode ${mode}: local or sync`);
  const [, answer] = await Promise.all([ask(sync(path)), question()]);
  return answer;
}

/** A key's value as it was at `zxid`; undefined if it was deleted or changed since. */
async function entryAt(ask: AskSession, key: string, zxid: bigint): Promise<[string, Versioned] | undefined> {
  const { value: node } = await ask(getData(pathOf(key)));
  if (node === undefined || node.stat.modifiedZxid > zxid) return undefined;
  return [key, { value: node.data.toString(), revision: revisionOf(node.stat.modifiedZxid) }];
}
