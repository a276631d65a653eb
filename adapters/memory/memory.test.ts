import { describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { millis, seconds } from "../../core/time.ts";
import { inCluster, isolate } from "./testing/cluster.ts";

describe("the in-memory system", () => {
  it("reads what was written, at any node", () =>
    inCluster(async ({ nodes, connect }) => {
      const [a, b] = [await connect(nodes[1]), await connect(nodes[2])];
      expect(await a.kv.read("k", "linearizable")).toEqual({ revision: 0 });
      expect(await a.kv.write("k", "1")).toBe(1);
      expect(await b.kv.read("k", "linearizable")).toEqual({ value: "1", revision: 1, modRevision: 1 });
      expect(await b.kv.cas("k", "1", "2")).toBe(2);
      await expect(a.kv.cas("k", "1", "3")).rejects.toMatchObject({ code: "mismatch", definite: true });
    }));

  it("deletes a key, and reports a delete that found none", () =>
    inCluster(async ({ nodes, connect }) => {
      const client = await connect(nodes[1]);
      expect(await client.delete("k")).toEqual({ existed: false });
      await client.kv.write("k", "1");
      expect(await client.delete("k")).toEqual({ existed: true, revision: 2 });
      expect(await client.kv.read("k", "linearizable")).toEqual({ revision: 2 });
      await expect(client.kv.cas("k", "1", "2")).rejects.toMatchObject({ code: "mismatch" });
      expect(await client.kv.write("k", "3")).toBe(3);
    }));

  it("answers `local` reads from the node's own copy, which lags where the node is cut off", () =>
    inCluster(async (world) => {
      const { nodes, connect, clock } = world;
      const [leader, cut] = [await connect(nodes[0]), await connect(nodes[1])];
      await leader.kv.write("k", "old");
      await sleep(clock, millis(50));
      await isolate(world, nodes[1]);
      await leader.kv.write("k", "new");
      expect((await cut.kv.read("k", "local")).value).toBe("old");
      await expect(cut.kv.read("k", "linearizable")).rejects.toMatchObject({ code: "timeout" });
    }));

  it("deletes a key once, and keeps what others hold", () =>
    inCluster(async ({ nodes, connect }) => {
      const [a, b] = [await connect(nodes[1]), await connect(nodes[2])];
      await a.kv.write("k", "1");
      await a.kv.write("l", "2");
      expect(await b.delete("k")).toEqual({ existed: true, revision: 3 });
      expect(await a.kv.read("k", "linearizable")).toEqual({ revision: 3 });
      expect(await a.delete("k")).toEqual({ existed: false });
      await expect(a.kv.cas("k", "1", "3")).rejects.toMatchObject({ code: "mismatch" });
      expect((await b.kv.read("l", "linearizable")).value).toBe("2");
    }));

  it("lists the keys of a prefix in order, and lags where the list is the node's own", () =>
    inCluster(async (world) => {
      const { nodes, connect, clock } = world;
      const [leader, cut] = [await connect(nodes[0]), await connect(nodes[1])];
      for (const key of ["s-b", "s-a", "other"]) await leader.kv.write(key, `of ${key}`);
      await sleep(clock, millis(50));
      await isolate(world, nodes[1]);
      await leader.delete("s-a");
      await leader.kv.write("s-c", "of s-c");
      expect([...(await leader.prefix.list("s-", "linearizable")).keys()]).toEqual(["s-b", "s-c"]);
      expect([...(await cut.prefix.list("s-", "local"))]).toEqual([
        ["s-a", { value: "of s-a", revision: 2 }],
        ["s-b", { value: "of s-b", revision: 1 }],
      ]);
    }));

  it("answers linearizable lists from a node's own copy where that bug is planted", () =>
    inCluster(
      async (world) => {
        const { nodes, connect } = world;
        const [leader, cut] = [await connect(nodes[0]), await connect(nodes[1])];
        await isolate(world, nodes[1]);
        await leader.kv.write("s-a", "1");
        expect((await cut.prefix.list("s-", "linearizable")).size).toBe(0);
      },
      { bugs: ["stale-reads"] },
    ));

  it("forgets every kind of acknowledged change where that bug is planted", () =>
    inCluster(
      async ({ nodes, connect }) => {
        const client = await connect(nodes[1]);
        let survived = 0;
        for (let i = 0; i < 200; i++) {
          await client.kv.write("k", "1");
          await client.delete("k");
          if ((await client.kv.read("k", "linearizable")).value !== undefined) survived++;
        }
        expect(survived).toBeGreaterThan(0);
      },
      { bugs: ["lost-writes"] },
    ));

  it("keeps a call's own deadline, and lets it be called off", () =>
    inCluster(async ({ nodes, connect, clock, system }) => {
      const client = await connect(nodes[1]);
      await system.network.cutClients([nodes[1].id]);
      const before = clock.now();
      const late = client.kv.write("k", "1", { timeoutMs: 20 });
      await expect(late).rejects.toMatchObject({ code: "timeout", definite: false });
      expect(clock.now() - before).toBe(millis(20));
      const controller = new AbortController();
      clock.after(millis(5), () => controller.abort());
      const off = client.prefix.list("s-", "linearizable", { signal: controller.signal });
      await expect(off).rejects.toMatchObject({ code: "aborted", definite: false });
      expect(clock.now() - before).toBe(millis(25));
      await expect(client.delete("k", { signal: controller.signal })).rejects.toMatchObject({
        code: "aborted",
        definite: true,
      });
    }));

  it.each(["close", "abandon"] as const)("loses what is pending with a client's %s", (end) =>
    inCluster(async ({ nodes, connect }) => {
      const client = await connect(nodes[1]);
      const pending = client.kv.write("k", "1");
      void client[end]();
      await expect(pending).rejects.toMatchObject({ code: "connection-lost", definite: false });
      await expect(client.kv.write("k", "2")).rejects.toMatchObject({ code: "not-connected" });
    }),
  );

  it("elects another leader where the first one is cut off, and the first one answers nothing", () =>
    inCluster(async (world) => {
      const { nodes, connect, clock, system } = world;
      const old = await connect(nodes[0]);
      await isolate(world, nodes[0]);
      await expect(old.kv.write("k", "1")).rejects.toMatchObject({ code: "timeout" });
      await sleep(clock, seconds(1));
      expect(system.leader).not.toBe(nodes[0].id);
      expect(system.isReady(nodes[1].id)).toBe(true);
      expect(system.isReady(nodes[0].id)).toBe(false);
      await (await connect(nodes[1])).kv.write("k", "2");
      await system.network.heal();
      expect((await old.kv.read("k", "linearizable")).value).toBe("2");
    }));

  it("loses the connections of a node that is killed, and refuses new ones until it is back", () =>
    inCluster(async ({ nodes, connect, clock }) => {
      const client = await connect(nodes[1]);
      const asked = client.kv.write("k", "1");
      clock.after(millis(1), () => void nodes[1].kill());
      await expect(asked).rejects.toMatchObject({ code: "connection-lost", definite: false });
      await expect(client.kv.write("k", "2")).rejects.toMatchObject({
        code: "not-connected",
        definite: true,
      });
      await expect(connect(nodes[1])).rejects.toMatchObject({ code: "not-connected" });
      await nodes[1].start();
      await (await connect(nodes[1])).kv.write("k", "3");
    }));

  it("lets a stopped node read its messages late: what was given up may still happen", () =>
    inCluster(async ({ nodes, connect, clock }) => {
      const [stopped, other] = [await connect(nodes[1]), await connect(nodes[2])];
      await nodes[1].pause();
      await expect(stopped.kv.write("k", "late")).rejects.toMatchObject({ code: "timeout" });
      expect((await other.kv.read("k", "linearizable")).value).toBeUndefined();
      await nodes[1].resume();
      await sleep(clock, millis(50));
      expect((await other.kv.read("k", "linearizable")).value).toBe("late");
    }));

  it("answers nothing without a majority, and says so where no leader is known", () =>
    inCluster(async ({ nodes, connect, clock, system }) => {
      const client = await connect(nodes[2]);
      await Promise.all([nodes[0].kill(), nodes[1].kill()]);
      await sleep(clock, seconds(1));
      expect(system.leader).toBeUndefined();
      await expect(client.kv.write("k", "1")).rejects.toMatchObject({ code: "no-leader", definite: true });
    }));

  it("proves its network's faults by what they did, and none that did nothing", () =>
    inCluster(async (world) => {
      const { nodes, connect, system } = world;
      const client = await connect(nodes[1]);
      await isolate(world, nodes[1]);
      expect(await system.network.proof()).toBeUndefined();
      await expect(client.kv.write("k", "1")).rejects.toMatchObject({ code: "timeout" });
      expect(await system.network.proof()).toBe(`${nodes[1].id} -> ${nodes[0].id} refused messages (1)`);
      await system.network.heal();
      expect(await system.network.proof()).toBeUndefined();
    }));

  it("keeps clients away from a node where their links are cut", () =>
    inCluster(async ({ nodes, connect, system }) => {
      const client = await connect(nodes[1]);
      await system.network.cutClients([nodes[1].id]);
      await expect(client.kv.write("k", "1")).rejects.toMatchObject({ code: "timeout" });
      await expect(connect(nodes[1])).rejects.toMatchObject({ code: "not-connected" });
      expect(system.isReady(nodes[1].id)).toBe(true);
    }));

  it("takes longer over slow links, and over lossy ones now and then", () =>
    inCluster(async ({ nodes, connect, clock, system }) => {
      const client = await connect(nodes[1]);
      const timed = async () => {
        const before = clock.now();
        await client.kv.write("k", "1");
        return (clock.now() - before) / 1e6;
      };
      expect(await timed()).toBeLessThan(12);
      const links = system.nodes.flatMap(({ id }) => system.nodes.map((to) => [id, to.id] as const));
      await system.network.slow(links, 50, 10);
      expect(await timed()).toBeGreaterThan(200);
      await system.network.heal();
      await system.network.lose(links, 50);
      const times = [];
      for (let i = 0; i < 10; i++) times.push(await timed().catch(() => 500));
      expect(Math.max(...times)).toBeGreaterThan(200);
      expect(await system.network.proof()).toContain("lost messages");
    }));
});
