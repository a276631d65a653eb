import { describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { createRandom } from "../../core/random.ts";
import { millis, seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import type { ClientWith } from "../client/client.ts";
import { memoryAdapter } from "./adapter.ts";
import type { MemoryNode } from "./node.ts";
import { type MemoryOptions, MemorySystem } from "./system.ts";

interface World {
  readonly clock: VirtualClock;
  readonly system: MemorySystem;
  /** The leader first. */
  readonly nodes: readonly [MemoryNode, MemoryNode, MemoryNode];
  connect(node: MemoryNode): Promise<ClientWith<"kv" | "delete" | "prefix">>;
}

/** Runs `task` in a cluster of three that has a leader. */
async function inCluster<T>(task: (world: World) => Promise<T>, options: Partial<MemoryOptions> = {}) {
  const clock = new VirtualClock();
  const random = createRandom(1);
  const latencyMs = { min: 1, max: 2 };
  const system = new MemorySystem({ clock, random, nodes: 3, latencyMs, electionMs: 200, ...options });
  const adapter = memoryAdapter(system);
  return clock.run(async () => {
    await Promise.all(system.nodes.map((node) => node.start()));
    await sleep(clock, seconds(1));
    const sorted = [...system.nodes].sort((a) => (a.id === system.leader ? -1 : 1));
    const nodes = sorted as [MemoryNode, MemoryNode, MemoryNode];
    const connect = (node: MemoryNode) =>
      adapter.connect(node.endpoint, ["kv", "delete", "prefix"], { timeoutMs: 500, clock });
    return task({ clock, system, nodes, connect });
  });
}

const isolate = ({ system }: World, node: MemoryNode) =>
  system.network.cut(
    system.nodes
      .filter(({ id }) => id !== node.id)
      .flatMap(({ id }) => [[id, node.id] as const, [node.id, id] as const]),
  );

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

  it("deletes a key, and tells a delete that found none", () =>
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
