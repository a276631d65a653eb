import { describe, expect, it } from "vitest";
import { assert } from "../../core/assert.ts";
import type { ClientError } from "../../core/errors.ts";
import { nodeId } from "../../core/op.ts";
import type { Admin } from "../client/admin.ts";
import { type Bench, errorOf, patient, type TestNode, until, untilLeader } from "./cluster.ts";

/** Tests of an operator's actions. A test whose action the system's `Admin` lacks is skipped. */
export function administration(bench: Bench): void {
  const { adapter } = bench;
  // Where nothing listens: an Admin shows what it has before it connects.
  const offered = adapter.admin?.({ node: nodeId("n9"), host: "127.0.0.1", port: 1 }, patient);
  void offered?.close();

  describe.skipIf(offered === undefined)("an operator", () => {
    it("sees every member once, as a voter, at every node", async () => {
      for (const node of bench.nodes) {
        const members = await at(node, (admin) => admin.members());
        expect(members).toHaveLength(bench.nodes.length);
        expect(new Set(members.map(({ id }) => id)).size).toBe(members.length);
        for (const { voter, address, name } of members) {
          expect({ voter, address, name }).toEqual({
            voter: true,
            address: expect.stringMatching(/\d/),
            name: expect.stringMatching(/\d/),
          });
        }
      }
    });

    it("sees which member leads, where the list says so", async () => {
      const leader = await untilLeader(bench);
      const members = await at(bench.node(1), (admin) => admin.members());
      if (members.every(({ leads }) => leads === undefined)) return;
      expect(members.filter(({ leads }) => leads).map(({ name }) => name)).toEqual([leader]);
    });

    it.skipIf(offered?.moveLeader === undefined)(
      "moves leadership to another member, or learns that this version cannot (skipped where no version can)",
      async () => {
        const leader = await untilLeader(bench);
        const node = bench.nodes.find(({ id }) => id === leader) ?? bench.node(0);
        const target = await at(node, async (admin) => {
          const other = (await admin.members()).find(({ leads }) => !leads);
          assert(other !== undefined, "no other member");
          const refusal = await admin.moveLeader?.(other).then(
            () => undefined,
            (error: ClientError) => error,
          );
          if (refusal === undefined) return other;
          expect(refusal).toMatchObject({ code: "unsupported", definite: true });
          return undefined;
        });
        if (target === undefined) return;
        await until("the new leader", async () => (await untilLeader(bench)) === target.name);
      },
    );

    it.skipIf(offered?.compact === undefined)(
      "compacts up to a revision once, and none that is not there yet (skipped where nothing is compacted)",
      async () => {
        const client = await bench.client();
        const key = bench.key();
        await client.kv.write(key, "old");
        const revision = await client.kv.write(key, "new");
        assert(revision !== undefined, "a system that compacts reports the revision of a write");
        await at(bench.node(0), async (admin) => {
          await admin.compact?.(revision);
          const refused = [
            [revision, "compacted"],
            [revision + 1_000_000, "future-revision"],
          ] as const;
          for (const [at, code] of refused) {
            const again = admin.compact?.(at) ?? Promise.resolve();
            expect(await errorOf(again)).toMatchObject({ code, definite: true });
          }
        });
        expect((await client.kv.read(key, adapter.defaultReadMode)).value).toBe("new");
      },
    );
  });

  const at = async <T>(node: TestNode, task: (admin: Admin) => Promise<T>): Promise<T> => {
    const admin = adapter.admin?.(node.endpoint, patient);
    assert(admin !== undefined, `${adapter.name} has nothing for an operator`);
    return task(admin).finally(() => admin.close());
  };
}
