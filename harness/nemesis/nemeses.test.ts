import { describe, expect, it } from "vitest";
import { memoryAdapter } from "../../adapters/memory/adapter.ts";
import { MemorySystem } from "../../adapters/memory/system.ts";
import { sleep } from "../../core/clock.ts";
import { type NodeId, nodeId } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import type { Worker } from "../load/clients.ts";
import type { Injected, Target } from "./nemesis.ts";
import { nemeses, parseNemeses } from "./registry.ts";

interface Struck {
  readonly system: MemorySystem;
  readonly leader: NodeId | undefined;
  readonly injected: Injected | undefined;
  readonly states: readonly string[];
  /** What was done to the load workers. */
  readonly done: readonly string[];
}

/** A load worker in words, which notes what is done to it. */
function fakeWorker(name: string, done: string[]): Worker {
  let state: ReturnType<Worker["state"]> = "running";
  const become = (next: typeof state, what: string) => {
    if (state !== next) done.push(`${what} ${name}`);
    state = next;
    return what;
  };
  return {
    name,
    address: `address of ${name}`,
    state: () => state,
    pause: async () => become("paused", "pause"),
    resume: async () => void become("running", "resume"),
    kill: async () => become("killed", "kill"),
    replace: async () => void become("running", "replace"),
  };
}

/** Strikes a cluster that has a leader, and heals it. */
async function strike(
  name: string,
  options: { size?: number; seed?: number; held?: string[]; logTail?: () => Promise<string> } = {},
) {
  const { size = 5, seed = 1, held = [] } = options;
  const done: string[] = [];
  const workers = ["w1", "w2"].map((worker) => fakeWorker(worker, done));
  const clock = new VirtualClock();
  const random = createRandom(seed);
  const latencyMs = { min: 1, max: 2 };
  const system = new MemorySystem({ clock, random, nodes: size, latencyMs, electionMs: 100 });
  const [nemesis] = parseNemeses([name]).flat();
  return clock.run(async (): Promise<Struck> => {
    await Promise.all(system.nodes.map((node) => node.start()));
    await sleep(clock, seconds(1));
    const { leader } = system;
    const { logTail } = options;
    if (logTail !== undefined) for (const node of system.nodes) node.logTail = logTail;
    const target: Target = {
      cluster: { nodes: system.nodes, network: system.network, stop: async () => {} },
      clients: { workers },
      admin: (node) => memoryAdapter(system).admin?.({ node, host: "", port: 0 }, { clock, timeoutMs: 1000 }),
      compacting: (revision) => done.push(`compact ${revision}`),
      snapshotReceived: /took over/,
      clock,
      random,
      leader: async () => system.leader,
      held: new Set(held.map(nodeId)),
    };
    const injected = await nemesis?.inject(target);
    const states = system.nodes.map((node) => node.state());
    await injected?.heal();
    await injected?.heal();
    return { system, leader, injected, states, done };
  });
}

const noOperator = { admin: () => undefined, compacting: () => {}, snapshotReceived: undefined };
const seeds = Array.from({ length: 30 }, (_, seed) => seed);

describe("a nemesis of clients", () => {
  it.each([
    ["pause-client", "pause", "resume"],
    ["kill-client", "kill", "replace"],
  ])("%s strikes one load worker and no node, and heals it once", async (name, strikes, heals) => {
    const struck = await Promise.all(seeds.map((seed) => strike(name, { seed })));
    for (const { injected, states, done } of struck) {
      expect(injected?.nodes).toEqual([]);
      expect(new Set(states)).toEqual(new Set(["running"]));
      const worker = done[0]?.split(" ")[1];
      expect(done).toEqual([`${strikes} ${worker}`, `${heals} ${worker}`]);
      expect(injected?.summary).toBe(`${strikes} client worker ${worker}`);
    }
    expect(new Set(struck.map(({ done }) => done[0])).size).toBe(2);
  });

  it("partition-client cuts one load worker off, from one node or from all", async () => {
    const summaries = await Promise.all(
      seeds.map(async (seed) => (await strike("partition-client", { seed })).injected?.summary ?? ""),
    );
    const cut = /^cut client worker w[12] off from (n[1-5]|all nodes)$/;
    for (const summary of summaries) expect(summary).toMatch(cut);
    expect(new Set(summaries).size).toBeGreaterThan(6);
  });
});

describe("a nemesis that does what an operator does", () => {
  it("move-leader makes another node the leader, and tells which", async () => {
    for (const seed of seeds.slice(0, 5)) {
      const { system, leader, injected } = await strike("move-leader", { seed });
      expect(system.leader).not.toBe(leader);
      expect(injected?.summary).toBe(`move the leader from ${leader} to ${system.leader}`);
      expect(injected?.nodes).toEqual([leader]);
      expect(await injected?.proof()).toBe(`${system.leader} leads instead of ${leader}`);
    }
  });

  it("kill-after-compaction says what it compacts before it does, and kills the node that does it", async () => {
    const { injected, states, done } = await strike("kill-after-compaction");
    expect(done).toEqual(["compact 0"]);
    expect(states.filter((state) => state === "killed")).toHaveLength(1);
    expect(injected?.summary).toBe(`kill ${injected?.nodes[0]} after a compaction to revision 0`);
  });

  it("snapshot-follower cuts a follower off and is proven by what its log says after that", async () => {
    let log = "started";
    const { injected, leader } = await strike("snapshot-follower", { logTail: async () => log });
    expect(injected?.nodes[0]).not.toBe(leader);
    expect(await injected?.proof()).toBeUndefined();
    log = "started\ntook over the snapshot of n1";
    expect(await injected?.proof()).toBe(`${injected?.nodes[0]}: took over the snapshot of n1`);
  });

  it("snapshot-follower lets another node lead before it cuts one off", async () => {
    for (const seed of seeds.slice(0, 5)) {
      const { system, leader, injected } = await strike("snapshot-follower", { seed, size: 3 });
      expect(system.leader).not.toBe(leader);
      expect(injected?.nodes).not.toContain(system.leader);
    }
  });

  it("leaves a node alone that refuses", async () => {
    const { injected } = await strike("move-leader", { size: 1 });
    expect(injected).toBeUndefined();
  });
});

describe("every nemesis", () => {
  it.each(Object.keys(nemeses))(
    "%s strikes a cluster of three, and heals it, twice if need be",
    async (name) => {
      const { injected, system } = await strike(name, { size: 3 });
      expect(injected).toBeDefined();
      expect(system.nodes.map((node) => node.state())).toEqual(["running", "running", "running"]);
      const pairs = system.nodes.flatMap((a) => system.nodes.map((b) => [a.id, b.id] as const));
      for (const [a, b] of pairs) expect(system.network.connects(a, b)).toBe(true);
    },
  );

  it("of links finds nothing to strike in a cluster of one", async () => {
    for (const name of ["partition", "slow", "loss"])
      expect((await strike(name, { size: 1 })).injected).toBeUndefined();
  });
});

describe("partition", () => {
  it("draws every one of its shapes, sooner or later", async () => {
    const drawn = await Promise.all(
      seeds.map(async (seed) => (await strike("partition", { seed })).injected),
    );
    const kinds = new Set(drawn.map((injected) => injected?.summary.split(" ").slice(0, 2).join(" ")));
    for (const kind of ["isolate leader", "majorities ring", "bridge over", "one way:"])
      expect(kinds).toContain(kind);
    expect([...kinds].some((kind) => kind?.startsWith("halves"))).toBe(true);
  });

  it("bridges over a follower: a leader as the bridge would miss nothing", async () => {
    for (const seed of seeds.slice(0, 10)) {
      const { injected, leader } = await strike("partition-bridge", { size: 3, seed });
      expect(injected?.summary).toMatch(/^bridge over n\d$/);
      expect(injected?.nodes).toContain(leader);
    }
  });

  it("isolates the leader both ways", async () => {
    const { injected, leader } = await strike("partition-leader");
    expect(injected?.summary).toBe(`isolate leader ${leader}`);
    expect(injected?.cut).toHaveLength(8);
    expect(injected?.cut?.every((link) => link.includes(leader as NodeId))).toBe(true);
  });

  it("isolates a follower, never the leader, and waits while nobody leads", async () => {
    for (const seed of seeds.slice(0, 10)) {
      const { injected, leader } = await strike("partition-follower", { size: 3, seed });
      expect(injected?.summary).toBe(`isolate follower ${injected?.nodes[0]}`);
      expect(injected?.nodes).not.toEqual([leader]);
      expect(injected?.cut).toHaveLength(4);
    }
    const { system, leader } = await strike("partition-follower");
    const target = {
      clients: { workers: [] },
      ...noOperator,
      cluster: { nodes: system.nodes, network: system.network, stop: async () => {} },
    };
    const nobody = {
      ...target,
      clock: system.clock,
      random: createRandom(1),
      leader: async () => undefined,
      held: new Set<NodeId>(),
      clients: { workers: [] },
      ...noOperator,
    };
    expect(leader).toBeDefined();
    expect(await nemeses["partition-follower"]?.inject(nobody)).toBeUndefined();
  });

  it("leaves clients alone", async () => {
    const { injected } = await strike("partition-one");
    expect(injected?.cut?.flat()).not.toContain("clients");
  });
});

describe("kill", () => {
  it.each([
    ["kill-one", 1],
    ["kill-leader", 1],
    ["kill-minority", 2],
    ["kill-all", 5],
  ])("%s ends %d of five, with a proof at once", async (name, count) => {
    const { injected, states } = await strike(name);
    expect(states.filter((state) => state === "killed")).toHaveLength(count);
    expect((await injected?.proof())?.split("; ")).toHaveLength(count);
  });

  it("of the leader strikes the one that leads", async () => {
    for (const seed of seeds.slice(0, 5)) {
      const { injected, leader } = await strike("kill-leader", { seed });
      expect(injected?.nodes).toEqual([leader]);
    }
  });

  it("of a minority strikes nobody where no node may be lost", async () => {
    expect((await strike("kill-minority", { size: 1 })).injected).toBeUndefined();
  });

  it("starts again what it killed where one kill failed", async () => {
    const clock = new VirtualClock();
    const random = createRandom(1);
    const system = new MemorySystem({
      clock,
      random,
      nodes: 3,
      latencyMs: { min: 1, max: 1 },
      electionMs: 10,
    });
    await Promise.all(system.nodes.map((node) => node.start()));
    const [first] = system.nodes;
    if (first !== undefined) first.kill = () => Promise.reject(new Error("no permission"));
    const cluster = { nodes: system.nodes, network: system.network, stop: async () => {} };
    const target = {
      clients: { workers: [] },
      ...noOperator,
      cluster,
      clock,
      random,
      leader: async () => undefined,
      held: new Set<NodeId>(),
    };
    await expect(nemeses["kill-all"]?.inject(target)).rejects.toThrow("no permission");
    expect(system.nodes.map((node) => node.state())).toEqual(["running", "running", "running"]);
  });
});

describe("snapshot-follower", () => {
  /** What is done to nodes while a follower is cut off for so long, whose log says nothing, or something after a while. */
  async function cutOff({ lasting, saysAfter = 1000 }: { lasting: number; saysAfter?: number }) {
    const clock = new VirtualClock();
    const random = createRandom(1);
    const latencyMs = { min: 1, max: 2 };
    const system = new MemorySystem({ clock, random, nodes: 3, latencyMs, electionMs: 100 });
    return clock.run(async () => {
      await Promise.all(system.nodes.map((node) => node.start()));
      await sleep(clock, seconds(1));
      const begin = clock.now();
      const killed: NodeId[] = [];
      for (const node of system.nodes) {
        const kill = node.kill.bind(node);
        node.kill = async () => {
          killed.push(node.id);
          return kill();
        };
        node.logTail = async () => (clock.now() - begin < seconds(saysAfter) ? "" : "took over a snapshot");
      }
      const all = system.nodes.map(({ id }) => id);
      const links = all.flatMap((a) => all.filter((b) => b !== a).map((b) => [a, b] as const));
      await system.network.slow(links, 20, 10);
      const injected = await nemeses["snapshot-follower"]?.inject({
        ...noOperator,
        snapshotReceived: /took over/,
        clients: { workers: [] },
        cluster: { nodes: system.nodes, network: system.network, stop: async () => {} },
        clock,
        random,
        leader: async () => system.leader,
        held: new Set<NodeId>(),
      });
      await sleep(clock, seconds(lasting));
      await injected?.heal();
      const [follower, ...struck] = injected?.nodes ?? [];
      system.network.send(links[0]?.[0] ?? "clients", links[0]?.[1] ?? "clients", () => {});
      const isSlow = (await system.network.proof())?.includes("delayed messages");
      const others = system.nodes.filter(({ id }) => id !== follower).map(({ id }) => id);
      const states = system.nodes.map((node) => node.state());
      const { summary } = injected ?? {};
      return { killed, others, states, struck, summary, isSlow, proof: await injected?.proof() };
    });
  }

  it("restarts no node if one cut is enough", async () => {
    const { killed, struck, proof } = await cutOff({ lasting: 10, saysAfter: 2 });
    expect(killed).toEqual([]);
    expect(struck).toEqual([]);
    expect(proof).toMatch(/^n\d: took over a snapshot$/);
  });

  it("restarts the others in the second cut, which ends early with the fault", async () => {
    const { killed, others, states, proof } = await cutOff({ lasting: 4, saysAfter: 5 });
    expect(killed.toSorted()).toEqual(others);
    expect(states).toEqual(["running", "running", "running"]);
    expect(proof).toBeDefined();
  });

  it("names the nodes that it restarted, in addition to the follower", async () => {
    const { others, struck, summary } = await cutOff({ lasting: 4, saysAfter: 5 });
    expect(struck).toEqual(others);
    expect(summary).toMatch(/^cut n\d off until it needs a snapshot, restarting n\d n\d$/);
    expect(summary).toContain(others.join(" "));
  });

  it("ends no fault that strikes together with it: links that are slow stay slow", async () => {
    for (const lasting of [1, 4, 10]) expect((await cutOff({ lasting })).isSlow).toBe(true);
  });

  it("gives a follower that was cut off to the end its time to take over a snapshot", async () => {
    const { killed, proof } = await cutOff({ lasting: 1, saysAfter: 2.5 });
    expect(killed).toEqual([]);
    expect(proof).toBeDefined();
  });
});

describe("restart-staggered", () => {
  /** Kills and starts, in order, and who led when a node was started. */
  async function restarts(size: number, seed = 1, lasting = 8) {
    const clock = new VirtualClock();
    const random = createRandom(seed);
    const system = new MemorySystem({
      clock,
      random,
      nodes: size,
      latencyMs: { min: 1, max: 2 },
      electionMs: 100,
    });
    const events: string[] = [];
    for (const node of system.nodes) {
      const { start, kill } = { start: node.start.bind(node), kill: node.kill.bind(node) };
      node.start = () => {
        events.push(`start ${node.id}`);
        return start();
      };
      node.kill = async () => {
        events.push(`kill ${node.id === system.leader ? "leader " : ""}${node.id}`);
        return kill();
      };
    }
    return clock.run(async () => {
      await Promise.all(system.nodes.map((node) => node.start()));
      await sleep(clock, seconds(1));
      events.length = 0;
      const cluster = { nodes: system.nodes, network: system.network, stop: async () => {} };
      const leader = async () => system.leader;
      const target = {
        clients: { workers: [] },
        ...noOperator,
        cluster,
        clock,
        random,
        leader,
        held: new Set<NodeId>(),
      };
      const injected = await nemeses["restart-staggered"]?.inject(target);
      const early = await injected?.proof();
      await sleep(clock, seconds(lasting));
      const proof = await injected?.proof();
      await injected?.heal();
      return { events, early, proof, injected, states: system.nodes.map((node) => node.state()) };
    });
  }

  it.each([3, 5])("kills followers first, then leader after leader of %d nodes", async (size) => {
    const { events } = await restarts(size);
    const first = events.slice(0, minority(size));
    expect(first.every((event) => /^kill n\d$/.test(event))).toBe(true);
    const rounds = events.slice(first.length, first.length + 6);
    expect(rounds.map((event) => event.replace(/ n\d$/, ""))).toEqual([
      ...["kill leader", "start", "kill leader", "start", "kill leader", "start"],
    ]);
  });

  it.each([3, 5])("starts the longest dead one of %d nodes each time", async (size) => {
    const { events } = await restarts(size);
    const dead: (string | undefined)[] = [];
    for (const event of events) {
      const node = event.split(" ").at(-1);
      if (event.startsWith("kill")) dead.push(node);
      else expect(node).toBe(dead.shift());
    }
    expect(dead).toEqual([]);
  });

  it("comes to be led by a node that was behind, which brings up another one", async () => {
    const { events } = await restarts(3);
    const leaders = events.flatMap((event) => /^kill leader (n\d)$/.exec(event)?.[1] ?? []);
    const [victim] = events.map((event) => event.split(" ").at(-1));
    expect(leaders).toContain(victim);
  });

  it("is proven at once, by every process that ended so far", async () => {
    const { early, proof, events } = await restarts(5);
    expect(early?.split("; ")).toHaveLength(2);
    expect(proof?.split("; ")).toHaveLength(events.filter((event) => event.startsWith("kill")).length);
  });

  it("leaves every node running, however early it ends", async () => {
    for (const lasting of [0, 0.69, 0.71, 1, 2, 5]) {
      expect((await restarts(5, 3, lasting)).states).toEqual(Array(5).fill("running"));
    }
  });

  it("strikes nobody in a cluster of one", async () => {
    expect((await strike("restart-staggered", { size: 1 })).injected).toBeUndefined();
  });
});

const minority = (size: number) => (size - 1) / 2;

describe("a nemesis on nodes", () => {
  it.each(["kill-one", "pause-one"])("%s leaves alone what another fault holds", async (name) => {
    for (const seed of seeds.slice(0, 10)) {
      const { injected } = await strike(name, { size: 3, seed, held: ["n1", "n3"] });
      expect(injected?.nodes).toEqual(["n2"]);
    }
  });

  it("has nothing to strike where all are held", async () => {
    expect((await strike("kill", { size: 3, held: ["n1", "n2", "n3"] })).injected).toBeUndefined();
  });
});

describe("parseNemeses()", () => {
  it("reads steps that take turns, and parts that strike together", () => {
    const names = parseNemeses(["partition", "kill+pause-leader"]).map((step) =>
      step.map(({ name }) => name),
    );
    expect(names).toEqual([["partition"], ["kill", "pause-leader"]]);
  });

  it("takes `none` for no fault at all", () => {
    expect(parseNemeses(["none"])).toEqual([]);
  });

  it("lists the known names where one is unknown", () => {
    expect(() => parseNemeses(["partition+earthquake"])).toThrow(
      /unknown nemesis "earthquake": expected partition, .*kill-all.* or partition-client, joined by , or \+; or none on its own/,
    );
  });
});
