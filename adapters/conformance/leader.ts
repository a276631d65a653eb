import { describe, expect, it } from "vitest";
import { assert } from "../../core/assert.ts";
import { type Bench, endpointsOf, until, untilReady, within } from "./cluster.ts";

/** What nodes say of the leader when some of them are asked: how a failover is followed while the old leader hangs. */
export function leader(bench: Bench): void {
  describe("the leader", () => {
    it("is named by the others when only they are asked, until they follow another one", async () => {
      const observer = bench.adapter.observe(endpointsOf(bench), within(2000));
      const led = await until("a leader", () => observer.leader());
      const node = bench.nodes.find(({ id }) => id === led);
      assert(node !== undefined, `the leader ${led} is no node`);
      const among = bench.nodes.map(({ id }) => id).filter((id) => id !== led);
      expect(await observer.leader({ among })).toBe(led);
      const named = new Set<unknown>();
      await node.pause();
      try {
        const next = await until("another leader", async () => {
          const found = await observer.leader({ among, timeoutMs: 500 });
          named.add(found);
          return found === led ? undefined : found;
        });
        expect(among).toContain(next);
        expect(named).toContain(led);
      } finally {
        await node.resume();
        await observer.close();
      }
      await untilReady(bench.adapter, bench.nodes);
    });
  });
}
