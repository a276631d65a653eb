import { describe, expect, it } from "vitest";
import { sleep } from "../../../core/clock.ts";
import type { Link, NodeId } from "../../../core/op.ts";
import { seconds } from "../../../core/time.ts";
import type { Network } from "../../runtimes/runtime.ts";
import { inMemory, struck } from "../testing/in-memory.ts";

const seeds = Array.from({ length: 20 }, (_, seed) => seed);

/** What a nemesis does to the network in `lasting` seconds and in its heal, in order. */
async function steps(name: string, size: number, seed: number, lasting = 3) {
  const done: { what: string; at: number; links: readonly Link[] }[] = [];
  return inMemory(size, seed, async ({ target, system, clock }) => {
    const { network } = system;
    const began = clock.now();
    const note = (what: string, links: readonly Link[] = []) =>
      void done.push({ what, at: Math.round((clock.now() - began) / 1e6), links });
    const watched: Network = {
      cut: (links) => network.cut(links),
      breakConnections: () => network.breakConnections(),
      cutClients: (nodes) => network.cutClients(nodes),
      slow: (links, delayMs, jitterMs) => network.slow(links, delayMs, jitterMs),
      lose: (links, percent) => network.lose(links, percent),
      hold: async (links) => {
        note("hold", links);
        await network.hold(links);
      },
      mend: async (links) => {
        note("mend", links);
        await network.mend(links);
      },
      heal: async () => {
        note("heal");
        await network.heal();
      },
      proof: () => network.proof(),
    };
    const before = system.leader as NodeId;
    const cluster = { ...target.cluster, network: watched };
    const injected = await struck(name, { ...target, cluster });
    await sleep(clock, seconds(lasting));
    const during = system.leader;
    await injected.heal();
    return { before, during, done, injected, size };
  });
}

const arrows = (links: readonly Link[]): string => links.map((link) => link.join(">")).join(" ");

describe("hold-leader", () => {
  it("holds what is sent to the leader first, and then all its links", async () => {
    for (const seed of seeds) {
      const { before, done } = await steps("hold-leader", 3, seed);
      const [towards, all] = done;
      expect(towards?.what).toBe("hold");
      expect(towards?.links).toHaveLength(2);
      expect(towards?.links.every(([, to]) => to === before)).toBe(true);
      expect(all?.what).toBe("hold");
      expect(all?.links).toHaveLength(4);
      expect((all?.at ?? 0) - (towards?.at ?? 0)).toBeGreaterThanOrEqual(150);
    }
  });

  it.each([3, 5])(
    "frees one link of %d nodes after the other: those to the old leader, with its successor's last, then the others",
    async (size) => {
      for (const seed of seeds) {
        const { before, during, done } = await steps("hold-leader", size, seed);
        expect(during).not.toBe(before);
        const freed = done.filter(({ what }) => what === "mend");
        expect(freed.every(({ links }) => links.length === 1)).toBe(true);
        const order = freed.flatMap(({ links }) => links);
        const towards = order.slice(0, size - 1);
        expect(towards.every(([, to]) => to === before)).toBe(true);
        expect(towards.at(-1)?.[0]).toBe(during);
        expect(order.slice(size - 1).every(([from]) => from === before)).toBe(true);
        const times = freed.map(({ at }) => at);
        expect(times.every((at, i) => i === 0 || at > (times[i - 1] ?? 0))).toBe(true);
        expect(done.at(-1)?.what).toBe("heal");
      }
    },
  );

  it("is proven by messages that were held", async () => {
    await inMemory(3, 1, async ({ target, system, clock }) => {
      const injected = await struck("hold-leader", target);
      expect(await injected.proof()).toBeUndefined();
      const [old] = injected.nodes as [NodeId];
      const others = system.nodes.filter(({ id }) => id !== old);
      system.network.send(old, others[0]?.id ?? old, () => {});
      const proof = await injected.proof();
      expect(proof).toContain("held messages");
      await sleep(clock, seconds(1));
      await injected.heal();
      expect(await injected.proof()).toBe(proof);
    });
  });
});

describe("hold-one", () => {
  it("holds all links of one node, and frees them at once", async () => {
    const held = await Promise.all(seeds.map(async (seed) => steps("hold-one", 5, seed)));
    for (const { done, injected } of held) {
      expect(done.map(({ what }) => what)).toEqual(["hold", "heal"]);
      expect(done[0]?.links).toHaveLength(8);
      expect(done[0]?.links.every((link) => link.includes(injected.nodes[0] as NodeId))).toBe(true);
    }
    expect(new Set(held.map(({ injected }) => injected.nodes[0])).size).toBeGreaterThan(3);
  });
});

describe("hold-links", () => {
  it("holds some links but not all, and frees them at once or one after the other", async () => {
    const held = await Promise.all(seeds.map((seed) => steps("hold-links", 3, seed)));
    for (const { done, injected } of held) {
      const links = done[0]?.links ?? [];
      expect(links.length).toBeGreaterThan(0);
      expect(links.length).toBeLessThan(6);
      expect(injected.cut).toEqual(links);
      const freed = done.filter(({ what }) => what === "mend").flatMap(({ links }) => links);
      if (freed.length > 0)
        expect(arrows(freed).split(" ").toSorted()).toEqual(arrows(links).split(" ").toSorted());
    }
    const inTurn = held.filter(({ done }) => done.some(({ what }) => what === "mend"));
    expect(inTurn.length).toBeGreaterThan(0);
    expect(inTurn.length).toBeLessThan(held.length);
    expect(new Set(held.map(({ injected }) => injected.summary)).size).toBeGreaterThan(10);
  });
});

describe("hold", () => {
  it("delivers every message once, in the order in which it was sent, when it is healed", async () => {
    await inMemory(3, 1, async ({ system, clock }) => {
      const { network } = system;
      const arrived: number[] = [];
      const [a, b] = system.nodes.map(({ id }) => id) as [NodeId, NodeId];
      await network.hold([[a, b]]);
      const stream = network.stream(a, b);
      for (const n of [1, 2, 3]) stream.send(() => arrived.push(n));
      await sleep(clock, seconds(2));
      expect(arrived).toEqual([]);
      await network.mend([[a, b]]);
      await sleep(clock, seconds(1));
      expect(arrived).toEqual([1, 2, 3]);
    });
  });
});
