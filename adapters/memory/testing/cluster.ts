/** A cluster of three in memory, in virtual time. */
import { sleep } from "../../../core/clock.ts";
import { createRandom } from "../../../core/random.ts";
import { seconds } from "../../../core/time.ts";
import { VirtualClock } from "../../../core/virtual-clock.ts";
import type { ClientWith } from "../../client/client.ts";
import { memoryAdapter } from "../adapter.ts";
import { offered } from "../client.ts";
import type { MemoryNode } from "../node.ts";
import { type MemoryOptions, MemorySystem } from "../system.ts";

export interface World {
  readonly clock: VirtualClock;
  readonly system: MemorySystem;
  /** The leader first. */
  readonly nodes: readonly [MemoryNode, MemoryNode, MemoryNode];
  connect(node: MemoryNode): Promise<ClientWith<(typeof offered)[number]>>;
}

/** Runs `task` in a cluster of three that has a leader. */
export async function inCluster<T>(task: (world: World) => Promise<T>, options: Partial<MemoryOptions> = {}) {
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
    const connect = (node: MemoryNode) => adapter.connect(node.endpoint, offered, { timeoutMs: 500, clock });
    return task({ clock, system, nodes, connect });
  });
}

export const isolate = ({ system }: World, node: MemoryNode) =>
  system.network.cut(
    system.nodes
      .filter(({ id }) => id !== node.id)
      .flatMap(({ id }) => [[id, node.id] as const, [node.id, id] as const]),
  );
