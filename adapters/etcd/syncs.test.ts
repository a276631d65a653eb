import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";
import { etcd } from "./adapter.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** What the adapter's observer makes of a member that serves requests so. */
async function counted(serve: RequestListener, more = {}): Promise<number | undefined> {
  const server = createServer(serve);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const node = nodeId("n1");
  const endpoint = { node, host: "127.0.0.1", port: (server.address() as AddressInfo).port };
  const observer = etcd.observe([endpoint], { clock: realClock(), timeoutMs: 10_000, ...more });
  return observer.syncs?.(node).finally(() => observer.close());
}

const metrics = `# HELP etcd_disk_wal_fsync_duration_seconds The latency distributions of fsync called by WAL.
# TYPE etcd_disk_wal_fsync_duration_seconds histogram
etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001"} 4095
etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} 4321
etcd_disk_wal_fsync_duration_seconds_sum 1.5
etcd_disk_wal_fsync_duration_seconds_count 4321
etcd_disk_backend_commit_duration_seconds_count 99
`;

it("takes the number of fsyncs of the log from a member's metrics", async () => {
  const paths: (string | undefined)[] = [];
  const serve: RequestListener = ({ url }, response) => {
    paths.push(url);
    response.write(metrics.slice(0, 300));
    response.end(metrics.slice(300));
  };
  expect(await counted(serve)).toBe(4321);
  expect(paths).toEqual(["/metrics"]);
});

it("reads a count in the notation of large numbers", async () => {
  const large = metrics.replace("count 4321", "count 1.234567e+06");
  expect(await counted((_, response) => response.end(large))).toBe(1_234_567);
});

it("knows no number from a member without the metric, one that hangs up, and one that does not answer in time", async () => {
  expect(await counted((_, response) => response.end("up 1\n"))).toBeUndefined();
  expect(await counted(({ socket }) => socket.destroy())).toBeUndefined();
  expect(await counted(() => {}, { timeoutMs: 50 })).toBeUndefined();
});
