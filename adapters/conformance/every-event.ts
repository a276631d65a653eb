import { describe, expect, it } from "vitest";
import { assert } from "../../core/assert.ts";
import type { WatchPromise } from "../../core/watch.ts";
import type { Delivery, Told, WatchRequest } from "../client/watch.ts";
import { type Bench, patient, until } from "./cluster.ts";
import { collect } from "./collect.ts";

/** Watches that report every change: where they start, what comes together, how far they are, and slow readers. */
export function everyEvent(bench: Bench, kind: string, promise: WatchPromise): void {
  const client = (node = bench.node(1)) => bench.clientWith(["kv", "delete", "txn", "watch"], node);
  const revisionsOf = (deliveries: readonly Delivery[]) => deliveries.flat().map(({ revision }) => revision);

  describe(`a watch of the kind ${kind}, which reports every event`, () => {
    it("misses none of many pipelined changes, in order, also where its reader is slow and on a connection of its own", async () => {
      const { kv, watch } = await client();
      const key = bench.key("busy");
      const open = (own: boolean) => watch.open({ kind, target: { key }, own });
      const [slow, quick] = [await open(true), await open(false)];
      const heard = collect(quick);
      const writes = 400;
      const filler = "x".repeat(2000);
      await Promise.all(Array.from({ length: writes }, (_, i) => kv.write(key, `${i} ${filler}`)));
      // The slow one has not read anything yet, and holds up nobody.
      await until("the quick reader", async () => heard.deliveries.flat().length === writes);
      const late = collect(slow);
      await until("the slow reader", async () => late.deliveries.flat().length === writes);
      const simple = ({ f, value, revision }: Told) => ({ f, value, revision });
      expect(late.deliveries.flat().map(simple)).toEqual(heard.deliveries.flat().map(simple));
      const revisions = revisionsOf(late.deliveries).filter((revision) => revision !== undefined);
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    });

    it.skipIf(!promise.atomic || !promise.prefix)(
      "hears of a transaction's changes in one delivery",
      async () => {
        const { txn, watch } = await client();
        const prefix = `${bench.key("txn")}-`;
        const heard = collect(await watch.open({ kind, target: { prefix } }));
        const keys = ["a", "b", "c"].map((name) => prefix + name);
        const revision = await txn.commit(keys.map((key) => ({ f: "write", key, value: "1" })));
        await until("the changes", async () => heard.deliveries.length > 0);
        expect(heard.deliveries.map((delivery) => delivery.map(({ key }) => key))).toEqual([keys]);
        expect(revisionsOf(heard.deliveries)).toEqual([revision, revision, revision]);
      },
    );

    it.skipIf(!promise.from)("starts exactly at a revision, past or future", async () => {
      const { kv, watch } = await client();
      const key = bench.key("from");
      const revisions: number[] = [];
      const write = async () => revisions.push((await kv.write(key, `${revisions.length}`)) ?? 0);
      for (let i = 0; i < 3; i++) await write();
      const [, second = 0, third = 0] = revisions;
      const at = (from: number) => watch.open({ kind, target: { key }, from });
      const [past, future] = [collect(await at(second)), collect(await at(third + 3))];
      for (let i = 0; i < 5; i++) await write();
      await until("the last", async () =>
        [past, future].every(({ deliveries }) => revisionsOf(deliveries).at(-1) === revisions.at(-1)),
      );
      expect(revisionsOf(past.deliveries)).toEqual(revisions.slice(1));
      expect(revisionsOf(future.deliveries)).toEqual(revisions.filter((one) => one >= third + 3));
    });

    it.skipIf(!promise.previous)("reports previous values where asked", async () => {
      const clients = await client();
      const key = bench.key("previous");
      const request: WatchRequest = { kind, target: { key }, previous: true };
      const heard = collect(await clients.watch.open(request));
      await clients.kv.write(key, "1");
      await clients.kv.write(key, "2");
      await clients.delete(key);
      await until("all", async () => heard.deliveries.flat().length === 3);
      expect(heard.deliveries.flat().map(({ previous }) => previous)).toEqual([null, "1", "2"]);
    });

    it.skipIf(!promise.progress)("says on request how far it is: at least at what was reported", async () => {
      const { kv, watch } = await client();
      const key = bench.key("progress");
      const subscription = await watch.open({ kind, target: { key } });
      const heard = collect(subscription);
      const revision = (await kv.write(key, "1")) ?? 0;
      await until("the change", async () => heard.deliveries.length > 0);
      await until("an answer that covers it", async () => {
        await subscription.progress?.();
        return heard.progress.some((one) => one >= revision);
      });
    });

    it.skipIf(!promise.from || bench.adapter.admin === undefined)(
      "is served from the compacted revision on, and canceled with it where it starts below",
      async () => {
        const { kv, watch } = await client(bench.node(0));
        const key = bench.key("compacted");
        await kv.write(key, "1");
        const second = await kv.write(key, "2");
        await kv.write(key, "3");
        const admin = bench.adapter.admin?.(bench.node(0).endpoint, patient);
        assert(admin?.compact !== undefined && second !== undefined, "a system with starts can compact");
        await admin.compact(second).finally(() => admin.close());
        const at = (from: number) => watch.open({ kind, target: { key }, from });
        const [below, edge] = [collect(await at(second - 1)), collect(await at(second))];
        await until("the end", async () => below.isOver());
        expect(below.deliveries).toMatchObject([[{ f: "canceled", revision: second }]]);
        await until("the changes", async () => edge.deliveries.flat().length === 2);
        expect(edge.deliveries.flat().map(({ value }) => value)).toEqual(["2", "3"]);
      },
    );
  });
}
