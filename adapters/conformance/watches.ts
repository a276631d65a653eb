import { describe, expect, it } from "vitest";
import type { WatchContract, WatchPromise } from "../../core/watch.ts";
import type { Delivery, Told, WatchRequest } from "../client/watch.ts";
import { type Bench, clock, errorOf, until } from "./cluster.ts";
import { collect } from "./collect.ts";
import { everyEvent } from "./every-event.ts";

/** Capability `watch`: each kind of watch does what its contract says. */
export function watches(bench: Bench): void {
  const kinds = Object.entries(bench.adapter.promises.watches ?? {});
  const open = async (request: WatchRequest, node = bench.node(1)) => {
    const client = await bench.clientWith(["kv", "delete", "txn", "watch"], node);
    return { client, watch: await client.watch.open(request) };
  };

  describe.each(kinds)("a watch of the kind %s", (kind, promise) => {
    const targetOf = (name: string) => targetFor(promise, name);

    it.each([false, true])(
      "hears of a key that is created, overwritten, deleted and created again, as its contract says (own: %s)",
      async (own) => {
        const key = bench.key("watched");
        const { watch } = await open({ kind, target: targetOf(key), own });
        const heard = collect(watch);
        const writer = await bench.clientWith(["kv", "delete"]);
        const made: Made[] = [];
        await writer.kv.write(`${key}-other`, "0");
        for (const value of ["1", "2"]) made.push({ value, revision: await writer.kv.write(key, value) });
        made.push({ value: null, revision: (await writer.delete(key)).revision });
        made.push({ value: "3", revision: await writer.kv.write(key, "3") });
        await until("the last change", async () => isNewest(heard.deliveries, key, made));
        judges[promise.contract](heard.deliveries.flat(), key, made);
      },
    );

    it.skipIf(!promise.prefix)("follows every key with a prefix, and no other", async () => {
      const prefix = `${bench.key("below")}-`;
      const { watch } = await open({ kind, target: { prefix } });
      const heard = collect(watch);
      const writer = await bench.client();
      await writer.kv.write(bench.key("else"), "0");
      await writer.kv.write(`${prefix}a`, "1");
      await writer.kv.write(`${prefix}b`, "2");
      const keysIn = ({ key, value }: Told) => {
        if (key !== undefined) return [key];
        return Array.isArray(value) ? value : Object.keys(value ?? {});
      };
      const all = () => new Set(heard.deliveries.flat().flatMap(keysIn));
      await until("both keys", async () => all().size >= 2);
      expect([...all()].sort()).toEqual([`${prefix}a`, `${prefix}b`]);
    });

    it("hears nothing more once it, or its client, is closed", async () => {
      const key = bench.key("closed");
      const { client, watch } = await open({ kind, target: targetOf(key) });
      const [second, third] = [
        await client.watch.open({ kind, target: targetOf(key) }),
        await client.watch.open({ kind, target: targetOf(key), own: true }),
      ];
      const heard = collect(second);
      await watch.close();
      await client.kv.write(key, "1");
      await until("the event", async () => heard.deliveries.length > 0);
      expect(await watch.next()).toBeUndefined();
      const waiting = [watch, third].map((one) => one.next());
      await client.close();
      await until("the end", async () => heard.isOver());
      expect(await waiting[0]).toBeUndefined();
      await watch.close();
      await expect(client.watch.open({ kind, target: targetOf(key) })).rejects.toMatchObject({
        code: "not-connected",
        definite: true,
      });
      expect(heard.deliveries.flat().map(({ f }) => f)).not.toContain("ended");
    });

    it("is one of many that are opened at once, and each hears", async () => {
      const client = await bench.clientWith(["kv", "watch"]);
      const keys = Array.from({ length: 30 }, () => bench.key("many"));
      const all = await Promise.all(keys.map((key) => client.watch.open({ kind, target: targetOf(key) })));
      const heard = all.map(collect);
      await Promise.all(keys.map((key) => client.kv.write(key, `of ${key}`)));
      await until("all", async () =>
        heard.every(({ deliveries }, i) =>
          deliveries
            .flat()
            .some(({ value, f }) => value === `of ${keys[i]}` || f === "create" || f === "changed"),
        ),
      );
    });

    it("is refused what its kind cannot do, before anything is sent", async () => {
      const client = await bench.clientWith(["watch"]);
      const asked: WatchRequest[] = [
        ...(promise.from ? [] : [{ kind, target: targetOf("k"), from: 1 }]),
        ...(promise.prefix ? [] : [{ kind, target: { prefix: "k" } }]),
        ...(promise.previous ? [] : [{ kind, target: targetOf("k"), previous: true }]),
        { kind: "no such kind", target: { key: "k" } },
      ];
      for (const request of asked)
        expect(await errorOf(client.watch.open(request))).toMatchObject({
          code: "unsupported",
          definite: true,
        });
    });
  });

  describe("every watch", () => {
    it("ends when its connection breaks, and hears nothing more", async () => {
      const node = bench.node(2);
      const client = await bench.clientWith(["watch"], node);
      const requests = kinds.flatMap(([kind, promise]) => {
        const target = targetFor(promise, bench.key("broken"));
        return [false, true].map((own): WatchRequest => ({ kind, target, own }));
      });
      const watches = await Promise.all(requests.map((request) => client.watch.open(request)));
      const heard = watches.map(collect);
      await node.kill();
      try {
        await until("their ends", async () => heard.every(({ isOver }) => isOver()));
        for (const { deliveries } of heard) expect(deliveries.at(-1)).toMatchObject([{ f: "ended" }]);
        for (const request of requests)
          expect(await errorOf(client.watch.open(request))).toMatchObject({
            code: "not-connected",
            definite: true,
          });
      } finally {
        await node.start();
        await until(`${node.id} ready`, () => bench.adapter.ready(node.endpoint, { timeoutMs: 1000, clock }));
      }
    });
  });

  for (const [kind, promise] of kinds)
    if (promise.contract === "every-event") everyEvent(bench, kind, promise);
}

/** One key, or what of several keys fits it best. */
const targetFor = ({ contract }: WatchPromise, name: string): WatchRequest["target"] =>
  contract === "key-set" ? { prefix: name } : { key: name };

/** A change that was made to a key; null: it was deleted. */
interface Made {
  readonly value: string | null;
  readonly revision: number | undefined;
}

/** Whether the last change was heard of. */
function isNewest(deliveries: readonly Delivery[], key: string, made: readonly Made[]): boolean {
  const all = deliveries.flat();
  const events = all.filter(({ f }) => f === "create" || f === "put" || f === "delete");
  const last = all.findLast(({ f }) => f === "state");
  if (last === undefined) return events.length >= made.length;
  // The set of keys is the same after the first change and the last: what was heard must end with it.
  const value = Array.isArray(last.value)
    ? all.at(-1) === last && last.value.includes(key) && "3"
    : last.value;
  return value === "3";
}

const words = ["create", "put", "delete", "create"] as const;

/** Reports of four changes of a key, by contract. */
const judges: Readonly<
  Record<WatchContract, (told: readonly Told[], key: string, made: readonly Made[]) => void>
> = {
  "every-event": (told, key, made) => {
    expect(told.map(({ f }) => f)).toEqual(words);
    for (const [i, { value, revision, ...event }] of told.entries()) {
      expect(event.key).toBe(key);
      const change = made[i];
      if (value !== undefined) expect(value).toBe(change?.value);
      if (revision !== undefined && change?.revision !== undefined) expect(revision).toBe(change.revision);
    }
  },
  "latest-state": (told, key, made) => {
    const values = [null, ...made.map(({ value }) => value)];
    expect(told.every((state) => state.f === "state" && state.key === key)).toBe(true);
    // Each is what the one before was, or something later: an index may grow while the key stays as it is.
    let place = 0;
    for (const { value } of told) {
      place = values.indexOf(value as string | null, place);
      expect(place).not.toBe(-1);
    }
    expect(told[0]?.value).toBe(null);
    const revisions = told.map(({ revision = 0 }) => revision);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  },
  "one-shot": (told, key) => {
    expect(told.every((each) => each.key === key)).toBe(true);
    expect(told[0]).toMatchObject({ f: "state", value: null });
    expect(told.map(({ f }) => (f === "state" ? "state" : "event"))).toEqual(
      told.map((_, i) => (i % 2 === 0 ? "state" : "event")),
    );
  },
  "key-set": (told, key) => {
    expect(told[0]).toMatchObject({ f: "state", value: [] });
    expect(told.at(-1)?.value).toEqual([key, `${key}-other`]);
    expect(told.map(({ f }) => f)).toEqual(told.map((_, i) => (i % 2 === 0 ? "state" : "changed")));
  },
};
