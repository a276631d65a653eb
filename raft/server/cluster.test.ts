import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { realClock } from "../../core/real-clock.ts";
import { LocalCluster } from "./testing/cluster.ts";
import { crashFlags, loseNothingInCrashes } from "./testing/crashes.ts";

const clock = realClock();
// Starting a process takes a second of one core, and other tests may have the other one.
vi.setConfig({ testTimeout: 120_000 });
const clusters: { cluster: LocalCluster; directory: string }[] = [];
afterEach(async () => {
  for (const { cluster, directory } of clusters.splice(0)) {
    await cluster.stop();
    await rm(directory, { recursive: true, force: true });
  }
});

async function createCluster(size: number, flags: readonly string[] = []): Promise<LocalCluster> {
  const directory = await mkdtemp(join(tmpdir(), "assay-cluster-"));
  const cluster = await LocalCluster.create({ size, directory, clock, flags });
  clusters.push({ cluster, directory });
  cluster.startAll();
  return cluster;
}

/** The leader that all of `nodes` agree upon. */
const agreedLeader = (cluster: LocalCluster, nodes = cluster.nodes) =>
  cluster.eventually("one leader", async () => {
    const seen = new Set(await Promise.all(nodes.map((node) => cluster.leader(node))));
    const [leader] = seen;
    if (seen.size !== 1 || leader === undefined || !nodes.includes(leader)) throw new Error("no agreement");
    return leader;
  });

describe("a cluster of processes", () => {
  it("elects a leader and serves reads and writes at every node", async () => {
    const cluster = await createCluster(3);
    await agreedLeader(cluster);
    for (const node of cluster.nodes) await cluster.put(node, `at ${node}`, `value ${node}`);
    for (const node of cluster.nodes) {
      for (const written of cluster.nodes)
        expect(await cluster.get(node, `at ${written}`)).toBe(`value ${written}`);
    }
  });

  it("goes on under another leader when the leader is killed, and takes the old one back", async () => {
    const cluster = await createCluster(3);
    const leader = await agreedLeader(cluster);
    await cluster.put(leader, "before", "1");
    await cluster.signal(leader, "SIGKILL");
    const others = cluster.nodes.filter((node) => node !== leader);
    const [first, second] = others as [number, number];
    await cluster.eventually("a write under the new leader", () => cluster.put(first, "after", "2"));
    expect(await cluster.get(second, "before")).toBe("1");
    expect(await cluster.get(second, "after")).toBe("2");
    cluster.start(leader);
    await cluster.ready(leader);
    expect(await cluster.get(leader, "after")).toBe("2");
  });

  it("refuses what cannot be served without a majority, and says that it had no effect", async () => {
    const cluster = await createCluster(3);
    await agreedLeader(cluster);
    await Promise.all([cluster.signal(1, "SIGKILL"), cluster.signal(2, "SIGKILL")]);
    await cluster.eventually("no leader", async () => {
      await expect(cluster.leader(0)).rejects.toThrow("no leader");
    });
    await expect(cluster.put(0, "lonely", "1")).rejects.toThrow(/no leader/);
    await expect(cluster.get(0, "lonely")).rejects.toThrow(/no leader/);
    expect(await cluster.get(0, "lonely", { serializable: true })).toBeUndefined();
  });

  it("loses no acknowledged write when all nodes are killed at once, four times, under load", async () => {
    const cluster = await createCluster(3, crashFlags);
    await loseNothingInCrashes(cluster, clock, 4);
    expect(cluster.log(0)).toMatch(/recovered snapshot at \d+ and \d+ entries/);
  });

  it("brings a follower that was away for longer than the log reaches back up to date by a snapshot", async () => {
    const cluster = await createCluster(3, ["--snapshot-entries", "500"]);
    const leader = await agreedLeader(cluster);
    const away = (leader + 1) % 3;
    await cluster.signal(away, "SIGKILL");
    // The log keeps a thousand entries behind the snapshot for followers that are a little late.
    for (let i = 0; i < 2_200; i += 50)
      await Promise.all(Array.from({ length: 50 }, (_, k) => cluster.put(leader, `k-${i + k}`, `${i + k}`)));
    cluster.start(away);
    await cluster.ready(away);
    expect(cluster.log(away)).toMatch(/snapshot: restored at \d+ from the leader/);
    expect((await cluster.list(away, "k-")).size).toBe(2_200);
    // It writes what it got to its own disk.
    await cluster.put(away, "k-after", "1");
    await cluster.signal(away, "SIGKILL");
    cluster.start(away);
    await cluster.ready(away);
    expect((await cluster.list(away, "k-")).size).toBe(2_201);
  });

  it("ends with status 0 when it is asked to stop, and finds everything again", async () => {
    const cluster = await createCluster(1);
    await cluster.eventually("a write", () => cluster.put(0, "kept", "1"));
    expect(await cluster.signal(0, "SIGTERM")).toBe(0);
    cluster.start(0);
    await cluster.ready(0);
    expect(await cluster.get(0, "kept")).toBe("1");
  });

  it("does not start on a damaged log, and says where the damage is", async () => {
    const cluster = await createCluster(1);
    await cluster.eventually("a write", () => cluster.put(0, "kept", "1"));
    await cluster.put(0, "other", "2");
    await cluster.signal(0, "SIGKILL");
    const directory = join(cluster.dataDirectory(0), "wal");
    const file = join(directory, String((await readdir(directory))[0]));
    const content = await readFile(file);
    content[60] = Number(content[60]) ^ 1;
    await writeFile(file, content);
    cluster.start(0);
    expect(await cluster.exited(0)).toBe(65);
    expect(cluster.log(0)).toContain(`${file}: corrupt at offset`);
  });

  it("ends with status 64 and a message for flags that it does not understand", async () => {
    const cluster = await createCluster(1, ["--heartbeat-ms", "often"]);
    expect(await cluster.exited(0)).toBe(64);
    expect(cluster.log(0)).toContain("--heartbeat-ms often: expected a whole number above 0");
  });

  it("ends with status 70 where its address is taken, and leaves the other process its data", async () => {
    const cluster = await createCluster(1);
    await cluster.eventually("a write", () => cluster.put(0, "kept", "1"));
    cluster.start(0);
    expect(await cluster.exited(0)).toBe(70);
    expect(cluster.log(0)).toContain("EADDRINUSE");
    await cluster.put(0, "kept", "2");
    expect(await cluster.get(0, "kept")).toBe("2");
  });

  it("says loudly that a bug is planted", async () => {
    const cluster = await createCluster(1, ["--mutant", "forget-vote"]);
    await cluster.ready(0);
    expect(cluster.log(0)).toContain("!!!!!!!! MUTANT forget-vote");
  });
});
