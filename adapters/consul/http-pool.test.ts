import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { nodeId } from "../../core/op.ts";
import { millis } from "../../core/time.ts";
import { limitsOf } from "../client/ask.ts";
import type { ConnectOptions } from "../client/connection.ts";
import { SharedByNode } from "../client/shared.ts";
import { clock, errorOf, until } from "../conformance/cluster.ts";
import { HttpConnection } from "./http.ts";
import { HttpPool, openPool } from "./http-pool.ts";

let server: Server;
let port: number;
/** Requests that wait for their answers, in the order in which they came. */
let asked: { readonly url: string; answer(): void }[];
const sockets = new Set<Socket>();
const opened: HttpConnection[] = [];

/** A node that answers when the tests say so. */
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? "", answer: () => response.end(`answer to ${request.url}`) });
  });
  // Clients keep their connections, and end them.
  server.keepAliveTimeout = 0;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  port = await listening(server);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((http) => http.close()));
  server.closeAllConnections();
  server.close();
});

function listening(on: Server | ReturnType<typeof createTcpServer>, wanted = 0): Promise<number> {
  return new Promise((resolve) => {
    on.listen(wanted, "127.0.0.1", () => resolve((on.address() as AddressInfo).port));
  });
}

// The first request waits for the HTTP client to load, which takes seconds on a busy machine.
const patient: ConnectOptions = { timeoutMs: 60_000, clock };

/** Clients of one pool of `most` connections. */
function sharing(most: number, options = patient, to = port): () => HttpConnection {
  const endpoint = { node: nodeId("n1"), host: "127.0.0.1", port: to };
  const pools = new SharedByNode(
    1,
    (at, given) => openPool(at, given, most),
    async (pool) => (await pool).close(),
  );
  return () => {
    const http = new HttpConnection(endpoint, options, pools.take(endpoint, options));
    opened.push(http);
    return http;
  };
}

const get = async (http: HttpConnection, path: string, ask = {}) =>
  (await http.ask({ method: "GET", path }, limitsOf(patient, ask))).body;

const urls = () => asked.map(({ url }) => url);
const untilAsked = (count: number) => until(`${count} requests`, async () => asked.length === count);

describe("a pool of connections", () => {
  it("sends as many requests at a time as it has connections, in their order", async () => {
    const join = sharing(2);
    const paths = ["/a", "/b", "/c", "/d", "/e"];
    const answers = paths.map((path) => get(join(), path));
    await untilAsked(2);
    expect(urls().sort()).toEqual(["/a", "/b"]);
    for (let i = 0; i < paths.length; i++) {
      asked[i]?.answer();
      await untilAsked(Math.min(i + 3, paths.length));
      expect(sockets.size).toBe(2);
    }
    expect(urls().slice(2)).toEqual(["/c", "/d", "/e"]);
    expect(await Promise.all(answers)).toEqual(paths.map((path) => `answer to ${path}`));
  });

  it.each(["deadline", "signal", "end of its client"])(
    "never sends what its %s took back while it waited, and breaks no connection for it",
    async (why) => {
      const join = sharing(1);
      const [one, other] = [join(), join()];
      const first = get(one, "/first");
      await untilAsked(1);
      const controller = new AbortController();
      const back = errorOf(
        get(other, "/back", { signal: controller.signal, ...(why === "deadline" && { timeoutMs: 50 }) }),
      );
      // Long enough to be in the queue; nothing that a test could see says when it is.
      await sleep(clock, millis(10));
      if (why === "signal") controller.abort();
      if (why === "end of its client") await other.close();
      expect(await back).toMatchObject({
        code: why === "signal" ? "aborted" : "not-connected",
        definite: true,
      });
      const [socket] = sockets;
      const next = get(one, "/next");
      asked[0]?.answer();
      expect(await first).toBe("answer to /first");
      await untilAsked(2);
      asked[1]?.answer();
      expect(await next).toBe("answer to /next");
      expect(urls()).toEqual(["/first", "/next"]);
      expect([...sockets]).toEqual([socket]);
    },
  );

  it("goes on over another connection where one was given up with its request", async () => {
    const join = sharing(1);
    const [one, other] = [join(), join()];
    const given = errorOf(get(one, "/given", { timeoutMs: 1000 }));
    await untilAsked(1);
    const next = get(other, "/next");
    expect(await given).toMatchObject({ code: "timeout", definite: false });
    await untilAsked(2);
    asked[1]?.answer();
    expect(await next).toBe("answer to /next");
    await until("one connection", async () => sockets.size === 1);
  });

  it("keeps to its limit, and closes all that it has, also after connections were refused", async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const join = sharing(1);
    const all = Array.from({ length: 5 }, join);
    const refused = await Promise.all(all.map((http, i) => errorOf(get(http, `/refused-${i}`))));
    for (const error of refused) expect(error).toMatchObject({ code: "not-connected", definite: true });
    await listening(server, port);
    const answers = all.map((http, i) => get(http, `/${i}`));
    for (let i = 0; i < all.length; i++) {
      await untilAsked(i + 1);
      expect(sockets.size).toBe(1);
      asked[i]?.answer();
    }
    await Promise.all(answers);
    await Promise.all(all.map((http) => http.close()));
    await until("no connection", async () => sockets.size === 0);
  });

  it("gives up an attempt to connect with the request that waits for it, and makes another one for the next", async () => {
    const made: { destroyed: boolean; asked: string[] }[] = [];
    const pool = new HttpPool(() => {
      const own = { destroyed: false, asked: [] as string[] };
      made.push(own);
      return {
        get destroyed() {
          return own.destroyed;
        },
        dispatch: ({ path }) => own.asked.push(path),
        async destroy() {
          own.destroyed = true;
          handlers[made.length - 1]?.whenDone();
        },
      };
    }, 1);
    const handlers = ["/1", "/2"].map(() => ({ whenDone: () => {} }));
    const [back] = handlers.map((handler, i) => pool.dispatch({ method: "GET", path: `/${i + 1}` }, handler));
    expect(made).toEqual([{ destroyed: false, asked: ["/1"] }]);
    back?.();
    await until("another connection", async () => made.length === 2);
    expect(made).toEqual([
      { destroyed: true, asked: ["/1"] },
      { destroyed: false, asked: ["/2"] },
    ]);
  });

  it("ends attempts to connect that nobody waits for", async () => {
    const attempts = new Set<Socket>();
    // It never answers the beginning of TLS.
    const silent = createTcpServer((socket) => {
      attempts.add(socket);
      socket.resume();
      socket.on("error", () => {});
      socket.on("close", () => attempts.delete(socket));
    });
    const to = await listening(silent);
    const join = sharing(1, { ...patient, tls: { ca: "" } }, to);
    const [one, other] = [join(), join()];
    try {
      const [first, second] = [get(one, "/1", { timeoutMs: 100 }), get(other, "/2", { timeoutMs: 400 })];
      expect(await errorOf(first)).toMatchObject({ code: "not-connected", definite: true });
      expect(await errorOf(second)).toMatchObject({ code: "not-connected", definite: true });
      await Promise.all([one.close(), other.close()]);
      await until("the end of all attempts", async () => attempts.size === 0);
    } finally {
      silent.close();
    }
  });
});
