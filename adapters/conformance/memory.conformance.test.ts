import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { createRandom } from "../../core/random.ts";
import { memoryAdapter } from "../memory/adapter.ts";
import { MemorySystem } from "../memory/system.ts";
import { Bench, clock } from "./cluster.ts";
import { transactions } from "./transactions.ts";
import { watches } from "./watches.ts";

/** On the real clock here, so that the suite is the same for all. Its other capabilities are tested in virtual time. */
const system = new MemorySystem({
  clock,
  random: createRandom(1),
  nodes: 3,
  latencyMs: { min: 0, max: 1 },
  electionMs: 50,
});

describe("memory conforms", () => {
  const bench = new Bench(memoryAdapter(system));
  beforeAll(() =>
    bench.start(async () => {
      await Promise.all(system.nodes.map((node) => node.start()));
      return { nodes: system.nodes, stop: async () => {} };
    }),
  );
  afterEach(() => bench.closeClients());
  afterAll(() => bench.stop());

  transactions(bench);
  watches(bench);
});
