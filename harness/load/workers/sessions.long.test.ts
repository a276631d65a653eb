/** What a worker's death means to the system: its sessions live until they expire; those of one that says good-bye end at once. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sleep } from "../../../core/clock.ts";
import { realClock } from "../../../core/real-clock.ts";
import { requireOrSkip } from "../../../core/testing/require-or-skip.ts";
import { millis, toMillis } from "../../../core/time.ts";
import { testRun } from "../../../workloads/testing/run.ts";
import { Recorder } from "../../record/recorder.ts";
import { type DirectCluster, startDirect } from "../../runtimes/testing/direct-cluster.ts";
import type { ClientHost } from "../clients.ts";
import { known } from "./testing/known.ts";
import { testWorker } from "./testing/place.ts";
import { workerClients } from "./worker-clients.ts";

const clock = realClock();
const { zookeeper } = known.adapters;
const installed = await zookeeper.deployment.installed();
const missing = requireOrSkip(installed.length > 0 ? undefined : zookeeper.deployment.installHint);
const ttl = 4000;

describe.skipIf(missing)("the sessions of a load worker on ZooKeeper", () => {
  let cluster: DirectCluster;
  let host: ClientHost;
  let scratch: string;
  beforeAll(async () => {
    cluster = await startDirect(zookeeper.deployment, { size: 3, clock });
    host = workerClients(2, testWorker, clock);
    scratch = await mkdtemp(join(tmpdir(), "assay-sessions-"));
    for (const { endpoint } of cluster.nodes)
      while (!(await zookeeper.ready(endpoint, { timeoutMs: 1000, clock }))) await sleep(clock, millis(50));
  });
  afterAll(async () => {
    await host.close();
    await cluster.stop();
    await rm(scratch, { recursive: true });
  });

  it("live until they expire when it is killed, and end at once when it is closed", async () => {
    const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
    const recorder = new Recorder(clock, () => {});
    await host.prepare({ runId: `sessions-${process.pid}`, logDir: scratch });
    const clients = host.make({
      clock,
      adapter: zookeeper,
      workload: known.workloads.holders,
      run: testRun({ nodes: endpoints.map(({ node }) => node), options: { ttl } }),
      endpoints,
      connect: { timeoutMs: 5000, clock },
      connections: undefined,
      load: { kind: "closed", processes: 12, seconds: 60 },
      opened: 0,
      seed: 1,
      phase: "main",
      records: { recorder, part: (name) => join(scratch, `${name}.jsonl`) },
      onError: (reason) => {
        throw reason;
      },
    });
    await clients.open();
    recorder.begin();
    clients.start(clock.now());
    while (recorder.counts.ok < 3) await sleep(clock, millis(20));

    const [endpoint] = endpoints;
    if (endpoint === undefined) throw new Error("no node");
    const witness = await zookeeper.connect(endpoint, ["kv"], { timeoutMs: 5000, clock });
    const look = async (slot: number) => (await witness.kv.read(`held-${slot}`, "sync")).value;
    expect([await look(0), await look(1), await look(2)]).toEqual(["held", "held", "held"]);

    // The first worker holds the keys of the first and the third node.
    await host.workers[0]?.kill();
    const killedAt = clock.now();
    await clients.close();
    expect([await look(0), await look(1), await look(2)]).toEqual(["held", undefined, "held"]);
    while ((await look(0)) !== undefined || (await look(2)) !== undefined) await sleep(clock, millis(20));
    // The last keep-alive was sent a third of the time before the death, at most.
    expect(toMillis(clock.now()) - toMillis(killedAt)).toBeGreaterThan((ttl * 2) / 3 - 500);
    await witness.close();
  });
});
