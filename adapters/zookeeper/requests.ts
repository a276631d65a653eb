import type { JuteReader, JuteWriter } from "./jute.ts";

/** Types of requests, by their numbers in ZooKeeper's protocol. */
export const opcode = {
  create: 15, // "create2", which answers with the node's Stat
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  sync: 9,
  ping: 11,
  getChildren: 12, // "getChildren2", likewise
  check: 13,
  multi: 14,
  auth: 100,
  setWatches: 105, // "setWatches2", which knows persistent watches
  addWatch: 106,
  removeWatches: 18,
  closeSession: -11,
} as const;

/** A request, independent of the connection: `session.ask(getData("/a"), deadline)`. */
export interface Request<Reply> {
  readonly opcode: number;
  /** Description for error messages: `setData /assay/r1`. */
  readonly what: string;
  write(body: JuteWriter): void;
  read(body: JuteReader): Reply;
  /** True where NONODE is an answer (undefined) and no error. */
  readonly mayBeAbsent?: true;
  /** The watch that the server holds from its answer on. */
  readonly watch?: Watch;
}

export interface Watch {
  readonly kind: "data" | "exists" | "children" | "persistent" | "recursive";
  readonly path: string;
  /** Gets its events. A watch that somebody hears ends with its connection; others are registered with the next one. */
  readonly heard?: (event: WatchEvent) => void;
}

/** Event of a watch. */
export interface WatchEvent {
  readonly type: "created" | "deleted" | "changed" | "children-changed" | "other";
  readonly path: string;
  readonly zxid: bigint;
}

/** A node's record, as far as it is used. Zxids are 64 bits. */
export interface Stat {
  readonly createdZxid: bigint;
  readonly modifiedZxid: bigint;
  /** 0 at creation, one more at every setData; starts again if the node is deleted and created again. */
  readonly version: number;
  /** The session that owns an ephemeral node, else 0. */
  readonly ephemeralOwner: bigint;
}

export interface NodeData {
  readonly data: Buffer;
  readonly stat: Stat;
}

export type CreateMode = "persistent" | "ephemeral" | "persistent-sequential" | "ephemeral-sequential";

const createFlags: Readonly<Record<CreateMode, number>> = {
  persistent: 0,
  ephemeral: 1,
  "persistent-sequential": 2,
  "ephemeral-sequential": 3,
};

/** Permissions of a node: everybody, or the users that the creating session has logged in. */
export type Access = "everyone" | "creator";

/** Any version. */
export const anyVersion = -1;

const nothing = () => undefined;

export interface CreateOptions {
  readonly mode?: CreateMode;
  readonly access?: Access;
}

/** The name differs from `path` for sequential nodes. */
export function create(
  path: string,
  data: Uint8Array,
  options: CreateOptions = {},
): Request<{ readonly path: string; readonly stat: Stat }> {
  return {
    opcode: opcode.create,
    what: `create ${path}`,
    write: (body) => writeCreate(body, path, data, options),
    read: (body) => ({ path: body.text(), stat: readStat(body) }),
  };
}

function writeCreate(body: JuteWriter, path: string, data: Uint8Array, options: CreateOptions): void {
  const { mode = "persistent", access = "everyone" } = options;
  const allPermissions = 31;
  const [scheme, id] = access === "everyone" ? ["world", "anyone"] : ["auth", ""];
  body.text(path).buffer(data);
  body.vector([undefined], () => body.int(allPermissions).text(scheme).text(id));
  body.int(createFlags[mode]);
}

export function deleteNode(path: string, version = anyVersion): Request<undefined> {
  return {
    opcode: opcode.delete,
    what: `delete ${path}`,
    write: (body) => body.text(path).int(version),
    read: nothing,
  };
}

/** Undefined if there is no such node. */
export function exists(path: string, watch = false): Request<Stat | undefined> {
  return {
    mayBeAbsent: true,
    opcode: opcode.exists,
    what: `exists ${path}`,
    write: (body) => body.text(path).bool(watch),
    read: readStat,
    ...(watch && { watch: { kind: "exists", path } }),
  };
}

/** Undefined if there is no such node. */
export function getData(path: string, watch = false): Request<NodeData | undefined> {
  return {
    mayBeAbsent: true,
    opcode: opcode.getData,
    what: `getData ${path}`,
    write: (body) => body.text(path).bool(watch),
    read: (body) => ({ data: body.buffer(), stat: readStat(body) }),
    ...(watch && { watch: { kind: "data", path } }),
  };
}

export function setData(path: string, data: Uint8Array, version = anyVersion): Request<Stat> {
  return {
    opcode: opcode.setData,
    what: `setData ${path}`,
    write: (body) => body.text(path).buffer(data).int(version),
    read: readStat,
  };
}

export function getChildren(path: string, watch = false): Request<{ readonly names: readonly string[] }> {
  return {
    opcode: opcode.getChildren,
    what: `getChildren ${path}`,
    write: (body) => body.text(path).bool(watch),
    read: (body) => ({ names: body.vector(() => body.text()) }),
    ...(watch && { watch: { kind: "children", path } }),
  };
}

/** The server catches up with what the leader has committed; what the session asks next sees it. */
export function sync(path: string): Request<undefined> {
  return {
    opcode: opcode.sync,
    what: `sync ${path}`,
    write: (body) => body.text(path),
    read: nothing,
  };
}

/** Watch until removed: changes of the node and of the number of its children, or of everything below it. */
export function addWatch(path: string, recursive: boolean): Request<undefined> {
  return {
    opcode: opcode.addWatch,
    what: `addWatch ${path}`,
    write: (body) => body.text(path).int(recursive ? 1 : 0),
    read: nothing,
    watch: { kind: recursive ? "recursive" : "persistent", path },
  };
}

/** The same request, whose watch somebody hears. */
export const heardBy = <T>(request: Request<T>, heard: (event: WatchEvent) => void): Request<T> =>
  request.watch === undefined ? request : { ...request, watch: { ...request.watch, heard } };

/** Removes the session's watches of every kind from a node. */
export function removeWatches(path: string): Request<undefined> {
  const everyKind = 3;
  return {
    opcode: opcode.removeWatches,
    what: `removeWatches ${path}`,
    write: (body) => body.text(path).int(everyKind),
    read: nothing,
  };
}

/** Part of a `multi`: refuses the whole where the node's version is another. */
export function check(path: string, version: number): Request<undefined> {
  return {
    opcode: opcode.check,
    what: `check ${path}`,
    write: (body) => body.text(path).int(version),
    read: nothing,
  };
}

function readStat(body: JuteReader): Stat {
  const createdZxid = body.long();
  const modifiedZxid = body.long();
  body.long(); // created, wall-clock time
  body.long(); // modified
  const version = body.int();
  body.int(); // version of the children
  body.int(); // version of the access list
  const ephemeralOwner = body.long();
  body.int(); // length of the data
  body.int(); // number of children
  body.long(); // zxid of the children
  return { createdZxid, modifiedZxid, version, ephemeralOwner };
}

export const ping: Request<undefined> = {
  opcode: opcode.ping,
  what: "ping",
  write: nothing,
  read: nothing,
};

export const closeSession: Request<undefined> = {
  opcode: opcode.closeSession,
  what: "closeSession",
  write: nothing,
  read: nothing,
};

/** Logs the session in. `name:password` is sent to the server in plain text. */
export function digest(name: string, password: string): Request<undefined> {
  return {
    opcode: opcode.auth,
    what: `log-in of ${name}`,
    write: (body) => body.int(0).text("digest").text(`${name}:${password}`),
    read: nothing,
  };
}

/** Restores the session's watches on a new connection, from the last change that it has seen. */
export function setWatches(seen: bigint, watches: readonly Watch[]): Request<undefined> {
  const paths = (kind: Watch["kind"]) =>
    watches.filter((watch) => watch.kind === kind).map(({ path }) => path);
  return {
    opcode: opcode.setWatches,
    what: "setWatches",
    write: (body) => {
      body.long(seen);
      for (const kind of ["data", "exists", "children", "persistent", "recursive"] as const) {
        body.vector(paths(kind), (path) => body.text(path));
      }
    },
    read: nothing,
  };
}
