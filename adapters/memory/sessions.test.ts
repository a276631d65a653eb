import { describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { millis, seconds } from "../../core/time.ts";
import type { ClientWith } from "../client/client.ts";
import { inCluster } from "./testing/cluster.ts";

describe("a session of the in-memory system", () => {
  const held = async (client: ClientWith<"kv" | "session">) =>
    (await client.kv.read("held", "linearizable")).value;

  it("keeps its keys for as long as its client lives, and frees them at once when it closes", () =>
    inCluster(async ({ nodes, connect, clock }) => {
      const [client, other] = [await connect(nodes[1]), await connect(nodes[2])];
      const session = await client.session.open(1000);
      await session.create("held", "1");
      await sleep(clock, seconds(10));
      expect(await held(other)).toBe("1");
      const rival = await other.session.open(1000);
      await expect(rival.create("held", "2")).rejects.toMatchObject({ code: "exists", definite: true });
      await client.close();
      expect(await held(other)).toBeUndefined();
      await rival.create("held", "2");
      expect(await held(other)).toBe("2");
    }));

  it("lives on for its time where its client is abandoned", () =>
    inCluster(async ({ nodes, connect, clock }) => {
      const [client, other] = [await connect(nodes[1]), await connect(nodes[2])];
      const session = await client.session.open(1000);
      await session.create("held", "1");
      client.abandon();
      await sleep(clock, millis(900));
      expect(await held(other)).toBe("1");
      await sleep(clock, millis(200));
      expect(await held(other)).toBeUndefined();
    }));

  it("is reported lost to a client that was cut off for too long", () =>
    inCluster(async ({ nodes, connect, clock, system }) => {
      const [client, other] = [await connect(nodes[1]), await connect(nodes[2])];
      const session = await client.session.open(1000);
      await session.create("held", "1");
      await system.network.cutClients([nodes[1].id]);
      await sleep(clock, seconds(2));
      expect(await held(other)).toBeUndefined();
      expect(session.lost.aborted).toBe(false);
      await system.network.heal();
      await sleep(clock, seconds(1));
      expect(session.lost.reason).toMatchObject({ code: "session-expired" });
      await expect(session.create("held", "2")).rejects.toMatchObject({ code: "session-expired" });
    }));

  it("does not expire while nobody leads, and leaves what others have put in its place", () =>
    inCluster(async ({ nodes, connect, clock }) => {
      const client = await connect(nodes[0]);
      const session = await client.session.open(1000);
      await session.create("held", "1");
      await session.create("taken over", "1");
      await client.kv.write("taken over", "2");
      client.abandon();
      await Promise.all([nodes[1].kill(), nodes[2].kill()]);
      await sleep(clock, seconds(5));
      await Promise.all([nodes[1].start(), nodes[2].start()]);
      await sleep(clock, millis(500));
      const other = await connect(nodes[0]);
      expect(await held(other)).toBe("1");
      await sleep(clock, seconds(2));
      expect(await held(other)).toBeUndefined();
      expect((await other.kv.read("taken over", "linearizable")).value).toBe("2");
    }));

  it("ends while its client counts on it, where that bug is planted", () =>
    inCluster(
      async ({ nodes, connect, clock }) => {
        const [client, other] = [await connect(nodes[1]), await connect(nodes[2])];
        const session = await client.session.open(1000);
        await session.create("held", "1");
        await sleep(clock, millis(300));
        expect(session.lost.aborted).toBe(false);
        expect(await held(other)).toBeUndefined();
      },
      { bugs: ["early-expiry"] },
    ));
});
