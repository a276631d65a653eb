import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address } from "../../adapters/deployment.ts";
import { sleep } from "../../core/clock.ts";
import { type Link, nodeId } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { realClock } from "../../core/real-clock.ts";
import { millis, toMillis } from "../../core/time.ts";
import { ProxyMesh } from "./proxy-mesh.ts";

const clock = realClock();
const [n1, n2] = [nodeId("n1"), nodeId("n2")];
const there: Link = [n1, n2];
const back: Link = [n2, n1];

let mesh: ProxyMesh;
let server: Server;
let proxy: Address;
const sockets: Socket[] = [];

/** A connection that n1 dialled, and its other end at n2. */
async function joined(): Promise<{ dialler: Socket; listener: Socket }> {
  const accepted = once(server, "connection");
  const dialler = connect({ ...proxy, allowHalfOpen: true, noDelay: true });
  const [listener] = (await accepted) as [Socket];
  for (const socket of [dialler, listener]) {
    sockets.push(socket);
    socket.on("error", () => {});
  }
  return { dialler, listener };
}

/** Unlike `once`, it takes an error as a way to close. */
const closeOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once("close", () => resolve()));
const nextChunk = async (socket: Socket): Promise<string> => `${(await once(socket, "data"))[0]}`;

async function until(reached: () => boolean): Promise<void> {
  for (const deadline = clock.now() + millis(60_000); !reached(); await sleep(clock, millis(5)))
    if (clock.now() > deadline) throw new Error(`never: ${reached}`);
}

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  mesh = new ProxyMesh([n1, n2], clock, createRandom(1));
  const { port } = server.address() as AddressInfo;
  proxy = await mesh.open(n1, n2, { host: "127.0.0.1", port });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await mesh.close();
  server.close();
});

describe("a proxied link", () => {
  it("passes bytes and ends both ways, each end on its own", async () => {
    const { dialler, listener } = await joined();
    dialler.write("question");
    expect(await nextChunk(listener)).toBe("question");
    const ended = once(listener, "end");
    dialler.end();
    await ended;
    const closed = closeOf(dialler);
    listener.end("answer");
    expect(await nextChunk(dialler)).toBe("answer");
    await closed;
  });

  it("passes a reset on", async () => {
    const { dialler, listener } = await joined();
    const closed = closeOf(dialler);
    listener.resetAndDestroy();
    await closed;
    expect(dialler.errored).toMatchObject({ code: "ECONNRESET" });
  });

  it("carries much to a slow reader without a byte lost or out of place, slow link or not", async () => {
    const { dialler, listener } = await joined();
    mesh.slow([there], 5, 5);
    const [sent, received] = [createHash("sha256"), createHash("sha256")];
    let bytes = 0;
    listener.pause();
    listener.on("data", (chunk: Buffer) => {
      received.update(chunk);
      bytes += chunk.length;
    });
    const chunk = Buffer.alloc(256 * 1024);
    for (let i = 0; i < 80; i++) {
      chunk.fill(i);
      sent.update(chunk);
      if (i === 40) mesh.heal();
      dialler.write(Buffer.from(chunk));
    }
    await sleep(clock, millis(20));
    listener.resume();
    await until(() => bytes === 80 * chunk.length);
    expect(received.digest("hex")).toBe(sent.digest("hex"));
  });

  it("is late by the delay, in one direction only", async () => {
    const { dialler, listener } = await joined();
    mesh.slow([there], 500, 0);
    const arrived: string[] = [];
    const asked = clock.now();
    dialler.write("late");
    listener.write("at once");
    await Promise.all([dialler, listener].map(async (end) => arrived.push(await nextChunk(end))));
    expect(toMillis(clock.now()) - toMillis(asked)).toBeGreaterThanOrEqual(499);
    expect(arrived).toEqual(["at once", "late"]);
    expect(mesh.proof()).toBe("n1 -> n2 delayed 1 write");
  });
});

describe("a held link", () => {
  /** Everything that a socket has received. */
  const hearing = (socket: Socket): { heard: string } => {
    const words = { heard: "" };
    socket.on("data", (chunk) => {
      words.heard += chunk;
    });
    socket.on("end", () => {
      words.heard += "end";
    });
    return words;
  };

  it("keeps bytes and ends, in one direction only, and passes them on in order when it is mended", async () => {
    const { dialler, listener } = await joined();
    const [atListener, atDialler] = [hearing(listener), hearing(dialler)];
    mesh.hold([there]);
    for (const word of ["a", "b", "c"]) {
      dialler.write(word);
      await sleep(clock, millis(5));
    }
    dialler.end();
    listener.write("answer");
    await until(() => atDialler.heard === "answer" && /held \d writes? \(3 bytes\)/.test(mesh.proof() ?? ""));
    expect(mesh.proof()).toMatch(/^n1 -> n2 held \d writes? \(3 bytes\)$/);
    expect(atListener.heard).toBe("");
    expect(listener.closed).toBe(false);
    mesh.mend([there]);
    await until(() => atListener.heard === "abcend");
    expect(mesh.proof()).toContain("3 bytes");
    mesh.heal();
    expect(mesh.proof()).toBeUndefined();
  });

  it("does not let go of what was under way over a slow link, and keeps it in its place", async () => {
    const { dialler, listener } = await joined();
    const atListener = hearing(listener);
    mesh.slow([there], 30, 0);
    dialler.write("slow ");
    await until(() => (mesh.proof() ?? "").includes("delayed"));
    mesh.hold([there]);
    dialler.write("held ");
    await until(() => (mesh.proof() ?? "").includes("(10 bytes)"));
    expect(atListener.heard).toBe("");
    mesh.heal();
    dialler.write("free");
    await until(() => atListener.heard === "slow held free");
  });

  it("is let go link by link", async () => {
    const { dialler, listener } = await joined();
    const [atListener, atDialler] = [hearing(listener), hearing(dialler)];
    mesh.hold([there, back]);
    dialler.write("question");
    listener.write("answer");
    await until(() => /n1 -> n2 held.*n2 -> n1 held/.test(mesh.proof() ?? ""));
    mesh.mend([back]);
    await until(() => atDialler.heard === "answer");
    expect(atListener.heard).toBe("");
    mesh.mend([there]);
    await until(() => atListener.heard === "question");
  });

  it("drains over a while if that is asked for, in order, with what comes later behind it", async () => {
    const { dialler, listener } = await joined();
    const atListener = hearing(listener);
    mesh.hold([there]);
    for (const word of ["a", "b", "c", "d"]) {
      dialler.write(word);
      await until(() => (mesh.proof() ?? "").includes(`(${"abcd".indexOf(word) + 1} byte`));
    }
    const freed = clock.now();
    mesh.mend([there], 400);
    dialler.write("e");
    await until(() => atListener.heard.length === 5);
    // The first of four is not late, the last is three quarters of the way later.
    expect(toMillis(clock.now()) - toMillis(freed)).toBeGreaterThanOrEqual(299);
    expect(atListener.heard).toBe("abcde");
  });

  it("makes the sender wait where it holds too much, and loses nothing", async () => {
    const { dialler, listener } = await joined();
    let bytes = 0;
    listener.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    mesh.hold([there]);
    const chunk = Buffer.alloc(1 << 20);
    for (let i = 0; i < 40; i++) dialler.write(chunk);
    await until(() => heldBytes() > 3 << 20);
    let before: number;
    do {
      before = heldBytes();
      await sleep(clock, millis(50));
    } while (heldBytes() > before);
    expect(before).toBeLessThan(6 << 20);
    mesh.mend([there]);
    await until(() => bytes === 40 << 20);
  });

  const heldBytes = (): number => Number(/\((\d+) bytes\)/.exec(mesh.proof() ?? "")?.[1] ?? 0);

  it("makes a new connection wait, with what it says, until both directions are free", async () => {
    let connections = 0;
    server.on("connection", (socket) => {
      connections++;
      sockets.push(socket);
      socket.on("data", (chunk) => socket.write(chunk));
    });
    mesh.hold([there, back]);
    const dialler = connect(proxy);
    sockets.push(dialler);
    dialler.write("hello");
    await until(() => (mesh.proof() ?? "").includes("held 1 connect"));
    mesh.mend([there]);
    await sleep(clock, millis(20));
    expect(connections).toBe(0);
    const echoed = nextChunk(dialler);
    mesh.mend([back]);
    expect(await echoed).toBe("hello");
    expect(connections).toBe(1);
  });

  it("forgets a new connection whose owner gave up", async () => {
    mesh.hold([there]);
    const dialler = connect(proxy);
    dialler.on("error", () => {});
    await until(() => (mesh.proof() ?? "").includes("held 1 connect"));
    dialler.resetAndDestroy();
    await sleep(clock, millis(20));
    mesh.heal();
    const { listener } = await joined();
    expect(listener.closed).toBe(false);
  });
});

describe("a cut link", () => {
  it("swallows an end and a reset as it swallows bytes, until it heals", async () => {
    const { dialler, listener } = await joined();
    let heard = "";
    listener.on("data", (chunk) => {
      heard += chunk;
    });
    listener.on("end", () => {
      heard += "end";
    });
    mesh.cut([there]);
    dialler.end("lost");
    await until(() => (mesh.proof() ?? "").includes("1 write"));
    dialler.resetAndDestroy();
    listener.write("into the void");
    await sleep(clock, millis(20));
    expect(heard).toBe("");
    expect(listener.closed).toBe(false);
    mesh.heal();
    await until(() => listener.closed);
    expect(heard).toBe("");
  });

  it("swallows what was on its way over a slow link", async () => {
    const { dialler, listener } = await joined();
    let heard = "";
    listener.on("data", (chunk) => {
      heard += chunk;
    });
    mesh.slow([there], 30, 0);
    dialler.write("under way");
    await until(() => (mesh.proof() ?? "").includes("delayed"));
    mesh.cut([there]);
    await until(() => (mesh.proof() ?? "").includes("refused 1 write"));
    expect(heard).toBe("");
  });

  it("leaves connections alone that lost nothing", async () => {
    const { dialler, listener } = await joined();
    mesh.cut([there, back]);
    mesh.heal();
    dialler.write("still here");
    expect(await nextChunk(listener)).toBe("still here");
  });

  it("takes a new connection without an answer, and resets it when it heals", async () => {
    let connections = 0;
    server.on("connection", () => connections++);
    mesh.cut([back]);
    const dialler = connect(proxy);
    sockets.push(dialler);
    dialler.on("error", () => {});
    dialler.write("hello");
    await until(() => (mesh.proof() ?? "").includes("n2 -> n1 refused 1 connect"));
    expect(connections).toBe(0);
    const closed = closeOf(dialler);
    mesh.heal();
    await closed;
    expect(connections).toBe(0);
  });
});
