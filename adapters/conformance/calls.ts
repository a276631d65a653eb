import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import type { ClientError } from "../../core/errors.ts";
import { createRandom } from "../../core/random.ts";
import { millis } from "../../core/time.ts";
import type { Adapter } from "../adapter.ts";
import type { Ask } from "../client/ask.ts";
import type { ClientWith } from "../client/client.ts";
import { type Bench, clock, errorOf, patient, type TestNode, until } from "./cluster.ts";
import { Relay } from "./relay.ts";

/** The calls of these capabilities, each with a key and what it asks. */
type Calls = Readonly<Record<string, (key: string, ask: Ask) => Promise<unknown>>>;

/** Tests of calls' limits, and of how clients end. */
export function calls(bench: Bench): void {
  limits(bench);
  endings(bench);
}

/** A kind of watch of the system; undefined if it has none. */
const kindOfWatch = ({ promises }: Adapter): string | undefined => Object.keys(promises.watches ?? {})[0];

/** A client through a relay that can hold replies. */
function relayed(bench: Bench): () => Promise<Relay> {
  let relay: Relay | undefined;
  afterEach(() => relay?.stop());
  return async () => {
    relay = new Relay(bench.node(0).endpoint);
    await relay.start();
    return relay;
  };
}

function limits(bench: Bench): void {
  const { adapter } = bench;
  const mode = adapter.defaultReadMode;
  const kind = kindOfWatch(adapter);

  describe("a call", () => {
    const throughRelay = relayed(bench);

    /** A client of all that the system offers, and every call that it has. */
    const everyCall = async (link: Relay): Promise<Calls> => {
      const client = await bench.clientWith([...adapter.capabilities], link.endpoint);
      return {
        read: (key, ask) => client.kv.read(key, mode, ask),
        write: (key, ask) => client.kv.write(key, "1", ask),
        cas: (key, ask) => client.kv.cas(key, "1", "2", ask),
        ...(adapter.capabilities.has("delete") && { delete: (key, ask) => client.delete(key, ask) }),
        ...(adapter.capabilities.has("txn") && {
          txn: (key, ask) => client.txn.commit([{ f: "write", key, value: "1" }], ask),
        }),
        ...(kind !== undefined && {
          watch: (key, ask) => client.watch.open({ kind, target: { key } }, ask),
        }),
        ...(adapter.capabilities.has("prefix") && { list: (key, ask) => client.prefix.list(key, mode, ask) }),
      };
    };

    it("of each kind comes from the source address that the client was given", async () => {
      const link = await throughRelay();
      const from = { ...patient, localAddress: "127.0.0.2" };
      const client = await bench.clientWith([...adapter.capabilities], link.endpoint, from);
      const key = bench.key();
      await client.kv.write(key, "1");
      await client.kv.read(key, mode);
      if (kind !== undefined) {
        for (const own of [false, true]) {
          const watch = await client.watch.open({ kind, target: { key }, own });
          await watch.close();
        }
      }
      expect(link.sources).toEqual(new Set(["127.0.0.2"]));
    });

    it("of each kind keeps its own deadline, though the connection's is longer", async () => {
      const link = await throughRelay();
      const every = await everyCall(link);
      const key = bench.key();
      await every["write"]?.(key, {});
      for (const [name, call] of Object.entries(every)) {
        link.hold();
        const before = clock.now();
        const error = await errorOf(call(key, { timeoutMs: 300 }));
        expect([name, error.code]).toEqual([name, "timeout"]);
        expect(error.definite).toBe(false);
        // The connection's own limit is ten seconds.
        expect((clock.now() - before) / 1e9).toBeLessThan(8);
        link.release();
        await until(
          "the client to go on",
          () => every["write"]?.(key, {}).then(() => true) ?? Promise.reject(),
        );
      }
    });

    it("of each kind rejects at once when its signal fires, with an unknown outcome", async () => {
      const link = await throughRelay();
      const every = await everyCall(link);
      const key = bench.key();
      await every["write"]?.(key, {});
      link.hold();
      for (const [name, call] of Object.entries(every)) {
        const controller = new AbortController();
        const called = errorOf(call(key, { signal: controller.signal }));
        // Long enough for the request to leave; nothing that a test could see says when it has.
        await sleep(clock, millis(50));
        controller.abort();
        const { code, definite } = await called;
        expect([name, code, definite]).toEqual([name, "aborted", false]);
      }
    });

    it("of each kind is never sent if its signal has fired before", async () => {
      const link = await throughRelay();
      const every = await everyCall(link);
      const key = bench.key();
      for (const [name, call] of Object.entries(every)) {
        const { code, definite } = await errorOf(call(key, { signal: AbortSignal.abort() }));
        expect([name, code, definite]).toEqual([name, "aborted", true]);
      }
      const witness = await bench.client();
      expect((await witness.kv.read(key, mode)).value).toBeUndefined();
    });

    it("that is called off leaves the others of its client alone, each with its own answer", async () => {
      const client = await bench.client();
      const kept: Promise<unknown>[] = [];
      const off: Promise<ClientError>[] = [];
      const keys = Array.from({ length: 20 }, () => bench.key());
      for (const key of keys) {
        const controller = new AbortController();
        off.push(errorOf(client.kv.read(key, mode, { signal: controller.signal })));
        kept.push(client.kv.write(key, `value of ${key}`));
        controller.abort();
      }
      for (const { code } of await Promise.all(off)) expect(code).toBe("aborted");
      await Promise.all(kept);
      const values = await Promise.all(keys.map(async (key) => (await client.kv.read(key, mode)).value));
      expect(values).toEqual(keys.map((key) => `value of ${key}`));
    });

    it("that is called off is never called failed where it took effect, whenever that is", async () => {
      const link = await throughRelay();
      const random = createRandom(2027);
      const client = await bench.client(link.endpoint);
      const outcomes: { readonly key: string; readonly error: ClientError | undefined }[] = [];
      for (let i = 0; i < 60; i++) {
        const key = bench.key("off");
        const controller = new AbortController();
        // Every other call finds the connection gone.
        if (i % 2 === 0) link.cut();
        const write = client.kv.write(key, "written", { signal: controller.signal }).then(
          () => undefined,
          (error: ClientError) => error,
        );
        await sleep(clock, millis(8 * random.float() ** 2));
        controller.abort();
        outcomes.push({ key, error: await write });
      }
      const witness = await bench.client();
      for (const { key, error } of outcomes) {
        if (error?.definite) expect((await witness.kv.read(key, mode)).value).toBeUndefined();
      }
      expect(outcomes.map(({ error }) => error?.code)).toContain("aborted");
    });
  });
}

/** The two ways in which a client ends. */
export const ways: Readonly<Record<string, (client: ClientWith<"kv">) => Promise<void>>> = {
  closed: (client) => client.close(),
  abandoned: async (client) => client.abandon(),
};

function endings(bench: Bench): void {
  const mode = bench.adapter.defaultReadMode;
  const kind = kindOfWatch(bench.adapter);
  const socketsOfEach = kind === undefined ? 1 : 2;

  /** Its watch, if the system has any, has a connection of its own. */
  const clientThatWatches = async (node: TestNode): Promise<ClientWith<"kv">> => {
    if (kind === undefined) return bench.client(node);
    const client = await bench.clientWith(["kv", "watch"], node);
    await client.watch.open({ kind, target: { key: bench.key() }, own: true });
    return client;
  };

  describe.each(Object.entries(ways))("a client that is %s", (way, end) => {
    const throughRelay = relayed(bench);

    it("loses what is pending, and asks nothing any more", async () => {
      const link = await throughRelay();
      const client = await bench.client(link.endpoint);
      const witness = await bench.client();
      const key = bench.key();
      await client.kv.write(key, "before");
      link.hold();
      const lost = errorOf(client.kv.write(key, "pending"));
      // A write whose answer is held has surely left when another client reads it.
      await until("the effect", async () => (await witness.kv.read(key, mode)).value === "pending");
      await end(client);
      expect(await lost).toMatchObject({ code: "connection-lost", definite: false });
      expect(await errorOf(client.kv.write(key, way))).toMatchObject({
        code: "not-connected",
        definite: true,
      });
      await end(client);
      await client.close();
    });

    // A long run abandons a client for every unknown outcome: of thousands, none may keep its descriptor.
    it.skipIf(!existsSync("/proc/self/fd"))(
      "leaves no socket behind, even at a node that does not answer (needs /proc)",
      async () => {
        const node = bench.node(0);
        const clients = await Promise.all(Array.from({ length: 20 }, () => clientThatWatches(node)));
        for (const client of clients) await client.kv.read(bench.key(), mode);
        const open = socketsOfThisProcess();
        await node.pause();
        try {
          const lost = clients.map((client) => errorOf(client.kv.write(bench.key(), "lost")));
          await Promise.all(clients.map(end));
          await Promise.all(lost);
          await until(
            "their sockets to go",
            async () => socketsOfThisProcess() <= open - clients.length * socketsOfEach,
          );
        } finally {
          await node.resume();
        }
      },
    );
  });
}

function socketsOfThisProcess(): number {
  const targets = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The directory's own, gone by now.
      return "";
    }
  });
  return targets.filter((target) => target.startsWith("socket:")).length;
}
