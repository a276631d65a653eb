/** A small cluster in memory that has a leader, for nemeses to strike in virtual time. */
import { MemorySystem } from "../../../adapters/memory/system.ts";
import { sleep } from "../../../core/clock.ts";
import { createRandom } from "../../../core/random.ts";
import { seconds } from "../../../core/time.ts";
import { VirtualClock } from "../../../core/virtual-clock.ts";
import type { Injected, Target } from "../nemesis.ts";
import { nemeses } from "../registry.ts";

export interface Scene {
  readonly system: MemorySystem;
  readonly target: Target;
  readonly clock: VirtualClock;
}

/** Runs `act` in virtual time, on a cluster of `size` nodes that has elected a leader. */
export async function inMemory<T>(size: number, seed: number, act: (scene: Scene) => Promise<T>): Promise<T> {
  const clock = new VirtualClock();
  const random = createRandom(seed);
  const system = new MemorySystem({
    clock,
    random,
    nodes: size,
    latencyMs: { min: 1, max: 2 },
    electionMs: 100,
  });
  return clock.run(async () => {
    await Promise.all(system.nodes.map((node) => node.start()));
    await sleep(clock, seconds(1));
    const target: Target = {
      cluster: { nodes: system.nodes, network: system.network, stop: async () => {} },
      clients: { workers: [] },
      admin: () => undefined,
      compacting: () => {},
      snapshotReceived: undefined,
      clock,
      random,
      leader: async () => system.leader,
      held: new Set(),
    };
    return act({ system, target, clock });
  });
}

/** Injects the nemesis of that name; a test that expects a strike fails if there was none. */
export async function struck(name: string, target: Target): Promise<Injected> {
  const injected = await nemeses[name]?.inject(target);
  if (injected === undefined) throw new Error(`${name} found nothing to strike`);
  return injected;
}
