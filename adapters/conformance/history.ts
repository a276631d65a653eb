import { describe, expect, it } from "vitest";
import { assert } from "../../core/assert.ts";
import { type Bench, errorOf } from "./cluster.ts";

/** Capability `history`: old states can be read until they are discarded, and not afterwards. */
export function keptHistory(bench: Bench): void {
  describe("the history of keys", () => {
    /** Writes "1" and "2", deletes the key, writes "3"; resolves with the four revisions. */
    const changed = async (key: string) => {
      const { kv, delete: remove } = await bench.clientWith(["kv", "delete"]);
      const revisions = [await kv.write(key, "1"), await kv.write(key, "2")];
      revisions.push((await remove(key)).revision, await kv.write(key, "3"));
      const [first, second, deleted, last] = revisions;
      assert(first !== undefined && second !== undefined, "a system with a history has revisions");
      assert(deleted !== undefined && last !== undefined, "a system with a history has revisions");
      return { first, second, deleted, last };
    };

    it("can be read at every revision, at every node", async () => {
      const key = bench.key("past");
      const { first, second, deleted, last } = await changed(key);
      for (const node of bench.nodes) {
        const { history } = await bench.clientWith(["history"], node);
        const { value, modRevision, revision } = await history.readAt(key, first);
        expect([value, modRevision]).toEqual(["1", first]);
        expect(revision).toBeGreaterThanOrEqual(last);
        expect(await history.readAt(key, deleted - 1)).toMatchObject({ value: "2", modRevision: second });
        expect((await history.readAt(key, first - 1)).value).toBeUndefined();
        const absent = await history.readAt(key, deleted);
        expect([absent.value, absent.modRevision]).toEqual([undefined, undefined]);
        expect(await history.readAt(key, last)).toMatchObject({ value: "3", modRevision: last });
      }
    });

    it("cannot be read below the compacted revision, nor at one that does not exist yet", async () => {
      const key = bench.key("discarded");
      const { first, second, deleted, last } = await changed(key);
      const { history } = await bench.clientWith(["history"]);
      await history.compact(second);
      for (const node of bench.nodes) {
        const { history } = await bench.clientWith(["history"], node);
        const gone = { code: "compacted", definite: true };
        expect(await errorOf(history.readAt(key, first))).toMatchObject(gone);
        expect(await history.readAt(key, second)).toMatchObject({ value: "2", modRevision: second });
        expect((await history.readAt(key, deleted)).value).toBeUndefined();
        expect(await errorOf(history.readAt(key, last + 1_000_000))).toMatchObject({
          code: "future-revision",
          definite: true,
        });
      }
    });
  });
}
