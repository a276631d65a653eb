/** Why autocannon's own figures are not reported, with the real one and a real server. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import autocannon from "autocannon";
import { afterEach, beforeEach, expect, it } from "vitest";
import { realClock } from "../../core/real-clock.ts";
import { millis } from "../../core/time.ts";
import { httpLoad } from "./http-load.ts";

const clock = realClock();
const serviceMs = 100;
let server: Server;
let url: string;

beforeEach(async () => {
  server = createServer((request, response) => {
    const status = request.url === "/gone" ? 410 : 200;
    const answer = () => response.writeHead(status).end("{}");
    clock.after(millis(request.url === "/slow" ? serviceMs : 0), answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it("autocannon's correction halves the median of a server that answers in 100 ms, asked 5 times a second; ours is whole", async () => {
  const asked = { url: `${url}/slow`, connections: 1, overallRate: 5, duration: 6 };
  const [corrected, plain, ours] = await Promise.all([
    autocannon(asked),
    autocannon({ ...asked, ignoreCoordinatedOmission: true }),
    httpLoad({ url: asked.url, method: "GET", connections: 1, rate: 5, seconds: 6, timeoutMs: 5000 }),
  ]);
  // It invents an answer for each millisecond of the 100.
  expect(corrected.latency.p50).toBeLessThan(0.7 * serviceMs);
  expect(Reflect.get(corrected.latency, "totalCount")).toBeGreaterThan(20 * corrected["2xx"]);
  expect(plain.latency.p50).toBeGreaterThanOrEqual(serviceMs - 1);
  expect(ours.p50).toBeGreaterThanOrEqual((serviceMs - 1) * 1000);
  expect(ours.ok).toBeLessThanOrEqual(31);
  expect(ours.ok).toBeGreaterThan(10);
});

it("counts what is not a success, and a time-out, as failed", async () => {
  const gone = await httpLoad({
    url: `${url}/gone`,
    method: "PUT",
    body: "1",
    connections: 2,
    seconds: 1,
    timeoutMs: 1000,
  });
  expect(gone).toMatchObject({ ok: 0, okPerSecond: 0, p50: 0, p99: 0, max: 0 });
  expect(gone.failed).toBeGreaterThan(0);
  const fine = await httpLoad({ url, method: "GET", connections: 2, seconds: 1, timeoutMs: 1000 });
  expect(fine.failed).toBe(0);
  expect(fine.ok).toBeGreaterThan(0);
  expect(fine.max).toBeGreaterThanOrEqual(fine.p50);
});
