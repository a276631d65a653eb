import { describe, expect, it } from "vitest";
import { sleep } from "../../../core/clock.ts";
import { millis, seconds } from "../../../core/time.ts";
import type { Delivery, Subscription, Told, WatchRequest } from "../../client/watch.ts";
import { admin } from "../admin.ts";
import type { MemoryBug } from "../bugs.ts";
import { inCluster, type World } from "../testing/cluster.ts";

const stream = (target: WatchRequest["target"], more: Partial<WatchRequest> = {}): WatchRequest => ({
  kind: "stream",
  target,
  ...more,
});
const everything = { prefix: "" };

/** Collects what a watch is told while the cluster lives. */
function collect(watch: Subscription): Delivery[] {
  const deliveries: Delivery[] = [];
  const read = async () => {
    for (let next = await watch.next(); next !== undefined; next = await watch.next()) deliveries.push(next);
  };
  void read();
  return deliveries;
}

const words = ({ f, key, value, previous, revision }: Told) =>
  [
    f,
    key,
    value === null ? "null" : value,
    previous === undefined ? undefined : `was ${previous}`,
    revision ? `@${revision}` : undefined,
  ]
    .filter((word) => word !== undefined)
    .join(" ");
const told = (deliveries: readonly Delivery[]) => deliveries.flat().map(words);

const settle = ({ clock }: World) => sleep(clock, seconds(1));
const compact = ({ system, nodes }: World, before: number) =>
  admin(system, nodes[0].id, 1000).compact?.(before);

describe("a stream of the in-memory system", () => {
  it("is told of each change from now on, by its revision, at every node", () =>
    inCluster(async (world) => {
      const clients = await Promise.all(world.nodes.map((node) => world.connect(node)));
      const [client] = clients;
      await client?.kv.write("k", "0");
      await settle(world);
      const watches = await Promise.all(
        clients.map(async ({ watch }) => watch.open(stream({ key: "k" }, { previous: true }))),
      );
      expect(watches.map(({ revision }) => revision)).toEqual([1, 1, 1]);
      const heard = watches.map(collect);
      await client?.kv.write("k", "1");
      await client?.kv.write("other", "1");
      await client?.delete("k");
      await client?.kv.write("k", "2");
      await settle(world);
      for (const one of heard)
        expect(told(one)).toEqual(["put k 1 was 0 @2", "delete k was 1 @4", "create k 2 was null @5"]);
    }));

  it("starts exactly where it is asked to: in the past, or in the future", () =>
    inCluster(async (world) => {
      const client = await world.connect(world.nodes[1]);
      for (const value of ["1", "2", "3"]) await client.kv.write("k", value);
      await settle(world);
      const past = collect(await client.watch.open(stream(everything, { from: 2 })));
      const future = collect(await client.watch.open(stream(everything, { from: 5 })));
      await client.kv.write("k", "4");
      await client.kv.write("k", "5");
      await settle(world);
      expect(told(past)).toEqual(["put k 2 @2", "put k 3 @3", "put k 4 @4", "put k 5 @5"]);
      expect(told(future)).toEqual(["put k 5 @5"]);
    }));

  it("is told in one delivery what changed in one transaction", () =>
    inCluster(async (world) => {
      const client = await world.connect(world.nodes[1]);
      const heard = collect(await client.watch.open(stream({ prefix: "a" })));
      await client.txn.commit([
        { f: "write", key: "a1", value: "1" },
        { f: "write", key: "b", value: "1" },
        { f: "delete", key: "a3" },
        { f: "write", key: "a2", value: "2" },
      ]);
      await settle(world);
      expect(heard.map((delivery) => delivery.map(words))).toEqual([["create a1 1 @1", "create a2 2 @1"]]);
    }));

  it("is served from the compacted revision on, and canceled with it below", () =>
    inCluster(async (world) => {
      const client = await world.connect(world.nodes[1]);
      await client.kv.write("k", "1");
      await client.kv.write("k", "2");
      await client.delete("k");
      await compact(world, 3);
      await settle(world);
      const at = collect(await client.watch.open(stream({ key: "k" }, { from: 3 })));
      const below = collect(await client.watch.open(stream({ key: "k" }, { from: 2 })));
      await settle(world);
      expect(told(at)).toEqual(["delete k @3"]);
      expect(below).toMatchObject([[{ f: "canceled", revision: 3 }]]);
    }));

  it("says how far it has been told, and nothing at or below that later", () =>
    inCluster(async (world) => {
      const client = await world.connect(world.nodes[1]);
      const watch = await client.watch.open(stream({ key: "k" }));
      const heard = collect(watch);
      await client.kv.write("other", "1");
      await settle(world);
      await watch.progress?.();
      await settle(world);
      await client.kv.write("k", "1");
      await settle(world);
      expect(told(heard)).toEqual(["progress @1", "create k 1 @2"]);
    }));

  it("loses nothing and keeps the order where its link is cut for a while", () =>
    inCluster(async (world) => {
      const { system, nodes, clock } = world;
      const [writer, client] = [await world.connect(nodes[0]), await world.connect(nodes[1])];
      const heard = collect(await client.watch.open(stream({ key: "k" })));
      await system.network.cutClients([nodes[1].id]);
      for (const value of ["1", "2", "3"]) await writer.kv.write("k", value);
      await sleep(clock, seconds(5));
      expect(heard).toEqual([]);
      await system.network.heal();
      await settle(world);
      expect(told(heard)).toEqual(["create k 1 @1", "put k 2 @2", "put k 3 @3"]);
    }));

  it("ends, with everything before it, when its node dies, and without a word when it is closed", () =>
    inCluster(async (world) => {
      const client = await world.connect(world.nodes[1]);
      const watch = await client.watch.open(stream({ key: "k" }));
      const closed = await client.watch.open(stream({ key: "k" }));
      await client.kv.write("k", "1");
      await settle(world);
      await closed.close();
      expect(await closed.next()).toBeUndefined();
      await world.nodes[1].kill();
      expect(told([(await watch.next()) ?? [], (await watch.next()) ?? []])).toEqual([
        "create k 1 @1",
        "ended connection-lost",
      ]);
      expect(await watch.next()).toBeUndefined();
      const late = client.watch.open(stream({ key: "k" }));
      await expect(late).rejects.toMatchObject({ code: "not-connected", definite: true });
    }));

  it("waits for a slow reader on a connection of its own", () =>
    inCluster(async (world) => {
      const client = await world.connect(world.nodes[1]);
      const own = await client.watch.open(stream({ key: "k" }, { own: true }));
      const writes = 500;
      for (let i = 0; i < writes; i++) await client.kv.write("k", `${i}`);
      await settle(world);
      const heard = collect(own);
      await settle(world);
      const revisions = heard.flat().map(({ revision }) => revision);
      expect(revisions).toEqual(Array.from({ length: writes }, (_, i) => i + 1));
    }));

  it("is not set where no answer comes", () =>
    inCluster(async (world) => {
      const client = await world.connect(world.nodes[1]);
      await world.nodes[1].pause();
      const open = client.watch.open(stream({ key: "k" }), { timeoutMs: 100 });
      await expect(open).rejects.toMatchObject({ code: "timeout" });
      const refused = client.watch.open({ kind: "one-shot", target: everything, from: 3 });
      await expect(refused).rejects.toThrow("cannot start at a revision or follow a prefix");
    }));
});

describe("other watches of the in-memory system", () => {
  it("are told the newest state of a key or a prefix, again and again (latest)", () =>
    inCluster(async (world) => {
      const client = await world.connect(world.nodes[1]);
      await client.kv.write("a1", "1");
      await settle(world);
      const key = collect(await client.watch.open({ kind: "latest", target: { key: "a1" } }));
      const prefix = collect(await client.watch.open({ kind: "latest", target: { prefix: "a" } }));
      await settle(world);
      await Promise.all(["2", "3", "4"].map((value) => client.kv.write("a1", value)));
      await client.kv.write("a2", "5");
      await client.delete("a1");
      await settle(world);
      const values = key.flat().map(({ value }) => value);
      expect(values[0]).toBe("1");
      expect(values.at(-1)).toBe(null);
      expect(prefix.flat()[0]?.value).toEqual({ a1: "1" });
      expect(prefix.flat().at(-1)).toEqual({ f: "state", value: { a2: "5" }, revision: 6 });
    }));

  it("are told once for each registration, and then the state that the next one found (one-shot)", () =>
    inCluster(async (world) => {
      const client = await world.connect(world.nodes[1]);
      const heard = collect(await client.watch.open({ kind: "one-shot", target: { key: "k" } }));
      await settle(world);
      await Promise.all(["1", "2", "3"].map((value) => client.kv.write("k", value)));
      await settle(world);
      await client.delete("k");
      await settle(world);
      const sentences = told(heard);
      expect(sentences[0]).toBe("state k null");
      expect(sentences[1]).toBe("create k");
      expect(sentences.slice(-2)).toEqual(["delete k", "state k null @4"]);
      expect(heard.flat().map(({ f }) => (f === "state" ? "state" : "event"))).toEqual(
        heard.map((_, i) => (i % 2 === 0 ? "state" : "event")),
      );
    }));
});

describe("a planted bug of watches", () => {
  /** What a watcher of everything at the second node is told of 200 transactions of two keys. */
  const heardOf = (bug: MemoryBug, more: Partial<WatchRequest> = { previous: true }) =>
    inCluster(
      async (world) => {
        const client = await world.connect(world.system.node(world.system.nodes[1]?.id ?? world.nodes[1].id));
        const watch = await client.watch.open(stream(everything, more));
        const heard = collect(watch);
        for (let i = 1; i <= 200; i++)
          await client.txn.commit(["a", "b"].map((key) => ({ f: "write", key, value: `${i}` })));
        await settle(world);
        await watch.progress?.();
        await sleep(world.clock, seconds(1));
        return heard;
      },
      { bugs: [bug] },
    );
  const revisions = (heard: readonly Delivery[]) => heard.flat().map(({ revision = 0 }) => revision);

  it("drops events, or tells them twice", async () => {
    const dropped = (await heardOf("dropped-events")).flat().length;
    const twice = (await heardOf("duplicated-events")).flat().length;
    expect([dropped < 401, twice > 401]).toEqual([true, true]);
  });

  it("splits a revision", async () => {
    const heard = await heardOf("split-revisions");
    expect(heard.some((delivery, i) => delivery[0]?.revision === heard[i - 1]?.at(-1)?.revision)).toBe(true);
    expect(heard.flat()).toHaveLength(401);
  });

  it("names a revision too early", async () => {
    expect((await heardOf("early-progress")).at(-1)).toEqual([{ f: "progress", revision: 201 }]);
  });

  it("tells what came before a start in the future", async () => {
    expect(Math.min(...revisions(await heardOf("events-before-start", { from: 100 })))).toBe(1);
    expect(Math.min(...revisions(await heardOf("dropped-events", { from: 100 })))).toBe(100);
  });

  it("tells another previous value", async () => {
    const wrong = (await heardOf("wrong-previous"))
      .flat()
      .filter(({ f, value, previous }) => f === "put" && Number(value) - 1 !== Number(previous));
    expect(wrong.length).toBeGreaterThan(0);
  });

  it.each<[MemoryBug, number, number]>([
    ["lost-compacted-deletes", 0, 1],
    ["silent-compacted-watches", 1, 0],
  ])("leaves something unsaid at compaction (%s)", (bug, at, below) =>
    inCluster(
      async (world) => {
        const client = await world.connect(world.nodes[1]);
        await client.kv.write("k", "1");
        await client.delete("k");
        await compact(world, 2);
        await settle(world);
        const heard = await Promise.all(
          [2, 1].map(async (from) => collect(await client.watch.open(stream(everything, { from })))),
        );
        await settle(world);
        expect(heard.map(({ length }) => length)).toEqual([at, below]);
      },
      { bugs: [bug] },
    ),
  );

  it("makes the watches of one node late, or silent", async () => {
    expect((await heardOf("silent-watches")).flat()).toHaveLength(1);
    const heardLate = await heardOf("late-watches");
    expect(revisions(heardLate).at(-1)).toBeLessThan(200);
  });
});

it("a leader of the in-memory system can be moved", () =>
  inCluster(async ({ system, nodes }) => {
    const operator = admin(system, nodes[1].id, 1000);
    const to = (await operator.members()).find(({ id }) => id === nodes[2].id);
    if (to !== undefined) await operator.moveLeader?.(to);
    expect(system.leader).toBe(nodes[2].id);
    await sleep(system.clock, millis(1));
  }));
