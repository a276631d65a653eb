import { describe, expect, it } from "vitest";
import { promisesFreshReads } from "../../core/consistency.ts";
import type { Session } from "../client/session.ts";
import { type Bench, clock, errorOf, until } from "./cluster.ts";
import { Relay } from "./relay.ts";

/** Capability `session`: keys that live as long as their client. Read in the freshest mode that the system has. */
export function sessions(bench: Bench): void {
  const modes = Object.entries(bench.adapter.promises.reads);
  const [mode = bench.adapter.defaultReadMode] =
    modes.find(([, { consistency }]) => consistency === "linearizable") ??
    modes.find(([, { consistency }]) => promisesFreshReads(consistency)) ??
    [];
  const open = async (ttlMs: number) => {
    const client = await bench.clientWith(["kv", "session"]);
    return { client, session: await client.session.open(ttlMs) };
  };
  /** A look from another node. */
  const lookAt = async (key: string) => {
    const witness = await bench.client(bench.node(1));
    return async () => (await witness.kv.read(key, mode)).value;
  };
  /** Longer than the test: what is gone before it has not expired. */
  const longMs = 60_000;

  describe("a session", () => {
    it("creates keys that are not there, and refuses those that are", async () => {
      const { client, session } = await open(longMs);
      const key = bench.key();
      const look = await lookAt(key);
      await session.create(key, "held");
      expect(await look()).toBe("held");
      expect(session.id).not.toBe("");
      expect(await errorOf(session.create(key, "again"))).toMatchObject({ code: "exists", definite: true });
      const other = await client.session.open(longMs);
      expect(other.id).not.toBe(session.id);
      expect(await errorOf(other.create(key, "another's"))).toMatchObject({ code: "exists", definite: true });
      expect(await look()).toBe("held");
    });

    it.each<[string, (parts: { client: { close(): Promise<void> }; session: Session }) => Promise<void>]>([
      ["the session is", ({ session }) => session.close()],
      ["its client is", ({ client }) => client.close()],
    ])("takes its keys with it at once when %s closed", async (_, end) => {
      const parts = await open(longMs);
      const key = bench.key();
      const look = await lookAt(key);
      await parts.session.create(key, "held");
      await end(parts);
      // The first look: it was gone when the close was over.
      expect(await look()).toBeUndefined();
      const late = await errorOf(parts.session.create(key, "late"));
      expect(late).toMatchObject({ code: "session-expired", definite: true });
      await parts.session.close();
    });

    it("gives the revision at which it creates a key, later for a later key", async () => {
      const { client, session } = await open(longMs);
      const [first, second] = [bench.key(), bench.key()];
      const created = await session.create(first, "held");
      const later = await session.create(second, "held");
      expect(created).toBeGreaterThan(0);
      expect(later).toBeGreaterThan(created ?? Number.POSITIVE_INFINITY);
      expect((await client.kv.read(first, mode)).modRevision).toBe(created);
    });

    it("removes its own keys, and no key of another session", async () => {
      const { client, session } = await open(longMs);
      const other = await client.session.open(longMs);
      const key = bench.key();
      const look = await lookAt(key);
      await session.create(key, "held");
      const refused = { code: "not-found", definite: true };
      expect(await errorOf(other.remove(key))).toMatchObject(refused);
      expect(await look()).toBe("held");
      await session.remove(key);
      expect(await look()).toBeUndefined();
      expect(await errorOf(session.remove(key))).toMatchObject(refused);
      await other.create(key, "another's");
      expect(await errorOf(session.remove(key))).toMatchObject(refused);
      expect(await look()).toBe("another's");
    });

    it("reports each keep-alive that was acknowledged, with the time at which it was sent", async () => {
      const { session } = await open(longMs);
      const sent: number[] = [];
      session.onRenewal((at) => sent.push(at));
      const before = clock.now();
      await session.renew();
      expect(sent).toHaveLength(1);
      expect(sent[0]).toBeGreaterThanOrEqual(before);
      expect(sent[0]).toBeLessThanOrEqual(clock.now());
      await session.close();
      expect(await errorOf(session.renew())).toMatchObject({ code: "session-expired", definite: true });
      expect(sent).toHaveLength(1);
    });

    it("ends when its time is up once nobody keeps it alive", async () => {
      const { session } = await open(1000);
      const key = bench.key();
      const look = await lookAt(key);
      await session.create(key, "held");
      const renewing = clock.now();
      await session.renew();
      session.abandon();
      expect(await look()).toBe("held");
      await until("its end", async () => (await look()) === undefined);
      expect((clock.now() - renewing) / 1e6).toBeGreaterThanOrEqual(session.ttlMs);
    });

    it("outlives its abandoned client until it expires", async () => {
      const client = await bench.clientWith(["kv", "session"]);
      const key = bench.key();
      const look = await lookAt(key);
      const opening = clock.now();
      const session = await client.session.open(2000);
      await session.create(key, "held");
      client.abandon();
      expect(await look()).toBe("held");
      await until("its end", async () => (await look()) === undefined);
      expect((clock.now() - opening) / 1e6).toBeGreaterThanOrEqual(session.ttlMs);
      expect(session.lost.aborted).toBe(false);
    });

    it("is kept alive for longer than its time, without being asked anything", async () => {
      const { session } = await open(1000);
      const key = bench.key();
      const look = await lookAt(key);
      await session.create(key, "held");
      const end = clock.now() + 3 * session.ttlMs * 1e6;
      while (clock.now() < end) expect(await look()).toBe("held");
      expect(session.lost.aborted).toBe(false);
    });

    it("reports that it was lost, once the system can say so again", async () => {
      const relay = new Relay(bench.node(0).endpoint);
      await relay.start();
      try {
        const client = await bench.clientWith(["kv", "session"], relay.endpoint);
        const session = await client.session.open(1000);
        const key = bench.key();
        const look = await lookAt(key);
        await session.create(key, "held");
        await relay.stop();
        await until("its end", async () => (await look()) === undefined);
        expect(session.lost.aborted).toBe(false);
        await relay.start();
        await until("the report", async () => session.lost.aborted);
        expect(session.lost.reason).toMatchObject({ code: "session-expired", definite: true });
        const late = await errorOf(session.create(key, "late"));
        expect(late).toMatchObject({ code: "session-expired", definite: true });
        // Nothing is asked, so nothing was acknowledged.
        expect(await errorOf(session.close())).toMatchObject({ code: "session-expired", definite: true });
        expect(await look()).toBeUndefined();
      } finally {
        await relay.stop();
      }
    });
  });
}
