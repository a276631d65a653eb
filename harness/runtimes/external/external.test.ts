import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeId } from "../../../core/op.ts";
import { realClock } from "../../../core/real-clock.ts";
import type { Cluster, Topology } from "../runtime.ts";
import { echoDeployment } from "../testing/echo-deployment.ts";
import { external, parseEndpoints } from "./external.ts";

const context = { clock: realClock(), log: () => {} };

let scratch: string;
let server: Server;
let port: number;

const topology = (size: number): Topology => ({
  size,
  system: "echo",
  program: undefined,
  extraArgs: [],
  dataDir: join(scratch, "data"),
  logDir: scratch,
  runId: "test-external",
});
const start = (faultCommand?: string): Promise<Cluster> =>
  external({
    endpoints: `n1=127.0.0.1:${port},n2=127.0.0.1:${port}`,
    ...(faultCommand !== undefined && { faultCommand }),
  }).start(echoDeployment, topology(2), context);

it("is known to be there before a run and after it", () => {
  expect(external().outlivesRun).toBe(true);
});

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), "assay-external-"));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as { port: number }).port;
});
afterEach(() => {
  server.close();
  rmSync(scratch, { recursive: true, force: true });
});

describe("the runtime external", () => {
  it("reads endpoints, IPv6 included, and refuses what is none", () => {
    expect(parseEndpoints("n1=host:2379, b=[::1]:80")).toEqual([
      { node: "n1", host: "host", port: 2379 },
      { node: "b", host: "::1", port: 80 },
    ]);
    for (const text of ["", "n1", "n1=host", "host:1", "n1=host:99999", "n1=host:1,"])
      expect(() => parseEndpoints(text)).toThrow("expected n1=host:port");
    expect(() => parseEndpoints("n1=a:1,n1=b:1")).toThrow("--endpoint: n1 is listed twice");
  });

  it("says what it needs, and offers no faults without a command", async () => {
    expect(await external().missing(echoDeployment)).toContain("--endpoint");
    expect(external({ endpoints: "n1=h:1" }).faults.size).toBe(0);
  });

  it("calls the user's command with the fault and its links, and takes its word as proof", async () => {
    const script = join(scratch, "fault.sh");
    const calls = join(scratch, "calls");
    writeFileSync(script, `echo "$@" >> ${calls}\n[ "$1" = cut ] && echo "dropped 3 packets"\ntrue\n`);
    const cluster = await start(`sh ${script}`);
    expect(await cluster.network.proof()).toBeUndefined();
    await cluster.network.cut([
      [nodeId("n1"), nodeId("n2")],
      [nodeId("n2"), nodeId("n1")],
    ]);
    expect(await cluster.network.proof()).toBe("the fault command reported: dropped 3 packets");
    server.close();
    expect(await cluster.nodes[0]?.kill()).toBe(`127.0.0.1:${port} refuses connections`);
    expect(cluster.nodes[0]?.state()).toBe("killed");
    await cluster.stop();
    expect(readFileSync(calls, "utf8").split("\n")).toEqual([
      "cut n1,n2 n2,n1",
      "kill n1",
      "heal",
      "start n1",
      "",
    ]);
  });

  it("says so where the command fails", async () => {
    const cluster = await start("echo no such firewall >&2; false");
    await expect(cluster.network.cut([[nodeId("n1"), nodeId("n2")]])).rejects.toThrow("no such firewall");
  });

  it("wants as many endpoints as nodes", async () => {
    const runtime = external({ endpoints: "n1=127.0.0.1:1" });
    await expect(runtime.start(echoDeployment, topology(3), context)).rejects.toThrow("they must match");
  });
});
