import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import type { ClientError } from "../../core/errors.ts";
import { createRandom } from "../../core/random.ts";
import { millis } from "../../core/time.ts";
import type { ClientWith } from "../client/client.ts";
import { ways } from "./calls.ts";
import { type Bench, clock, errorOf, patient, until } from "./cluster.ts";
import { collect } from "./collect.ts";
import { Relay } from "./relay.ts";

/** Tests of clients that share connections: they are as far apart as others. */
export function sharing(bench: Bench): void {
  const mode = bench.adapter.defaultReadMode;
  const [kind] = Object.keys(bench.adapter.promises.watches ?? {});

  describe("clients that share connections", () => {
    let link: Relay;
    beforeEach(async () => {
      link = new Relay(bench.node(0).endpoint);
      await link.start();
    });
    afterEach(() => link.stop());

    const clients = (connections: number, count: number): Promise<ClientWith<"kv">[]> => {
      const connect = bench.sharing(connections);
      const opening = Array.from({ length: count }, () => connect(link.endpoint, ["kv"], patient));
      return Promise.all(opening);
    };
    const pair = async () => {
      const [one, other] = await clients(1, 2);
      if (one === undefined || other === undefined) throw new Error("no two clients");
      return [one, other] as const;
    };
    /** A write whose answer does not come has surely left when another client reads it. */
    const untilSeen = async (key: string, value: string): Promise<void> => {
      const witness = await bench.client();
      await until("the write's effect", async () => (await witness.kv.read(key, mode)).value === value);
    };
    const isAbsent = async (key: string) => {
      const witness = await bench.client();
      expect((await witness.kv.read(key, mode)).value).toBeUndefined();
    };

    it.each([1, 3])("have no more than %i, and each gets its own answers", async (connections) => {
      const all = await clients(connections, 12);
      for (let round = 0; round < 5; round++) {
        const keys = all.map(() => bench.key());
        await Promise.all(all.map((client, i) => client.kv.write(keys[i] ?? "", `${round} of ${i}`)));
        const read = all.map(async (client, i) => (await client.kv.read(keys[i] ?? "", mode)).value);
        expect(await Promise.all(read)).toEqual(all.map((_, i) => `${round} of ${i}`));
        expect(link.connections).toBe(connections);
      }
    });

    it("have no more than there are clients", async () => {
      const all = await clients(100, 2);
      await Promise.all(all.map((client) => client.kv.write(bench.key(), "1")));
      expect(link.connections).toBeLessThanOrEqual(2);
    });

    it("close a connection with the last of its clients", async () => {
      const [first, second, third] = await clients(1, 3);
      await first?.close();
      second?.abandon();
      await third?.kv.write(bench.key(), "1");
      expect(link.connections).toBe(1);
      await third?.close();
      await until("the connection's end", async () => link.connections === 0);
    });

    it.each(Object.entries(ways))("end their own calls only when they are %s", async (_, end) => {
      const [one, other] = await pair();
      const [lost, kept] = [bench.key("lost"), bench.key("kept")];
      link.delay();
      const losing = errorOf(one.kv.write(lost, "1"));
      const keeping = other.kv.write(kept, "1");
      await untilSeen(lost, "1");
      await end(one);
      expect(await losing).toMatchObject({ code: "connection-lost", definite: false });
      await untilSeen(kept, "1");
      link.deliver();
      await keeping;
      expect((await other.kv.read(kept, mode)).value).toBe("1");
      expect(await errorOf(one.kv.write(lost, "2"))).toMatchObject({ code: "not-connected", definite: true });
    });

    it.each(Object.entries(ways))(
      "leave a call alone that was sent before theirs when they are %s",
      async (_, end) => {
        const [one, other] = await pair();
        const [kept, lost] = [bench.key("kept"), bench.key("lost")];
        link.delay();
        const keeping = one.kv.write(kept, "1");
        await untilSeen(kept, "1");
        const losing = errorOf(other.kv.write(lost, "1"));
        await end(other);
        const { definite } = await losing;
        link.deliver();
        await keeping;
        if (definite) await isAbsent(lost);
      },
    );

    it.skipIf(kind === undefined)("end their own watches only", async () => {
      const connect = bench.sharing(1);
      const key = bench.key("watched");
      const open = async () => {
        const client = await connect(link.endpoint, ["watch"], patient);
        const watch = await client.watch.open({ kind: kind ?? "", target: { key } });
        return { client, heard: collect(watch) };
      };
      const [one, other, third] = [await open(), await open(), await open()];
      await one.client.close();
      third.client.abandon();
      await until("their end", async () => one.heard.isOver() && third.heard.isOver());
      const writer = await bench.client();
      const before = [one, third].map(({ heard }) => heard.deliveries.length);
      await writer.kv.write(key, "news");
      const values = () => other.heard.deliveries.flat().map(({ value }) => value);
      await until("the news", async () => values().includes("news"));
      expect([one, third].map(({ heard }) => heard.deliveries.length)).toEqual(before);
    });

    it("lose it together, do not know what became of calls that it took along, and go on over another", async () => {
      const all = await clients(1, 4);
      const keys = all.map(() => bench.key("lost"));
      link.hold();
      const writes = all.map((client, i) => settled(client.kv.write(keys[i] ?? "", "1")));
      await untilSeen(keys[0] ?? "", "1");
      link.release();
      const errors = await Promise.all(writes);
      expect(errors[0]).toMatchObject({ code: "connection-lost", definite: false });
      for (const [i, error] of errors.entries()) if (error?.definite) await isAbsent(keys[i] ?? "");
      for (const client of all) await client.kv.write(bench.key(), "after");
      expect(link.connections).toBe(1);
    });

    it("never call a write failed that took effect, whenever a connection breaks or a client ends", async () => {
      const random = createRandom(2028);
      const connect = bench.sharing(2);
      const join = () => connect(link.endpoint, ["kv"], patient);
      const all = await Promise.all(Array.from({ length: 6 }, join));
      const failed: string[] = [];
      let unknown = 0;
      for (let round = 0; round < 40; round++) {
        const writes = all.map(async (client) => {
          const key = bench.key("cut");
          const error = await settled(client.kv.write(key, "written"));
          if (error?.definite) failed.push(key);
          else if (error !== undefined) unknown++;
        });
        await sleep(clock, millis(8 * random.float() ** 2));
        if (round % 2 === 0) link.cut();
        else all[round % all.length]?.abandon();
        await Promise.all(writes);
        if (round % 2 === 1) all[round % all.length] = await until("another client", join);
      }
      expect(unknown).toBeGreaterThan(0);
      const witness = await bench.client();
      for (const key of failed) expect((await witness.kv.read(key, mode)).value).toBeUndefined();
    });

    it.skipIf(!bench.adapter.capabilities.has("session"))("have sessions of their own", async () => {
      const connect = bench.sharing(1);
      const open = async () => {
        const client = await connect(bench.node(0).endpoint, ["kv", "session"], patient);
        const session = await client.session.open(1000);
        const key = bench.key("held");
        await session.create(key, "held");
        return { client, session, key };
      };
      const [closed, abandoned, kept] = [await open(), await open(), await open()];
      await closed.client.close();
      const look = async ({ key }: { key: string }) => (await kept.client.kv.read(key, mode)).value;
      expect(await look(closed)).toBeUndefined();
      abandoned.client.abandon();
      expect(await look(abandoned)).toBe("held");
      await until("its end", async () => (await look(abandoned)) === undefined);
      expect(await look(kept)).toBe("held");
      expect(kept.session.lost.aborted).toBe(false);
    });
  });
}

/** The error of a call; undefined if it succeeded. */
const settled = (call: Promise<unknown>): Promise<ClientError | undefined> =>
  call.then(
    () => undefined,
    (error: ClientError) => error,
  );
