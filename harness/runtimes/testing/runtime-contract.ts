import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Runtime } from "../runtime.ts";
import { type EchoCluster, link, until } from "./echo-cluster.ts";

/** Time to wait for an answer that must not come. */
const silenceMs = 300;

/** Contract of each runtime, fault by fault, as seen by echo nodes that talk to each other and to clients. */
export function runtimeContract(runtime: Runtime, start: () => Promise<EchoCluster>): void {
  let echo: EchoCluster;
  const silent = (from: string, to: string) =>
    expect(echo.client(from).ask(to, silenceMs)).rejects.toThrow("no answer");
  /** The network reports that a fault met what it was to stop: a node that was asked may need a while to say anything. */
  const proven = (what: string) =>
    until(async () => ((await echo.cluster.network.proof()) ?? "").includes(what));
  const offers = runtime.faults;

  beforeAll(async () => {
    echo = await start();
  });
  afterAll(() => echo?.stop());

  if (offers.has("link-cut"))
    describe("a cut link", () => {
      it("carries nothing where both directions are cut, leaves the others, and is proven", async () => {
        await echo.cluster.network.cut([link("n1", "n2"), link("n2", "n1")]);
        await Promise.all([silent("n1", "n2"), silent("n2", "n1")]);
        await echo.client("n1").ask("n3");
        await proven("n1 -> n2 ");
        await proven("n2 -> n1 ");
        await echo.cluster.network.heal();
        await echo.reaches("n1", "n2");
        await echo.reaches("n2", "n1");
      });

      it("carries nothing of what the first node says, whichever side dialled", async () => {
        await echo.cluster.network.cut([link("n1", "n2")]);
        // n1 dialled: its question is lost.
        const lost = echo.client("n1").nextWord();
        echo.client("n1").say("n2", lost);
        // n2 dialled: its question arrives, and n1's echo is lost.
        const arrives = echo.client("n2").nextWord();
        echo.client("n2").say("n1", arrives);
        await until(async () => (await echo.client("n1").heard()).includes(arrives));
        await proven("n1 -> n2");
        expect(await echo.client("n2").heard()).not.toContain(lost);
        expect(await echo.cluster.network.proof()).not.toContain("n2 -> n1");
        await echo.cluster.network.heal();
        await echo.reaches("n1", "n2");
        await echo.reaches("n2", "n1");
      });

      it("carries everything again once it is mended, while the others stay cut, and may be mended twice", async () => {
        const mended = [link("n1", "n2"), link("n2", "n1")];
        await echo.cluster.network.cut([...mended, link("n1", "n3"), link("n3", "n1")]);
        await Promise.all([silent("n1", "n2"), silent("n1", "n3")]);
        await echo.cluster.network.mend(mended);
        await echo.cluster.network.mend(mended);
        await echo.reaches("n1", "n2");
        await silent("n1", "n3");
        await echo.cluster.network.heal();
        await echo.reaches("n1", "n3");
        await echo.reaches("n3", "n1");
      });

      it("takes with it what its connections hold, where they are broken", async () => {
        const links = [link("n1", "n2"), link("n2", "n1")];
        await echo.cluster.network.cut(links);
        const lost = echo.client("n1").nextWord();
        echo.client("n1").say("n2", lost);
        await proven("n1 -> n2");
        await echo.cluster.network.breakConnections(links);
        await echo.client("n1").ask("n3");
        await echo.cluster.network.heal();
        await echo.reaches("n1", "n2");
        await echo.reaches("n2", "n1");
        expect(await echo.client("n2").heard()).not.toContain(lost);
      });

      it("lets no new connection through until it heals", async () => {
        await echo.cluster.network.cut([link("n3", "n1")]);
        await echo.node("n3").kill();
        await echo.node("n3").start();
        await echo.reconnect("n3");
        await silent("n3", "n1");
        await proven("n3 -> n1");
        await echo.cluster.network.heal();
        await echo.reaches("n3", "n1");
        await echo.reaches("n1", "n3");
      });

      it("is not proven while nothing met it", async () => {
        await echo.cluster.network.cut([link("n2", "n3"), link("n3", "n2")]);
        expect((await echo.cluster.network.proof()) ?? "").not.toContain("n2 -> n1");
        await echo.cluster.network.heal();
        expect(await echo.cluster.network.proof()).toBeUndefined();
        await echo.reaches("n2", "n3");
        await echo.reaches("n3", "n2");
      });
    });

  if (offers.has("client-cut"))
    describe("a node that clients are cut off from", () => {
      it("answers no client, is still heard by its peers, and answers again when it heals", async () => {
        const asks = echo.client("n1").nextWord();
        await echo.cluster.network.cutClients([echo.node("n2").id]);
        await expect(echo.client("n2").starts(silenceMs)).rejects.toThrow("no answer");
        await echo.client("n1").ask("n2");
        await proven("clients -> n2");
        await echo.cluster.network.heal();
        await echo.reconnect("n2");
        echo.client("n1").say("n2", asks);
        await until(async () => (await echo.client("n2").heard()).includes(asks));
      });
    });

  if (offers.has("link-delay"))
    describe("a slow link", () => {
      it("delays what passes over it, keeps the order, and is proven", async () => {
        await echo.cluster.network.slow([link("n1", "n2")], 40, 20);
        expect(await echo.client("n1").roundTripMs("n2")).toBeGreaterThanOrEqual(40);
        const words = Array.from({ length: 20 }, () => echo.client("n1").nextWord());
        for (const word of words) echo.client("n1").say("n2", word);
        await until(async () => (await echo.client("n2").heard()).includes(words.at(-1) ?? ""));
        expect((await echo.client("n2").heard()).filter((word) => words.includes(word))).toEqual(words);
        expect(await echo.cluster.network.proof()).toMatch(/n1 -> n2 delayed \d+/);
        await echo.cluster.network.heal();
        await echo.client("n1").ask("n2");
        await until(async () => (await echo.client("n1").roundTripMs("n2")) < 40);
      });
    });

  if (offers.has("packet-loss"))
    describe("a lossy link", () => {
      it("loses some packets and is proven", async () => {
        await echo.cluster.network.lose([link("n1", "n2")], 20);
        // Each word and each acknowledgement of its echo may be lost, and said again by the kernel.
        await until(async () => {
          await echo.client("n1").ask("n2");
          return ((await echo.cluster.network.proof()) ?? "").includes("n1 -> n2 dropped");
        });
        await echo.cluster.network.heal();
        expect(await echo.cluster.network.proof()).toBeUndefined();
        await echo.client("n1").ask("n2");
      });
    });

  describe("a node", () => {
    it("is gone when killed, and comes back on the same address with its data", async () => {
      const { endpoint } = echo.node("n2");
      const startsBefore = await echo.client("n2").starts();
      expect(await echo.node("n2").kill()).toContain("gone");
      expect(echo.node("n2").state()).toBe("killed");
      expect(await echo.node("n2").usage()).toBeUndefined();
      await echo.node("n2").start();
      expect(echo.node("n2").state()).toBe("running");
      expect(echo.node("n2").endpoint).toEqual(endpoint);
      await echo.reconnect("n2");
      expect(await echo.client("n2").starts()).toBe(startsBefore + 1);
      await echo.reaches("n1", "n2");
    });

    it("answers nothing while paused, and what it was asked when it goes on", async () => {
      await echo.node("n2").pause();
      expect(echo.node("n2").state()).toBe("paused");
      const word = echo.client("n1").nextWord();
      echo.client("n1").say("n2", word);
      await silent("n1", "n2");
      await echo.node("n2").resume();
      expect(echo.node("n2").state()).toBe("running");
      await until(async () => (await echo.client("n2").heard()).includes(word));
    });

    it("can be killed while paused", async () => {
      await echo.node("n3").pause();
      await echo.node("n3").kill();
      await echo.node("n3").resume();
      expect(echo.node("n3").state()).toBe("killed");
      await echo.node("n3").start();
      await echo.reconnect("n3");
      expect(echo.node("n3").state()).toBe("running");
    });

    it("returns its last log lines and its usage", async () => {
      await until(async () => (await echo.node("n1").logTail(5)).includes("n1 starts"));
      if (process.platform !== "linux") return;
      await until(async () => ((await echo.node("n1").usage())?.cpuSeconds ?? 0) > 0);
      const usage = await echo.node("n1").usage();
      expect(usage?.memoryBytes).toBeGreaterThan(1 << 20);
      expect(usage?.diskBytes).toBeGreaterThan(0);
    });
  });
}
