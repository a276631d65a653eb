/** Why autocannon's own figures are not reported, with the real one and a real server. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import autocannon from "autocannon";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Adapter } from "../../adapters/adapter.ts";
import { adapters } from "../../adapters/registry.ts";
import { sleep } from "../../core/clock.ts";
import { realClock } from "../../core/real-clock.ts";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { millis } from "../../core/time.ts";
import { realClientProbe } from "../load/node-client-probe.ts";
import { startDirect } from "../runtimes/testing/direct-cluster.ts";
import { httpCeilings } from "./ceilings.ts";
import { httpLoad } from "./http-load.ts";

const clock = realClock();
const serviceMs = 100;
let server: Server;
let url: string;

beforeEach(async () => {
  server = createServer((request, response) => {
    const status = request.url === "/gone" ? 410 : 200;
    if (request.url === "/never") return;
    const answer = () => response.writeHead(status).end("{}");
    clock.after(millis(request.url === "/slow" ? serviceMs : 0), answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
const get = (path: string) => ({ method: "GET", path, servers: [url], timeoutMs: 5000 }) as const;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it("autocannon's correction halves the median of a server that answers in 100 ms, asked 5 times a second; ours is whole", async () => {
  const asked = { url: `${url}/slow`, connections: 1, overallRate: 5, duration: 6 };
  const [corrected, plain, ours] = await Promise.all([
    autocannon(asked),
    autocannon({ ...asked, ignoreCoordinatedOmission: true }),
    httpLoad({ ...get("/slow"), connections: 1, rate: 5, seconds: 6 }),
  ]);
  // It invents an answer for each millisecond of the 100.
  expect(corrected.latency.p50).toBeLessThan(0.7 * serviceMs);
  expect(Reflect.get(corrected.latency, "totalCount")).toBeGreaterThan(20 * corrected["2xx"]);
  expect(plain.latency.p50).toBeGreaterThanOrEqual(serviceMs - 1);
  expect(ours.p50).toBeGreaterThanOrEqual((serviceMs - 1) * 1000);
  expect(ours.ok).toBeLessThanOrEqual(31);
  expect(ours.ok).toBeGreaterThan(10);
});

it("counts what is not a success as failed", async () => {
  const put = { ...get("/gone"), method: "PUT", body: "1" } as const;
  const gone = await httpLoad({ ...put, connections: 2, seconds: 1 });
  expect(gone).toMatchObject({ ok: 0, okPerSecond: 0, p50: 0, p99: 0, max: 0 });
  expect(gone.failed).toBeGreaterThan(0);
  const fine = await httpLoad({ ...get("/"), connections: 2, seconds: 1 });
  expect(fine.failed).toBe(0);
  expect(fine.ok).toBeGreaterThan(0);
  expect(fine.max).toBeGreaterThanOrEqual(fine.p50);
});

it("counts a time-out as failed", async () => {
  const { ok, failed } = await httpLoad({ ...get("/never"), connections: 1, seconds: 3, timeoutMs: 1000 });
  expect(ok).toBe(0);
  expect(failed).toBeGreaterThan(0);
});

for (const { name, http, deployment, ready } of Object.values<Adapter>(adapters)) {
  if (http === undefined) continue;
  const missing = (await deployment.installed()).length > 0 ? undefined : deployment.installHint;
  it.skipIf(requireOrSkip(missing))(`a node of ${name} takes writes and reads over HTTP`, async () => {
    const cluster = await startDirect(deployment, { size: 1, clock });
    try {
      const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
      for (const endpoint of endpoints)
        while (!(await ready(endpoint, { clock, timeoutMs: 2000 }))) await sleep(clock, millis(100));
      const asked = { connections: 4, seconds: 1, timeoutMs: 5000, key: "k", value: "v" };
      const servers = endpoints.map(({ host }) => `http://${host}:${deployment.ports[http.port]?.number}`);
      const ceilings = await httpCeilings(http, servers, asked, realClientProbe());
      expect(ceilings.map(({ request, failed }) => [request, failed])).toEqual([
        ["write", 0],
        ["read", 0],
      ]);
      for (const { ok, client } of ceilings) {
        expect(ok).toBeGreaterThan(10);
        expect(client.eventLoopUtilization).toBeGreaterThan(0);
      }
    } finally {
      await cluster.stop();
    }
  });
}
