import { afterEach, describe, expect, it } from "vitest";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { startDirect } from "../../harness/runtimes/testing/direct-cluster.ts";
import { limitsOf } from "../client/ask.ts";
import { clock, patient, type TestCluster, untilReady, within } from "../conformance/cluster.ts";
import { openConnection } from "../etcd-api/connection.ts";
import { methods } from "../etcd-api/methods.ts";
import { etcd } from "./adapter.ts";

const [program] = await etcd.deployment.installed();
const missing = program === undefined ? `etcd is not installed: ${etcd.deployment.installHint}` : undefined;

describe.skipIf(requireOrSkip(missing))("etcd's own errors", () => {
  let cluster: TestCluster | undefined;
  const start = async (size: number, extraArgs: readonly string[] = []): Promise<TestCluster> => {
    cluster = await startDirect(etcd.deployment, {
      size,
      clock,
      tailor: (launch) => ({ ...launch, argv: [...launch.argv, ...extraArgs] }),
    });
    await untilReady(etcd, cluster.nodes);
    return cluster;
  };
  afterEach(() => cluster?.stop());

  it("leave open what a member without a quorum gave up on, and report that its reads failed", async () => {
    const { nodes } = await start(3);
    const [lone, ...others] = nodes;
    if (lone === undefined) throw new Error("no node");
    // Longer than etcd's own patience of 5 s and two elections.
    const client = await etcd.connect(lone.endpoint, ["kv"], within(20_000));
    await client.kv.write("k", "before");
    await Promise.all(others.map((node) => node.kill()));
    const write = client.kv.write("k", "given up");
    const read = client.kv.read("k", "linearizable");
    const failed = Promise.allSettled([write, read]);
    expect((await client.kv.read("k", "serializable")).value).toBe("before");
    await failed;
    await expect(write).rejects.toMatchObject({ code: "timeout", definite: false });
    await expect(write).rejects.toThrow("etcdserver: request timed out");
    await expect(read).rejects.toMatchObject({ definite: false });
    await client.close();
  }, 60_000);

  it("refuse a write definitely where the space is used up", async () => {
    const { nodes } = await start(1, ["--quota-backend-bytes", "65536"]);
    const [node] = nodes;
    if (node === undefined) throw new Error("no node");
    const client = await etcd.connect(node.endpoint, ["kv"], patient);
    // etcd learns the size of its store when it commits, every 100 ms: a fast machine writes far more than the quota before that.
    const fill = async (): Promise<never> => {
      for (let i = 0; ; i++) await client.kv.write(`k${i % 50}`, "x".repeat(10_000));
    };
    const full = fill();
    await expect(full).rejects.toMatchObject({ code: "rejected", definite: true });
    await expect(full).rejects.toThrow("database space exceeded");
    await client.close();
  });

  it("say that a lease is gone that somebody else has revoked", async () => {
    const { nodes } = await start(1);
    const [node] = nodes;
    if (node === undefined) throw new Error("no node");
    const client = await etcd.connect(node.endpoint, ["session"], patient);
    // The next keep-alive is far off: only a request can find out.
    const session = await client.session.open(60_000);
    const options = { ...patient, timeoutMs: 5000 };
    const other = openConnection(node.endpoint, options);
    await other.call(methods.leaseRevoke, { id: session.id }, limitsOf(options));
    other.close();
    const refused = session.create("k", "1");
    await expect(refused).rejects.toMatchObject({ code: "session-expired", definite: true });
    await expect(refused).rejects.toThrow("requested lease not found");
    expect(session.lost.reason).toMatchObject({ code: "session-expired" });
    await client.close();
  });
});
