import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createRandom } from "../../../core/random.ts";
import { realClock } from "../../../core/real-clock.ts";
import { logIndex, type MemberId, type Message, memberId, term } from "../../core/types.ts";
import { encodeMessage } from "./message-codec.ts";
import { PeerTransport } from "./transport.ts";
import { encodeFrame, FrameReader, type Hello } from "./wire.ts";

const clock = realClock();
/** Milliseconds: no behaviour is judged by it. */
const patience = 60_000;
const [one, two] = [memberId(1), memberId(2)];
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Member {
  readonly transport: PeerTransport;
  readonly received: Message[];
  readonly unreachable: MemberId[];
  readonly lines: string[];
  open(): void;
}

async function bind(self: MemberId, peer: MemberId, peerPort: () => number): Promise<Member> {
  const [received, unreachable, lines]: [Message[], MemberId[], string[]] = [[], [], []];
  const address = {
    id: peer,
    name: `n${peer}`,
    host: "127.0.0.1",
    get port() {
      return peerPort();
    },
  };
  const transport = await PeerTransport.bind({
    self,
    clusterId: 7,
    listen: { host: "127.0.0.1", port: 0 },
    peers: [address],
    clientUrls: [`http://client-of-${self}`],
    clock,
    random: createRandom(self),
    log: (line) => lines.push(line),
  });
  closing.push(() => transport.stop());
  const events = {
    onMessage: (message: Message) => received.push(message),
    onUnreachable: (member: MemberId) => unreachable.push(member),
  };
  return { transport, received, unreachable, lines, open: () => transport.open(events) };
}

/** A proxy between two members that can swallow everything, as a partition does that drops packets. */
async function proxy(target: () => number): Promise<{ port: number; swallow: boolean; server: Server }> {
  const sockets = new Set<Socket>();
  const state = { port: 0, swallow: false };
  const server = createServer((downstream) => {
    const upstream = dial(target(), "127.0.0.1");
    for (const socket of [downstream, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    downstream.on("data", (chunk) => state.swallow || upstream.write(chunk));
    upstream.on("data", (chunk) => state.swallow || downstream.write(chunk));
    downstream.on("close", () => upstream.destroy());
    upstream.on("close", () => downstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  state.port = typeof address === "object" && address !== null ? address.port : 0;
  return Object.assign(state, { server });
}

async function pair() {
  const ports = { one: 0, two: 0 };
  const toTwo = await proxy(() => ports.two);
  const first = await bind(one, two, () => toTwo.port);
  const second = await bind(two, one, () => ports.one);
  ports.one = first.transport.port;
  ports.two = second.transport.port;
  first.open();
  second.open();
  return { first, second, toTwo, ports };
}

const beat = (context: number, from = one, to = two): Message => ({
  type: "heartbeat",
  from,
  to,
  term: term(1),
  commit: logIndex(0),
  readContext: context,
});
const contexts = (messages: readonly Message[]) =>
  messages.map((message) => (message.type === "heartbeat" ? message.readContext : message.type));

/** Sends until something arrives: the transport may lose what is sent before the connection stands. */
async function untilItArrives(from: Member, to: Member, message: Message): Promise<void> {
  const before = to.received.length;
  await vi.waitFor(
    () => {
      from.transport.send(message);
      expect(to.received.length).toBeGreaterThan(before);
    },
    { timeout: patience, interval: 10 },
  );
}

describe("the peer transport", () => {
  it("delivers messages in order, and says who the clients' URLs belong to", async () => {
    const { first, second } = await pair();
    await untilItArrives(first, second, beat(0));
    second.received.length = 0;
    for (let i = 1; i <= 100; i++) first.transport.send(beat(i));
    await vi.waitFor(() => expect(contexts(second.received).at(-1)).toBe(100), { timeout: patience });
    const numbers = contexts(second.received).filter((context) => context !== 0);
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(second.transport.clientUrls(one)).toEqual(["http://client-of-1"]);
    expect(second.transport.clientUrls(two)).toEqual(["http://client-of-2"]);
  });

  it("delivers a snapshot of many megabytes while other messages overtake it", async () => {
    const { first, second } = await pair();
    await untilItArrives(first, second, beat(0));
    second.received.length = 0;
    const data = Buffer.alloc(20_000_000, "s");
    const membership = { voters: [one, two], learners: [] };
    const snapshot = { index: logIndex(9), term: term(1), membership, data };
    const send = () => {
      first.transport.send({ type: "install-snapshot", from: one, to: two, term: term(1), snapshot });
      first.transport.send(beat(1));
    };
    send();
    await vi.waitFor(
      () => {
        // A busy machine answers pings too late: the link breaks, and loses what was under way.
        if (first.unreachable.splice(0).length > 0) send();
        expect(contexts(second.received)).toContain("install-snapshot");
      },
      { timeout: patience },
    );
    expect(contexts(second.received).slice(-2)).toEqual([1, "install-snapshot"]);
    const message = second.received.at(-1);
    expect(message?.type === "install-snapshot" && data.equals(message.snapshot.data)).toBe(true);
  });

  it("works again within about a second of the healing of a link that swallowed everything", async () => {
    const { first, second, toTwo } = await pair();
    await untilItArrives(first, second, beat(0));
    toTwo.swallow = true;
    await vi.waitFor(() => expect(first.unreachable).toContain(two), { timeout: patience });
    // The other direction has a connection of its own.
    await untilItArrives(second, first, beat(1, two, one));
    toTwo.swallow = false;
    const healed = clock.now();
    await untilItArrives(first, second, beat(2));
    expect((clock.now() - healed) / 1e6).toBeLessThan(1_500);
    expect(first.lines.join()).toContain("peer n2: not connected: no answer to pings");
    expect(first.lines.join()).toContain("peer n2: connected");
  });

  it("comes back to a member that was restarted", async () => {
    const { first, second, ports } = await pair();
    await untilItArrives(first, second, beat(0));
    await second.transport.stop();
    await vi.waitFor(() => expect(first.unreachable).toContain(two), { timeout: patience });
    const again = await bind(two, one, () => ports.one);
    ports.two = again.transport.port;
    again.open();
    await untilItArrives(first, again, beat(1));
  });

  describe("closes the connection, with a line in the log,", () => {
    const hello: Hello = { clusterId: 7, from: 1, to: 2, clientUrls: [] };
    const frames = {
      "of another protocol": [Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
      "of another cluster": [encodeFrame({ kind: "hello", ...hello, clusterId: 8 })],
      "of a stranger": [encodeFrame({ kind: "hello", ...hello, from: 5 })],
      "that looks for another member": [encodeFrame({ kind: "hello", ...hello, to: 3 })],
      "that speaks before its hello": [encodeFrame({ kind: "ping" })],
      "that says hello twice": [
        encodeFrame({ kind: "hello", ...hello }),
        encodeFrame({ kind: "hello", ...hello }),
      ],
      "that sends a malformed message": [
        encodeFrame({ kind: "hello", ...hello }),
        encodeFrame({ kind: "message", payload: Buffer.from([200, 1, 2]) }),
      ],
      "that speaks for another": [
        encodeFrame({ kind: "hello", ...hello }),
        encodeFrame({ kind: "message", payload: encodeMessage(beat(1, memberId(3), two)) }),
      ],
    };
    for (const [who, bytes] of Object.entries(frames)) {
      it(who, async () => {
        const member = await bind(two, one, () => 1);
        member.open();
        const socket = dial(member.transport.port, "127.0.0.1");
        closing.push(() => void socket.destroy());
        const answered: string[] = [];
        const reader = new FrameReader();
        socket.on("data", (chunk) => {
          for (const frame of reader.push(chunk)) answered.push(frame.kind);
        });
        for (const chunk of bytes) socket.write(chunk);
        await new Promise((resolve) => socket.on("close", resolve));
        expect(answered).toEqual(bytes.length > 1 ? ["welcome"] : []);
        expect(member.received).toEqual([]);
        expect(member.lines.join("\n")).toMatch(/peer connection from .* closed: /);
      });
    }
  });
});
