import { describe, expect, it } from "vitest";
import type { Digest } from "../adapter.ts";
import { type Bench, patient, until } from "./cluster.ts";

/** Tests that all nodes agree once nothing is written any more. */
export function atRest(bench: Bench): void {
  const { adapter } = bench;

  describe("at rest", () => {
    it("every node comes to return the newest value from its own copy", async () => {
      const writer = await bench.client();
      const [written, deleted] = [bench.key(), bench.key()];
      for (const key of [written, deleted]) await writer.kv.write(key, "old");
      await writer.kv.write(written, "new");
      const deletes = adapter.capabilities.has("delete");
      if (deletes) await (await bench.clientWith(["delete"])).delete(deleted);
      for (const node of bench.nodes) {
        const reader = await bench.client(node);
        const read = async (key: string) => (await reader.kv.read(key, adapter.localReadMode)).value;
        await until(`the newest value at ${node.id}`, async () => (await read(written)) === "new");
        if (deletes) await until(`no value at ${node.id}`, async () => (await read(deleted)) === undefined);
      }
    });

    it.skipIf(adapter.digest === undefined)("every node has the same digest of the same state", async () => {
      const writer = await bench.client();
      // ZooKeeper has one for every 128th transaction.
      for (let i = 0; i < 130; i++) await writer.kv.write(bench.key(), "1");
      const digest = async (index: number, at?: number): Promise<Digest> => {
        const digest = await adapter.digest?.(bench.node(index).endpoint, patient, at);
        if (digest === undefined) throw new Error("no digest");
        return digest;
      };
      const first = await digest(0);
      for (const index of [1, 2])
        expect(await until("the same state", () => digest(index, first.at))).toEqual(first);
    });

    it.skipIf(adapter.digest === undefined)("no node has a digest of a future state", async () => {
      await expect(adapter.digest?.(bench.node(0).endpoint, patient, 2 ** 52)).rejects.toThrow();
    });
  });
}
