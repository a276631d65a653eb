import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { startDirect } from "../../harness/runtimes/testing/direct-cluster.ts";
import { clock, type TestCluster, until, untilReady, within } from "../conformance/cluster.ts";
import { consul } from "./adapter.ts";

const [program] = await consul.deployment.installed();
const missing =
  program === undefined ? `Consul is not installed: ${consul.deployment.installHint}` : undefined;

/** Longer than the 7 s for which Consul itself holds a request that finds no leader. */
const timeoutMs = 20_000;

describe.skipIf(requireOrSkip(missing))("Consul's own errors", () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startDirect(consul.deployment, { size: 3, clock });
    await untilReady(consul, cluster.nodes);
  }, 90_000);
  afterEach(() => cluster.stop());

  it("leave open what a leader had in its log when it lost its followers, then refuse for want of a leader", async () => {
    const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
    const leader = await until("a leader", () => consul.leader(endpoints, within(2000)));
    const node = cluster.nodes.find(({ id }) => id === leader);
    if (node === undefined) throw new Error("the leader is no node");
    const client = await consul.connect(node.endpoint, ["kv"], within(timeoutMs));
    await client.kv.write("k", "before");
    await Promise.all(cluster.nodes.filter(({ id }) => id !== leader).map((other) => other.pause()));
    const inLog = client.kv.write("k", "in its log");
    await expect(inLog).rejects.toMatchObject({ code: "unavailable", definite: false });
    await expect(inLog).rejects.toThrow("leadership lost");
    const refused = client.kv.write("k", "for nobody");
    await expect(refused).rejects.toMatchObject({ code: "no-leader", definite: true });
    await expect(refused).rejects.toThrow("No cluster leader");
    // A stale read needs no leader, and reports that there is none.
    const stale = await client.kv.read("k", "stale");
    expect(stale).toMatchObject({ value: "before", leaderKnown: false });
    expect(stale.lastContactMs).toBeGreaterThanOrEqual(0);
    await client.close();
  }, 60_000);

  it("say that a session is gone that somebody else has destroyed", async () => {
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error("no node");
    const client = await consul.connect(node.endpoint, ["session"], within(timeoutMs));
    // The next keep-alive is far off: only a request can find out.
    const session = await client.session.open(60_000);
    const { host, port } = node.endpoint;
    await fetch(`http://${host}:${port}/v1/session/destroy/${session.id}`, { method: "PUT" });
    await expect(session.create("k", "1")).rejects.toMatchObject({ code: "session-expired", definite: true });
    expect(session.lost.reason).toMatchObject({ code: "session-expired" });
    await client.close();
  });
});
