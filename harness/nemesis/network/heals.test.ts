/** Heals of faults that go on by themselves: whatever of them fails, the network is healed. */
import { describe, expect, it } from "vitest";
import { sleep } from "../../../core/clock.ts";
import { seconds } from "../../../core/time.ts";
import type { Network } from "../../runtimes/runtime.ts";
import { inMemory, struck } from "../testing/in-memory.ts";

/** Strikes for some seconds, in which the steps named in `failing` fail after the injection; returns what was done in the heal. */
const healed = (name: string, size: number, failing: readonly ("cut" | "mend" | "leader")[]) =>
  inMemory(size, 1, async ({ target, system, clock }) => {
    let isInjected = false;
    let heals = 0;
    const failsAt = (step: (typeof failing)[number]) => {
      if (isInjected && failing.includes(step)) throw new Error(`the ${step} failed`);
    };
    const { network } = system;
    const watched = new Proxy(network, {
      get(of, method) {
        const own: Partial<Network> = {
          cut: async (links) => {
            failsAt("cut");
            await network.cut(links);
          },
          mend: async (links) => {
            failsAt("mend");
            await network.mend(links);
          },
          heal: async () => {
            heals++;
            await network.heal();
          },
        };
        const value = own[method as keyof Network] ?? of[method as keyof typeof of];
        return typeof value === "function" ? value.bind(of) : value;
      },
    });
    const injected = await struck(name, {
      ...target,
      cluster: { ...target.cluster, network: watched },
      leader: async () => {
        failsAt("leader");
        return system.leader;
      },
    });
    isInjected = true;
    await sleep(clock, seconds(3));
    const failure = await injected.heal().then(
      () => undefined,
      (reason: unknown) => (reason as Error).message,
    );
    const connected = system.nodes.every((a) =>
      system.nodes.every((b) => system.network.connects(a.id, b.id)),
    );
    return { failure, heals, connected };
  });

describe("a heal", () => {
  it.each([
    ["hold-leader", 3, "leader"],
    ["hold-leader", 3, "mend"],
    ["partition-intermittent", 3, "cut"],
    ["partition-intermittent", 3, "mend"],
    ["partition-constrained-election", 5, "cut"],
  ] as const)(
    "of %s on %d nodes heals the network where a %s failed, and reports that",
    async (name, size, step) => {
      expect(await healed(name, size, [step])).toEqual({
        failure: `the ${step} failed`,
        heals: 1,
        connected: true,
      });
    },
  );
});
