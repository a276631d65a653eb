import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Endpoint } from "../../adapters/adapter.ts";
import type { Connect } from "../../adapters/client/client.ts";
import { reference } from "../../adapters/reference/adapter.ts";
import { sleep } from "../../core/clock.ts";
import { createRandom } from "../../core/random.ts";
import { realClock } from "../../core/real-clock.ts";
import { millis } from "../../core/time.ts";
import { register } from "../../workloads/register.ts";
import { testRun } from "../../workloads/testing/run.ts";
import { wholeLoad } from "../../workloads/workload.ts";
import { Recorder } from "../record/recorder.ts";
import { type DirectCluster, startDirect } from "../runtimes/testing/direct-cluster.ts";
import { TestTrial } from "../testing/trial.ts";
import type { TrialSpec } from "../trial/spec.ts";
import { ClientGroup } from "./client-group.ts";

const closed = { kind: "closed", processes: 9, seconds: 1 } as const;
const open = { kind: "open", rate: 50, processes: 30, seconds: 5 } as const;

/** A trial whose clients say how many connections they share (`asked`), and whether one has its own (`own`). */
function sharing(spec: Partial<TrialSpec>) {
  const nullServer = async () => ({ port: 1, close: async () => {} });
  const trial = new TestTrial({ spec, deps: { nullServer }, memory: { latencyMs: { min: 25, max: 25 } } });
  const { connect } = trial.deps.adapter;
  const asked: number[] = [];
  const own: string[] = [];
  const connectOwn: Connect = (endpoint, needs, options) => {
    own.push(endpoint.node);
    return connect(endpoint, needs, options);
  };
  const share = (connections: number): Connect => {
    asked.push(connections);
    return connect;
  };
  Object.assign(trial.deps.adapter, { connect: connectOwn, share });
  return { trial, asked, own };
}

describe("--connections", () => {
  it.each<[string, RegExp, Partial<TrialSpec>]>([
    // Those who put in place what the load finds are the fourth; nobody has to.
    ["the warm-up, the null server's clients, the load and the last reads", /^2{5}$/, { load: closed }],
    ["every try for the knee", /^2{10,}$/, { load: open, shares: "50%", knee: "measured" }],
  ])("holds for %s, and stands in the run", async (_, every, spec) => {
    const { trial, asked, own } = sharing({ connections: 2, warmUpSeconds: 2, ...spec });
    const run = await trial.run();
    expect(run.operations.ok).toBeGreaterThan(0);
    expect(own).toEqual([]);
    expect(run.connections).toBe(2);
    expect(asked.join("")).toMatch(every);
  });

  it("leaves each client its own where it is not given", async () => {
    const trial = new TestTrial({ spec: { load: closed } });
    const share = () => {
      throw new Error("shared though nobody asked for it");
    };
    Object.assign(trial.deps.adapter, { share });
    const run = await trial.run();
    expect(run.operations.ok).toBeGreaterThan(0);
    expect(run).not.toHaveProperty("connections");
  });

  it("is refused where a connection is a session, before anything starts", async () => {
    const trial = new TestTrial({ spec: { connections: 1 } });
    await expect(trial.run()).rejects.toThrow(
      "--connections: memory's clients cannot share connections, because a connection is their session: run memory without it, where --clients or --processes bounds the connections",
    );
    expect(trial.events).toEqual([]);
    expect(trial.progress).toEqual([]);
  });
});

describe.skipIf(!existsSync("/proc/net/tcp"))("connections to a reference server (needs /proc)", () => {
  const clock = realClock();
  let cluster: DirectCluster;
  let endpoint: Endpoint;
  beforeAll(async () => {
    cluster = await startDirect(reference.deployment, { size: 1, clock });
    endpoint = (cluster.nodes[0] as DirectCluster["nodes"][number]).endpoint;
    await until(() => reference.ready(endpoint, { clock, timeoutMs: 1000 }));
  });
  afterAll(() => cluster.stop());

  it.each([
    [10, undefined],
    [1, 1],
    [3, 3],
    [10, 100],
  ])("are %i of ten clients with --connections %s", async (count, connections) => {
    const recorder = new Recorder(clock, () => {}, false);
    const group = new ClientGroup({
      clock,
      adapter: reference,
      workload: register,
      run: testRun({ nodes: [endpoint.node], keyPrefix: `${count}-${connections}-` }),
      endpoints: [endpoint],
      connect: { clock, timeoutMs: 10_000 },
      connections,
      load: { kind: "closed", processes: 10, seconds: 0 },
      opened: 10,
      random: createRandom(1),
      share: wholeLoad,
      recorder,
      onError: (reason) => {
        throw reason;
      },
    });
    await until(async () => connectionsTo(endpoint) === 0);
    await group.open();
    recorder.begin();
    group.start(clock.now());
    await until(async () => group.succeeded > 200);
    expect(connectionsTo(endpoint)).toBe(count);
    await group.stop();
    expect(recorder.counts.info).toBe(0);
    expect(connectionsTo(endpoint)).toBe(count);
    await group.close();
    await until(async () => connectionsTo(endpoint) === 0);
  });

  async function until(reached: () => Promise<boolean>): Promise<void> {
    while (!(await reached())) await sleep(clock, millis(20));
  }
});

/** Established connections of this machine to an address of IPv4, as the kernel counts them. */
function connectionsTo({ host, port }: Endpoint): number {
  const hex = (number: number, digits: number) => number.toString(16).toUpperCase().padStart(digits, "0");
  // The kernel prints an address as a number in the machine's own order, which is little-endian.
  const bytes = host.split(".").map((part) => hex(Number(part), 2));
  const address = `${bytes.reverse().join("")}:${hex(port, 4)}`;
  const rows = readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1);
  return rows.filter((row) => {
    const [, , remote, state] = row.trim().split(/\s+/);
    return remote === address && state === "01";
  }).length;
}
