import { expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import { nemeses } from "./registry.ts";

const clusterOf = (size: number): Cluster => ({
  nodes: Array.from({ length: size }, (_, i) => ({
    id: nodeId(`n${i + 1}`),
    endpoint: { node: nodeId(`n${i + 1}`), host: "127.0.0.1", port: 1 },
    state: () => "running" as const,
    start: async () => {},
    kill: async () => "killed",
    pause: async () => "paused",
    resume: async () => {},
    usage: async () => undefined,
    logTail: async () => "",
  })),
  network: {
    cut: async () => {},
    cutClients: async () => {},
    slow: async () => {},
    lose: async () => {},
    breakConnections: async () => {},
    mend: async () => {},
    heal: async () => {},
    proof: async () => undefined,
  },
  stop: async () => {},
});

/** Whether a nemesis finds something to strike in a cluster of this size. */
async function strikes(name: string, size: number): Promise<boolean> {
  const clock = new VirtualClock();
  const injected = await nemeses[name]?.inject({
    cluster: clusterOf(size),
    clients: { workers: [] },
    clock,
    random: createRandom(1),
    leader: async () => nodeId("n1"),
    admin: () => undefined,
    compacting: () => {},
    snapshotReceived: undefined,
    held: new Set(),
  });
  // Rounds in the background end with the fault.
  await injected?.heal();
  return injected !== undefined;
}

const sized = Object.values(nemeses).filter(({ name }) =>
  /^(partition(?!-client)|kill-(?!client|after)|slow|loss|restart)/.test(name),
);

it.each(sized.map(({ name, leastNodes = 1 }) => [name, leastNodes] as const))(
  "%s strikes a cluster of %i nodes, and none that is smaller",
  async (name, leastNodes) => {
    expect(await strikes(name, leastNodes)).toBe(true);
    if (leastNodes > 1) expect(await strikes(name, leastNodes - 1)).toBe(false);
  },
);
