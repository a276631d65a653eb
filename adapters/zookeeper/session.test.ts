import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { millis } from "../../core/time.ts";
import { startDirect } from "../../harness/runtimes/testing/direct-cluster.ts";
import type { Endpoint } from "../adapter.ts";
import { limitsOf } from "../client/ask.ts";
import { clock, type TestCluster, until, untilReady } from "../conformance/cluster.ts";
import { Relay } from "../conformance/relay.ts";
import { zookeeper } from "./adapter.ts";
import { multi } from "./multi.ts";
import {
  addWatch,
  anyVersion,
  check,
  create,
  deleteNode,
  exists,
  getChildren,
  getData,
  type Request,
  setData,
  sync,
  type WatchEvent,
} from "./requests.ts";
import { Session } from "./session.ts";

const [program] = await zookeeper.deployment.installed();
const missing =
  program === undefined ? `ZooKeeper is not installed: ${zookeeper.deployment.installHint}` : undefined;

const bytes = (text: string) => Buffer.from(text);

describe.skipIf(requireOrSkip(missing))("a ZooKeeper session", () => {
  let cluster: TestCluster;
  const sessions: Session[] = [];
  let names = 0;

  beforeAll(async () => {
    cluster = await startDirect(zookeeper.deployment, { size: 3, clock });
    await untilReady(zookeeper, cluster.nodes);
  }, 120_000);
  afterEach(() => Promise.all(sessions.splice(0).map((session) => session.close())));
  afterAll(() => cluster?.stop());

  const at = (node: number): Endpoint => {
    const endpoint = cluster.nodes[node]?.endpoint;
    if (endpoint === undefined) throw new Error("no node");
    return endpoint;
  };
  const open = (endpoint = at(0), sessionTimeoutMs = 10_000): Session => {
    const session = new Session(endpoint, { sessionTimeoutMs, clock });
    sessions.push(session);
    return session;
  };
  const soon = () => limitsOf({ clock, timeoutMs: 10_000 });
  const ask = async <T>(session: Session, request: Request<T>): Promise<T> =>
    (await session.ask(request, soon())).value;
  const path = () => `/session-${++names}`;

  it("keeps the zxid of each reply, and writes grow in it", async () => {
    const session = open();
    const node = path();
    const made = await session.ask(create(node, bytes("1")), soon());
    const set = await session.ask(setData(node, bytes("2")), soon());
    expect(set.value.modifiedZxid).toBeGreaterThan(made.value.stat.createdZxid);
    const read = await session.ask(getData(node), soon());
    expect(read.zxid).toBeGreaterThanOrEqual(set.value.modifiedZxid);
    expect(read.value?.stat).toMatchObject({ version: 1, modifiedZxid: set.value.modifiedZxid });
  });

  it("makes ephemeral and sequential nodes", async () => {
    const session = open();
    const node = path();
    await ask(session, create(node, bytes("")));
    const first = await ask(session, create(`${node}/a-`, bytes(""), { mode: "ephemeral-sequential" }));
    const second = await ask(session, create(`${node}/a-`, bytes(""), { mode: "persistent-sequential" }));
    expect(first.path).toBe(`${node}/a-0000000000`);
    expect(second.path).toBe(`${node}/a-0000000001`);
    expect(first.stat.ephemeralOwner).toBe(session.id);
    await session.close();
    const other = open();
    expect((await ask(other, getChildren(node))).names).toEqual(["a-0000000001"]);
  });

  it("carries out a multi whole or not at all, and names the part that was refused", async () => {
    const session = open();
    const [one, two] = [path(), path()];
    const replies = await ask(
      session,
      multi([create(one, bytes("1")), create(two, bytes("2")), check(one, 0), setData(two, bytes("3"), 0)]),
    );
    expect(replies).toHaveLength(4);
    expect(replies[3]).toMatchObject({ version: 1 });
    const refused = ask(session, multi([setData(one, bytes("x")), check(two, 7), deleteNode(two)]));
    await expect(refused).rejects.toMatchObject({ code: "conflict", definite: true });
    await expect(refused).rejects.toThrow(`BADVERSION: check ${two}`);
    expect((await ask(session, getData(one)))?.data.toString()).toBe("1");
  });

  it.each<[string, string, (node: string) => Request<unknown>]>([
    ["NONODE", "not-found", (node) => deleteNode(`${node}/none`)],
    ["NODEEXISTS", "exists", (node) => create(node, bytes(""))],
    ["BADVERSION", "conflict", (node) => setData(node, bytes(""), 7)],
    ["NOTEMPTY", "rejected", (node) => deleteNode(node, anyVersion)],
    ["NOCHILDRENFOREPHEMERALS", "rejected", (node) => create(`${node}/brief/child`, bytes(""))],
    ["BADARGUMENTS", "rejected", () => create("no-slash", bytes(""))],
    ["INVALIDACL", "rejected", (node) => create(`${node}/mine`, bytes(""), { access: "creator" })],
  ])("is refused with %s, definitely (%s)", async (name, code, request) => {
    const session = open();
    const node = path();
    await ask(session, create(node, bytes("")));
    await ask(session, create(`${node}/brief`, bytes(""), { mode: "ephemeral" }));
    const refused = ask(session, request(node));
    await expect(refused).rejects.toMatchObject({ code, definite: true });
    await expect(refused).rejects.toThrow(name);
    expect((await ask(session, exists(`${node}/brief`)))?.ephemeralOwner).toBe(session.id);
  });

  it("survives the move to another server, with its ephemeral nodes and its watches", async () => {
    const session = open(at(0));
    const events: WatchEvent[] = [];
    session.onEvent((event) => events.push(event));
    const node = path();
    await ask(session, create(node, bytes("1"), { mode: "ephemeral" }));
    await ask(session, getData(node, true));
    const { id } = session;
    // A server closes the connection of a session that has seen more than it: this one must have caught up.
    await ask(open(at(1)), sync(node));
    await session.moveTo(at(1), soon().deadline);
    expect(session.id).toBe(id);
    expect((await ask(session, exists(node)))?.ephemeralOwner).toBe(id);
    const other = open(at(2));
    await ask(other, sync(node));
    await ask(other, setData(node, bytes("2")));
    await until("the watch's event", async () => events.length > 0);
    expect(events).toMatchObject([{ type: "changed", path: node }]);
  });

  it("hears of each change from a persistent watch, and once from a plain one", async () => {
    const session = open();
    const events: WatchEvent[] = [];
    session.onEvent((event) => events.push(event));
    const node = path();
    await ask(session, exists(node, true));
    await ask(session, addWatch(node, true));
    const writer = open();
    await ask(writer, create(node, bytes("0")));
    for (let i = 1; i <= 20; i++) await ask(writer, setData(node, bytes(`${i}`)));
    await ask(writer, create(`${node}/child`, bytes("")));
    await ask(writer, deleteNode(`${node}/child`));
    await until("all events", async () => events.some(({ type }) => type === "deleted"));
    const changes = events.filter(({ type }) => type === "changed");
    expect(changes).toHaveLength(20);
    expect(events.filter(({ path: of }) => of === `${node}/child`).map(({ type }) => type)).toEqual([
      "created",
      "deleted",
    ]);
  });

  it("reports once that it has expired, and is a new one from then on", async () => {
    const relay = new Relay(at(0));
    await relay.start();
    const session = open(relay.endpoint, 1000);
    const node = path();
    await ask(session, create(node, bytes(""), { mode: "ephemeral" }));
    const { id } = session;
    await relay.stop();
    const other = open(at(0));
    await until("the session's end", async () => (await ask(other, exists(node))) === undefined);
    await relay.start();
    await expect(ask(session, exists(node))).rejects.toMatchObject({
      code: "session-expired",
      definite: true,
    });
    expect(await ask(session, exists(node))).toBeUndefined();
    expect(session.id).not.toBe(id);
    await session.close();
    await relay.stop();
  });

  it("ends at once at the server when it is closed, and takes its ephemeral nodes with it", async () => {
    const [session, witness] = [open(at(0), 20_000), open(at(1))];
    const node = path();
    await ask(session, create(node, bytes(""), { mode: "ephemeral" }));
    await session.close();
    // The first look, from another server.
    await ask(witness, sync(node));
    expect(await ask(witness, exists(node))).toBeUndefined();
  });

  it("lives on at the server when it is abandoned, until it expires", async () => {
    const timeoutMs = 2000;
    const [session, witness] = [open(at(0), timeoutMs), open(at(1))];
    const node = path();
    const lastAsked = clock.now();
    await ask(session, create(node, bytes(""), { mode: "ephemeral" }));
    session.abandon();
    await ask(witness, sync(node));
    expect((await ask(witness, exists(node)))?.ephemeralOwner).toBe(session.id);
    await until("the session's end", async () => (await ask(witness, exists(node))) === undefined);
    expect((clock.now() - lastAsked) / 1e6).toBeGreaterThanOrEqual(timeoutMs);
    await expect(ask(session, exists(node))).rejects.toMatchObject({ code: "not-connected" });
  });

  it("lives on without being asked anything, for as long as the server answers pings", async () => {
    const session = open(at(0), 1000);
    const node = path();
    await ask(session, create(node, bytes(""), { mode: "ephemeral" }));
    const { id } = session;
    // There is nothing to wait for but time: three times what the session may be silent.
    await sleep(clock, millis(3000));
    expect((await ask(session, exists(node)))?.ephemeralOwner).toBe(id);
  });
});
