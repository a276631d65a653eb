import { describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { type NodeId, nodeId } from "../../core/op.ts";
import { millis } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { followFailover } from "./failover.ts";

const [n1, n2, n3] = ["n1", "n2", "n3"].map(nodeId) as [NodeId, NodeId, NodeId];

/** Follows the failover from n1: the leader as of a time in milliseconds, and when n3 serves. */
function follow(
  leaders: readonly (readonly [from: number, leader: NodeId | undefined])[],
  { n3ServesAt = 0, healedAt = 60_000 } = {},
) {
  const clock = new VirtualClock();
  const healed = new AbortController();
  clock.after(millis(healedAt), () => healed.abort());
  const saw: { readonly leader: NodeId | undefined; readonly asked: number }[] = [];
  const now = () => clock.now() / 1e6;
  return clock.run(async () => {
    const served = await followFailover({
      clock,
      observer: {
        leader: async ({ among } = {}) => {
          expect(among).toEqual([n2, n3]);
          await sleep(clock, millis(2));
          return leaders.findLast(([from]) => from <= now())?.[1];
        },
        ready: async (node) => node !== n3 || now() >= n3ServesAt,
        close: async () => {},
      },
      nodes: [n2, n3],
      led: n1,
      saw: (leader, asked) => {
        if (saw.length === 0 || saw.at(-1)?.leader !== leader) saw.push({ leader, asked: asked / 1e6 });
      },
      healed: healed.signal,
    });
    return { served, saw, took: now() };
  });
}

describe("a failover that is followed", () => {
  const change = [
    [0, n1],
    [503, undefined],
    [811, n2],
  ] as const;

  it("sees each change of the leader to about 10 ms", async () => {
    const { saw } = await follow(change);
    expect(saw.map(({ leader }) => leader)).toEqual([n1, undefined, n2]);
    for (const [i, at] of [0, 503, 811].entries()) {
      expect(saw[i]?.asked).toBeGreaterThanOrEqual(at - 2);
      expect(saw[i]?.asked).toBeLessThanOrEqual(at + 12);
    }
  });

  it("is over when another node leads and all that were not struck serve", async () => {
    const { served, took } = await follow(change, { n3ServesAt: 1500 });
    expect(served).toBe(true);
    expect(took).toBeGreaterThanOrEqual(1500);
    expect(took).toBeLessThan(1520);
  });

  it("ends with the heal, and served nobody, if the old leader still led or nobody did", async () => {
    for (const leader of [n1, undefined]) {
      const { served, saw, took } = await follow([[0, leader]], { healedAt: 3000 });
      expect(served).toBe(false);
      expect(saw.map((one) => one.leader)).toEqual([leader]);
      expect(took).toBeLessThan(3020);
    }
  });
});
