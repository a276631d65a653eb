import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import type { ClientError } from "../../core/errors.ts";
import { nodeId } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { millis, seconds } from "../../core/time.ts";
import type { Endpoint } from "../adapter.ts";
import {
  type Bench,
  clock,
  endpointsOf,
  errorOf,
  patient,
  until,
  untilLeader,
  untilReady,
  within,
} from "./cluster.ts";
import { Relay } from "./relay.ts";

/** Tests of what a client reports when nodes, links and clients fail. */
export function failures(bench: Bench): void {
  operationErrors(bench);
  connecting(bench);
  nodeFailures(bench);
  observing(bench);
}

/** Failures seen through a relay, which shows how far a request got. */
function operationErrors(bench: Bench): void {
  const mode = bench.adapter.defaultReadMode;

  describe("an operation's error", () => {
    let relay: Relay | undefined;
    const throughRelay = async (): Promise<Relay> => {
      relay = new Relay(bench.node(0).endpoint);
      await relay.start();
      return relay;
    };
    afterEach(async () => {
      await relay?.stop();
    });
    /** A write whose answer is held has surely left when another client reads it. */
    const untilSeen = async (key: string, value: string): Promise<void> => {
      const witness = await bench.client();
      await until("the write's effect", async () => (await witness.kv.read(key, mode)).value === value);
    };

    it("is indefinite where no answer came before the deadline, and the client goes on afterwards", async () => {
      const link = await throughRelay();
      const client = await bench.client(link.endpoint, within(1000));
      const key = bench.key();
      await client.kv.write(key, "before");
      link.hold();
      expect(await errorOf(client.kv.write(key, "held"))).toMatchObject({ code: "timeout", definite: false });
      link.release();
      await until(
        "the client to go on",
        async () => (await client.kv.read(key, mode)).value === "held",
        seconds(5),
      );
    });

    it("is indefinite where the connection broke before the answer came, though it did happen", async () => {
      const link = await throughRelay();
      const client = await bench.client(link.endpoint);
      const key = bench.key();
      await client.kv.write(key, "before");
      link.hold();
      const lost = errorOf(client.kv.write(key, "cut"));
      await untilSeen(key, "cut");
      link.cut();
      expect(await lost).toMatchObject({ code: "connection-lost", definite: false });
    });

    it("is definite where the node cannot be reached, and the client finds it again within a second", async () => {
      const link = await throughRelay();
      const client = await bench.client(link.endpoint);
      const key = bench.key();
      await client.kv.write(key, "before");
      await link.stop();
      // The loss of the connection may take a moment to be noticed; what is asked from then on cannot leave.
      await until("not-connected", async () => {
        const error = await errorOf(client.kv.write(key, "refused"));
        return error.code === "not-connected" && error.definite;
      });
      await link.start();
      const back = clock.now();
      await until(
        "the node again",
        async () => (await client.kv.read(key, mode)).value === "before",
        seconds(5),
      );
      expect(clock.now() - back).toBeLessThan(seconds(1));
    });

    it("never calls a write failed that took effect, whenever the connection breaks", async () => {
      const link = await throughRelay();
      const random = createRandom(2026);
      const client = await bench.client(link.endpoint);
      const failed: string[] = [];
      let unknown = 0;
      for (let i = 0; i < 60; i++) {
        const key = bench.key("cut");
        const write = client.kv.write(key, "written").then(
          () => undefined,
          (error: ClientError) => error,
        );
        await sleep(clock, millis(10 * random.float() ** 2));
        link.cut();
        const error = await write;
        if (error?.definite) failed.push(key);
        else if (error !== undefined) unknown++;
      }
      expect(unknown).toBeGreaterThan(0);
      const witness = await bench.client();
      for (const key of failed) expect((await witness.kv.read(key, mode)).value).toBeUndefined();
    });
  });
}

/** Connections that come about or do not. */
function connecting(bench: Bench): void {
  const { adapter } = bench;

  describe("connecting", () => {
    const nowhere: Endpoint = { node: nodeId("n9"), host: "127.0.0.1", port: 1 };

    it("to nobody is refused at once, definitely, and names the address", async () => {
      const error = await errorOf(adapter.connect(nowhere, ["kv"], patient));
      expect(error).toMatchObject({ code: "not-connected", definite: true });
      expect(error.message).toContain("127.0.0.1:1");
    });

    it.each([
      ["says something else", (socket: Socket) => socket.end("SSH-2.0-nothing\r\n")],
      ["hangs up", (socket: Socket) => socket.destroy()],
      ["says nothing", () => {}],
    ])("to a server that %s fails within the time limit, and names the address", async (_, answer) => {
      const server = await listen(answer);
      try {
        const address = server.address();
        const port = typeof address === "object" && address !== null ? address.port : 0;
        const error = await errorOf(
          adapter.connect({ node: nodeId("n9"), host: "127.0.0.1", port }, ["kv"], within(1000)),
        );
        expect(error.definite).toBe(true);
        expect(error.message).toContain(`127.0.0.1:${port}`);
      } finally {
        server.close();
      }
    });

    it("gives clients that do not touch each other", async () => {
      const [one, other] = [await bench.client(), await bench.client()];
      await one.close();
      await one.close();
      await other.kv.write(bench.key(), "still here");
    });
  });
}

/** Readiness and leaders, and what clients hear of nodes that stop. The cluster is whole again after each. */
function nodeFailures(bench: Bench): void {
  const { adapter } = bench;

  describe("the cluster", () => {
    it("has every node ready and one leader", async () => {
      for (const node of bench.nodes) expect(await adapter.ready(node.endpoint, patient)).toBe(true);
      const leader = await untilLeader(bench);
      expect(bench.nodes.map(({ id }) => id)).toContain(leader);
    });

    it("has no leader where nobody answers, and a node that is not there is not ready", async () => {
      const nowhere = { node: nodeId("n9"), host: "127.0.0.1", port: 1 };
      expect(await adapter.leader([nowhere], within(1000))).toBeUndefined();
      expect(await adapter.ready(nowhere, within(1000))).toBe(false);
    });

    it("leaves a paused node's clients in the dark, and they go on when it does", async () => {
      const node = bench.node(0);
      const client = await bench.client(node, within(1000));
      const key = bench.key();
      await client.kv.write(key, "before");
      await node.pause();
      try {
        expect(await errorOf(client.kv.write(key, "paused"))).toMatchObject({
          code: "timeout",
          definite: false,
        });
      } finally {
        await node.resume();
      }
      await until("the client to go on", async () => {
        await client.kv.write(key, "after");
        return true;
      });
    });

    it("leaves a killed node's pending operations in the dark, and elects another leader", async () => {
      const leader = await untilLeader(bench);
      const node = bench.nodes.find(({ id }) => id === leader) ?? bench.node(0);
      const client = await bench.client(node);
      await client.kv.write(bench.key(), "before");
      // Stopped first, so that it cannot answer before it dies.
      await node.pause();
      const lost = errorOf(client.kv.write(bench.key(), "killed"));
      // The request leaves at once; nothing visible to a test shows when.
      await sleep(clock, millis(100));
      await node.kill();
      expect(await lost).toMatchObject({ definite: false });
      expect(await errorOf(client.kv.write(bench.key(), "dead"))).toMatchObject({
        code: "not-connected",
        definite: true,
      });
      const next = await until("another leader", async () => {
        const now = await adapter.leader(endpointsOf(bench), within(1000));
        return now !== leader && now;
      });
      expect(next).not.toBe(leader);
      await node.start();
      await untilReady(adapter, bench.nodes);
    });

    it("is not ready at a member that is alone, and is again when the others return", async () => {
      const [lone, ...others] = bench.nodes;
      await Promise.all(others.map((node) => node.kill()));
      await until(
        "the lone member not to be ready",
        async () => !(await adapter.ready((lone ?? bench.node(0)).endpoint, within(1000))),
      );
      expect(
        await adapter.leader(
          others.map(({ endpoint }) => endpoint),
          within(1000),
        ),
      ).toBeUndefined();
      await Promise.all(others.map((node) => node.start()));
      await untilReady(adapter, bench.nodes);
    });
  });
}

/** Questions that are asked again and again. */
function observing(bench: Bench): void {
  it("an observer asks on where its connections broke, and where they could not be made", async () => {
    const relay = new Relay(bench.node(0).endpoint);
    await relay.start();
    const [, ...others] = endpointsOf(bench);
    const observer = bench.adapter.observe([relay.endpoint, ...others], within(2000));
    const { node } = relay.endpoint;
    const leads = () => until("a leader", () => observer.leader());
    const serves = () => until("the node to serve", () => observer.ready(node));
    try {
      const leader = await leads();
      await serves();
      relay.cut();
      expect(await leads()).toBe(leader);
      await serves();
      await relay.stop();
      await until("the node not to serve", async () => !(await observer.ready(node)));
      await relay.start();
      await serves();
      expect(await leads()).toBe(leader);
      relay.hold();
      expect(await observer.ready(node, { timeoutMs: 300 })).toBe(false);
      await observer.leader({ timeoutMs: 300 });
      relay.release();
      await serves();
      expect(await leads()).toBe(leader);
    } finally {
      await observer.close();
      await relay.stop();
    }
  });
}

function listen(answer: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    answer(socket);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
