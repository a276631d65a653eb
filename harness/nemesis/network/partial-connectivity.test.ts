import { describe, expect, it } from "vitest";
import { sleep } from "../../../core/clock.ts";
import { isCutOff } from "../../../core/fault.ts";
import type { NodeId } from "../../../core/op.ts";
import { createRandom } from "../../../core/random.ts";
import { millis, seconds } from "../../../core/time.ts";
import { nemeses, parseNemeses } from "../registry.ts";
import { inMemory, struck } from "../testing/in-memory.ts";

const seeds = Array.from({ length: 10 }, (_, seed) => seed);

/** Who leads when a partition is injected, who has a majority then, and which pairs are cut. */
const partitioned = (name: string, size: number, seed: number) =>
  inMemory(size, seed, async ({ target, system }) => {
    const { leader } = system;
    const { cut = [], summary } = await struck(name, target);
    const nodes = system.nodes.map(({ id }) => id);
    const withMajority = nodes.filter((node) => !isCutOff(node, cut, nodes));
    const reached = (node: NodeId) =>
      nodes.filter((other) => !cut.some(([a, b]) => a === node && b === other));
    return { leader: leader as NodeId, cut, nodes, withMajority, reached, summary };
  });

describe("a non-transitive partition", () => {
  it.each([3, 5])("cuts one pair of %d nodes, the leader in it, and nothing else", async (size) => {
    for (const seed of seeds) {
      const { leader, cut, nodes, withMajority } = await partitioned("partition-non-transitive", size, seed);
      expect(cut).toHaveLength(2);
      expect(cut.every((link) => link.includes(leader))).toBe(true);
      expect(withMajority).toEqual(nodes);
    }
  });
});

describe("a chain", () => {
  it.each([
    [3, 3],
    [5, 3],
  ])(
    "of %d nodes leaves %d of them a majority, the leader too, which not all others hear",
    async (size, many) => {
      for (const seed of seeds) {
        const { leader, withMajority, reached } = await partitioned("partition-chained", size, seed);
        expect(withMajority).toHaveLength(many);
        expect(withMajority).toContain(leader);
        const deaf = withMajority.filter((node) => !reached(leader).includes(node));
        expect(deaf.length).toBeGreaterThan(0);
      }
    },
  );
});

describe("quorum loss", () => {
  it("leaves only one follower of five a majority; the leader still reaches it", async () => {
    for (const seed of seeds) {
      const { leader, withMajority, reached } = await partitioned("partition-quorum-loss", 5, seed);
      expect(withMajority).toHaveLength(1);
      expect(withMajority).not.toContain(leader);
      expect(reached(leader)).toHaveLength(2);
      expect(reached(leader)).toContain(withMajority[0]);
    }
  });
});

describe("a constrained election", () => {
  it("isolates the leader and leaves only one follower of five a majority", async () => {
    for (const seed of seeds) {
      const { leader, withMajority, reached } = await partitioned("partition-constrained-election", 5, seed);
      expect(withMajority).toHaveLength(1);
      expect(reached(leader)).toEqual([leader]);
      expect(reached(withMajority[0] as NodeId)).toHaveLength(4);
    }
  });

  it("lets that follower fall behind before the leader is gone", async () => {
    await inMemory(5, 1, async ({ target, system, clock }) => {
      const { leader } = system;
      const { cut = [], heal } = await struck("partition-constrained-election", target);
      const nodes = system.nodes.map(({ id }) => id);
      const connected = () => nodes.filter((node) => system.network.connects(leader as NodeId, node));
      const hub = nodes.find((node) => !isCutOff(node, cut, nodes));
      expect(nodes.filter((node) => !connected().includes(node))).toEqual([hub]);
      await sleep(clock, seconds(1));
      expect(connected()).toEqual([leader]);
      await heal();
      expect(connected()).toEqual(nodes);
    });
  });

  it("cuts nothing after a heal that came early", async () => {
    await inMemory(5, 1, async ({ target, system, clock }) => {
      const { heal } = await struck("partition-constrained-election", target);
      await sleep(clock, millis(100));
      await heal();
      await sleep(clock, seconds(2));
      for (const a of system.nodes)
        for (const b of system.nodes) expect(system.network.connects(a.id, b.id)).toBe(true);
    });
  });
});

describe("a partition with roles", () => {
  it.each(["non-transitive", "chained", "quorum-loss", "constrained-election"])(
    "strikes nobody while nobody leads: %s",
    async (shape) => {
      await inMemory(5, 1, async ({ target }) => {
        const leaderless = { ...target, leader: async () => undefined };
        expect(await nemeses[`partition-${shape}`]?.inject(leaderless)).toBeUndefined();
      });
    },
  );

  it("needs five nodes where three would leave the leader a majority", () => {
    const least = (names: string[]) =>
      parseNemeses(names)
        .flat()
        .map(({ leastNodes }) => leastNodes);
    expect(least(["partition-quorum-loss", "partition-constrained-election"])).toEqual([5, 5]);
    expect(least(["partition-chained", "partition-non-transitive", "partition"])).toEqual([3, 3, 2]);
  });
});

describe("intermittent links", () => {
  /** Pairs that are cut, at every 10 ms of some seconds. */
  const watched = (seed: number, strikeSeed = seed) =>
    inMemory(3, seed, async ({ target, system, clock }) => {
      const { heal } = await struck("partition-intermittent", {
        ...target,
        random: createRandom(strikeSeed),
      });
      const ids = system.nodes.map(({ id }) => id);
      const pairs = ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b] as const));
      const cutNow = () => pairs.filter(([a, b]) => !system.network.connects(a, b)).join(" ");
      const seen: string[] = [];
      for (let i = 0; i < 1000; i++) {
        seen.push(cutNow());
        await sleep(clock, millis(10));
      }
      await heal();
      const healed = cutNow();
      await sleep(clock, seconds(10));
      return { seen, after: [healed, cutNow()] };
    });

  it("fail and recover, each pair at times of its own, and stay up after the heal", async () => {
    for (const seed of seeds) {
      const { seen, after } = await watched(seed);
      const changes = seen.filter((cut, i) => cut !== seen[i - 1]);
      expect(changes.length).toBeGreaterThan(10);
      for (const pair of ["n1,n2", "n1,n3", "n2,n3"]) {
        const down = seen.filter((cut) => cut.includes(pair)).length;
        expect(down).toBeGreaterThan(0);
        expect(down).toBeLessThan(800);
      }
      expect(after).toEqual(["", ""]);
    }
  });

  it("fail at the same times with the same seed only", async () => {
    expect((await watched(1, 7)).seen).toEqual((await watched(1, 7)).seen);
    expect((await watched(1, 7)).seen).not.toEqual((await watched(1, 8)).seen);
  });

  it("keep their proof when they are mended", async () => {
    await inMemory(3, 1, async ({ target, clock }) => {
      let proof: string | undefined;
      const network = {
        ...target.cluster.network,
        cut: async () => {
          proof = "n1 -> n2 dropped 3 packets";
        },
        mend: async () => {
          proof = undefined;
        },
        heal: async () => {},
        proof: async () => proof,
      };
      const injected = await struck("partition-intermittent", {
        ...target,
        cluster: { ...target.cluster, network: network as typeof target.cluster.network },
      });
      expect(await injected.proof()).toBeUndefined();
      // Whoever judges reads must know that nobody knows when which link was cut.
      expect(injected.flapping).toBe(true);
      await sleep(clock, seconds(10));
      proof = undefined;
      expect(await injected.proof()).toBe("n1 -> n2 dropped 3 packets");
      await injected.heal();
    });
  });
});
