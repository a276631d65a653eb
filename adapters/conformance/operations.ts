import { describe, expect, it } from "vitest";
import { promisesFreshReads } from "../../core/consistency.ts";
import { ClientError } from "../../core/errors.ts";
import type { ClientWith } from "../client/client.ts";
import { type Bench, until } from "./cluster.ts";
import { keptHistory } from "./history.ts";
import { Relay } from "./relay.ts";
import { sessions } from "./sessions.ts";
import { transactions } from "./transactions.ts";
import { watches } from "./watches.ts";

/** Tests of operations while nothing fails. */
export function operations(bench: Bench): void {
  const { capabilities } = bench.adapter;
  readsAndWrites(bench);
  keysAndValues(bench);
  compareAndSet(bench);
  if (capabilities.has("delete")) deletion(bench);
  if (capabilities.has("delete")) recreation(bench);
  if (capabilities.has("prefix")) listing(bench);
  if (capabilities.has("session")) sessions(bench);
  if (capabilities.has("txn")) transactions(bench);
  if (capabilities.has("watch")) watches(bench);
  if (capabilities.has("history")) keptHistory(bench);
}

function readsAndWrites(bench: Bench): void {
  const { adapter } = bench;
  const mode = adapter.defaultReadMode;

  describe("reads and writes", () => {
    it.each(Object.keys(adapter.promises.reads))(
      "read an absent key as such in mode %s",
      async (readMode) => {
        const client = await bench.client();
        expect((await client.kv.read(bench.key(), readMode)).value).toBeUndefined();
      },
    );

    it.each(Object.entries(adapter.promises.reads))(
      "read what was written at the same node in mode %s",
      async (readMode, { consistency }) => {
        const client = await bench.client();
        const key = bench.key();
        await client.kv.write(key, "1");
        await client.kv.write(key, "2");
        if (promisesFreshReads(consistency)) expect((await client.kv.read(key, readMode)).value).toBe("2");
        await until("the last write", async () => (await client.kv.read(key, readMode)).value === "2");
      },
    );

    it("read at every node what was written at another, where the mode promises it", async () => {
      const fresh = Object.entries(adapter.promises.reads).filter(([, { consistency }]) =>
        promisesFreshReads(consistency),
      );
      const writer = await bench.client(bench.node(1));
      const key = bench.key();
      await writer.kv.write(key, "fresh");
      for (const node of bench.nodes) {
        const reader = await bench.client(node);
        for (const [readMode] of fresh) expect((await reader.kv.read(key, readMode)).value).toBe("fresh");
      }
    });

    it("refuse a read mode that the system does not have", async () => {
      const client = await bench.client();
      await expect(client.kv.read(bench.key(), "telepathic")).rejects.toMatchObject({ code: "unsupported" });
    });

    it("have one place in the system's order, which every read of the write reports", async () => {
      const client = await bench.client();
      const key = bench.key();
      let newest = 0;
      for (const value of ["a", "b"]) {
        const written = await client.kv.write(key, value);
        const { modRevision } = await client.kv.read(key, mode);
        expect(modRevision).toBeGreaterThan(newest);
        if (written !== undefined) expect(modRevision).toBe(written);
        newest = modRevision ?? newest;
      }
      await client.kv.write(bench.key(), "elsewhere");
      for (const node of bench.nodes) {
        const reader = await bench.client(node);
        await until("the last write", async () => (await reader.kv.read(key, mode)).value === "b");
        expect((await reader.kv.read(key, mode)).modRevision).toBe(newest);
      }
      const swapped = await client.kv.cas(key, "b", "c");
      const { modRevision } = await client.kv.read(key, mode);
      expect(modRevision).toBeGreaterThan(newest);
      if (swapped !== undefined) expect(modRevision).toBe(swapped);
    });

    it("grow in revision, and reads report a revision that is no older than what they show", async () => {
      const client = await bench.client();
      const key = bench.key();
      let newest = 0;
      for (const value of ["a", "b", "c"]) {
        const written = await client.kv.write(key, value);
        if (written !== undefined) expect(written).toBeGreaterThan(newest);
        const { revision } = await client.kv.read(key, mode);
        expect(revision).toBeGreaterThanOrEqual(written ?? newest);
        newest = revision ?? newest;
      }
    });
  });
}

function keysAndValues(bench: Bench): void {
  const mode = bench.adapter.defaultReadMode;

  describe("keys and values", () => {
    it.each([
      ["nothing", ""],
      ["text beyond ASCII", "grüße, 你好, 🦊"],
      ["line ends and quotes", 'a\r\nb\t"c"\\'],
      ["a zero byte", "a\0b"],
      ["256 KiB", "x".repeat(256 << 10)],
    ])("keep a value of %s", async (_, value) => {
      const client = await bench.client();
      const key = bench.key();
      await client.kv.write(key, value);
      expect((await client.kv.read(key, mode)).value).toBe(value);
    });

    it.each(["a b", "50%", "a?b#c&d=e", "über-🦊", ".", "..", "UPPER_lower-0.9", "a\nb"])(
      "keep the key %j apart from others",
      async (odd) => {
        const client = await bench.client();
        const key = `${bench.key()}${odd}`;
        await client.kv.write(odd, "alone");
        await client.kv.write(key, "with more");
        expect((await client.kv.read(odd, mode)).value).toBe("alone");
        expect((await client.kv.read(key, mode)).value).toBe("with more");
      },
    );

    it("refuse a value that is far too large, and go on", async () => {
      const client = await bench.client();
      const key = bench.key();
      await client.kv.write(key, "small");
      const refused = await client.kv.write(key, "x".repeat(8 << 20)).then(
        () => undefined,
        (reason) => reason,
      );
      expect(refused).toBeInstanceOf(ClientError);
      expect(refused).toMatchObject({ code: "rejected", definite: true });
      expect((await client.kv.read(key, mode)).value).toBe("small");
    });

    it("answer many operations of one client at once, each with its own", async () => {
      const client = await bench.client();
      const keys = Array.from({ length: 40 }, () => bench.key());
      await Promise.all(keys.map((key) => client.kv.write(key, `value of ${key}`)));
      const values = await Promise.all(keys.map(async (key) => (await client.kv.read(key, mode)).value));
      expect(values).toEqual(keys.map((key) => `value of ${key}`));
    });
  });
}

function compareAndSet(bench: Bench): void {
  const mode = bench.adapter.defaultReadMode;

  describe("compare and set", () => {
    const refusal = async ({ kv }: ClientWith<"kv">, key: string, from: string) => {
      const reason = await kv.cas(key, from, "never").then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(reason).toBeInstanceOf(ClientError);
      return reason as ClientError;
    };

    it("sets where the value is as expected, in the order of revisions", async () => {
      const client = await bench.client();
      const key = bench.key();
      const written = await client.kv.write(key, "1");
      const set = await client.kv.cas(key, "1", "2");
      if (written !== undefined && set !== undefined) expect(set).toBeGreaterThan(written);
      expect((await client.kv.read(key, mode)).value).toBe("2");
    });

    it("refuses another value and an absent key, definitely and without effect", async () => {
      const client = await bench.client();
      const key = bench.key();
      for (const from of ["1", ""]) {
        const { code, definite } = await refusal(client, key, from);
        expect(["mismatch", "conflict"]).toContain(code);
        expect(definite).toBe(true);
      }
      expect((await client.kv.read(key, mode)).value).toBeUndefined();
      await client.kv.write(key, "1");
      expect(await refusal(client, key, "2")).toMatchObject({ definite: true });
      expect((await client.kv.read(key, mode)).value).toBe("1");
    });

    it("lets exactly one of many win, and the others know that they lost", async () => {
      const key = bench.key();
      const clients = await Promise.all([0, 1, 2, 0, 1, 2].map((index) => bench.client(bench.node(index))));
      await clients[0]?.kv.write(key, "start");
      // A node that lags behind would refuse from an old value.
      for (const client of clients) {
        await until("the start", async () => (await client.kv.read(key, mode)).value === "start");
      }
      const outcomes = await Promise.allSettled(
        clients.map((client, i) => client.kv.cas(key, "start", `winner ${i}`)),
      );
      const winners = outcomes.flatMap(({ status }, i) => (status === "fulfilled" ? [i] : []));
      expect(winners).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ definite: true });
      }
      const winner = clients[winners[0] ?? 0];
      expect((await winner?.kv.read(key, mode))?.value).toBe(`winner ${winners[0]}`);
    });
  });
}

function deletion(bench: Bench): void {
  const mode = bench.adapter.defaultReadMode;

  it("delete reports whether there was something to delete", async () => {
    const client = await bench.clientWith(["kv", "delete"]);
    const key = bench.key();
    await client.kv.write(key, "1");
    expect(await client.delete(key)).toMatchObject({ existed: true });
    expect((await client.kv.read(key, mode)).value).toBeUndefined();
    expect(await client.delete(key)).toEqual({ existed: false });
    await client.kv.write(key, "again");
    expect((await client.kv.read(key, mode)).value).toBe("again");
  });

  it("delete has its own place in the system's order, where the system reports it", async () => {
    const client = await bench.clientWith(["kv", "delete"]);
    const key = bench.key();
    const written = await client.kv.write(key, "1");
    const deleted = await client.delete(key);
    const absent = await client.kv.read(key, mode);
    const again = await client.kv.write(key, "2");
    const { modRevision } = await client.kv.read(key, mode);
    if (written === undefined || again === undefined) {
      // The state of an absent key is that of its removal or later, and what is created then comes after it.
      expect(modRevision).toBeGreaterThan(absent.revision ?? Number.POSITIVE_INFINITY);
      return;
    }
    expect(deleted?.revision).toBeGreaterThan(written);
    expect(absent.revision).toBeGreaterThanOrEqual(deleted?.revision ?? Number.POSITIVE_INFINITY);
    expect(again).toBeGreaterThan(deleted?.revision ?? Number.POSITIVE_INFINITY);
    expect(modRevision).toBe(again);
  });
}

function recreation(bench: Bench): void {
  const mode = bench.adapter.defaultReadMode;

  it("compare and set does not take a key that was created again for the one that it compared", async () => {
    const relay = new Relay(bench.node(0).endpoint);
    await relay.start();
    try {
      const [other, slow] = [await bench.clientWith(["kv", "delete"]), await bench.client(relay.endpoint)];
      const key = bench.key();
      await other.kv.write(key, "1");
      relay.delay();
      const cas = slow.kv.cas(key, "1", "2").then(
        () => undefined,
        (error: ClientError) => error,
      );
      await until("the node's first answer", async () => relay.waiting > 0);
      expect(await other.delete(key)).toMatchObject({ existed: true });
      await other.kv.write(key, "another value of the same version");
      relay.deliver();
      // It took effect before the delete, or it was refused; the new value stays whatever happened.
      const refused = await cas;
      if (refused !== undefined) expect(refused).toMatchObject({ definite: true });
      expect((await other.kv.read(key, mode)).value).toBe("another value of the same version");
    } finally {
      await relay.stop();
    }
  });
}

function listing(bench: Bench): void {
  const mode = bench.adapter.defaultReadMode;

  it("list gives every key with the prefix, in order, and no other", async () => {
    const client = await bench.clientWith(["kv", "prefix"]);
    const prefix = `${bench.key("list")}-`;
    const names = ["b", "a", "c d", "ü", "a.1"].map((name) => prefix + name);
    for (const name of names) await client.kv.write(name, `of ${name}`);
    await client.kv.write(prefix.slice(0, -1), "not this one");
    const listed = await client.prefix.list(prefix, mode);
    const inOrder = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect([...listed.keys()]).toEqual(inOrder);
    expect(listed.get(`${prefix}c d`)?.value).toBe(`of ${prefix}c d`);
    expect((await client.prefix.list(`${prefix}nothing`, mode)).size).toBe(0);
  });
}
