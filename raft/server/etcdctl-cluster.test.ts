import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { realClock } from "../../core/real-clock.ts";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { LocalCluster } from "./testing/cluster.ts";
import { missingProgram, runEtcdctl } from "./testing/programs.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(requireOrSkip(missingProgram("etcdctl", "etcd-client")))("etcdctl, of three members", () => {
  let cluster: LocalCluster;
  let directory: string;
  const at = (...nodes: readonly number[]) => nodes.map((node) => cluster.clientPort(node));
  const ask = (nodes: readonly number[], args: string[], input?: string) =>
    runEtcdctl(at(...nodes), ["--command-timeout=20s", ...args], input);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "assay-etcdctl-"));
    cluster = await LocalCluster.create({ size: 3, directory, clock: realClock() });
    cluster.startAll();
    for (const node of cluster.nodes) await cluster.ready(node);
  });
  afterAll(async () => {
    await cluster?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it("writes at one and reads at another, linearizably", async () => {
    for (const node of cluster.nodes) {
      expect(await ask([node], ["put", "seen", `by ${node}`])).toBe("OK\n");
      for (const other of cluster.nodes)
        expect(await ask([other], ["get", "seen"])).toBe(`seen\nby ${node}\n`);
    }
  });

  it("reads serializably at a member that is left alone, and there only so", async () => {
    await ask([0], ["put", "alone", "1"]);
    await cluster.eventually("the write at node 2", async () => {
      expect(await ask([2], ["get", "alone", "--consistency=s"])).toBe("alone\n1\n");
    });
    await Promise.all([cluster.signal(0, "SIGKILL"), cluster.signal(1, "SIGKILL")]);
    expect(await ask([2], ["get", "alone", "--consistency=s"])).toBe("alone\n1\n");
    await expect(runEtcdctl(at(2), ["--command-timeout=2s", "get", "alone"])).rejects.toThrow();
    cluster.start(0);
    cluster.start(1);
    for (const node of cluster.nodes) await cluster.ready(node);
    expect(await ask([2], ["get", "alone"])).toBe("alone\n1\n");
  });

  it("sees one leader, one revision and one hash at all of them, and who the members are", async () => {
    await ask([1], ["txn"], 'ver("t") = "0"\n\nput t 1\nput u 2\n\n\n');
    const all = cluster.nodes;
    await cluster.eventually("agreement", async () => {
      const statuses = JSON.parse(await ask(all, ["endpoint", "status", "-w", "json"])) as {
        Status: { leader: number; header: { revision: number; member_id: number } };
      }[];
      expect(new Set(statuses.map(({ Status }) => Status.header.member_id)).size).toBe(3);
      expect(new Set(statuses.map(({ Status }) => Status.leader)).size).toBe(1);
      expect(new Set(statuses.map(({ Status }) => Status.header.revision)).size).toBe(1);
    });
    const hashes = JSON.parse(await ask(all, ["endpoint", "hashkv", "-w", "json"])) as {
      HashKV: { hash: number };
    }[];
    expect(hashes).toHaveLength(3);
    expect(new Set(hashes.map(({ HashKV }) => HashKV.hash)).size).toBe(1);
    for (const node of all) {
      const names = (await ask([node], ["member", "list"])).trim().split("\n");
      expect(names.map((line) => line.split(", ")[2])).toEqual(["n1", "n2", "n3"]);
    }
  });

  it("deletes, and compacts at all of them", async () => {
    await ask([0], ["put", "gone/1", "x"]);
    await ask([1], ["put", "gone/2", "y"]);
    expect(await ask([2], ["del", "gone/", "--prefix"])).toBe("2\n");
    const [{ Status }] = JSON.parse(await ask([0], ["endpoint", "status", "-w", "json"])) as [
      { Status: { header: { revision: number } } },
    ];
    const { revision } = Status.header;
    expect(await ask([1], ["compaction", `${revision}`])).toBe(`compacted revision ${revision}\n`);
    for (const node of cluster.nodes) {
      await expect(ask([node], ["get", "gone/1", `--rev=${revision - 1}`])).rejects.toThrow(
        "has been compacted",
      );
    }
  });
});
