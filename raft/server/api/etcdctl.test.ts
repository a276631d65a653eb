import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireOrSkip } from "../../../core/testing/require-or-skip.ts";
import { missingProgram, runEtcdctl } from "../testing/programs.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

describe.skipIf(requireOrSkip(missingProgram("etcdctl", "etcd-client")))("etcdctl", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  const etcdctl = (args: readonly string[], input?: string) => runEtcdctl([api.clientPort], args, input);
  const revision = () => api.replica.store.revision;

  it("puts, and gets what it put", async () => {
    expect(await etcdctl(["put", "put/a", "1"])).toBe("OK\n");
    expect(await etcdctl(["get", "put/a"])).toBe("put/a\n1\n");
    expect(await etcdctl(["put", "put/a", "2", "--prev-kv"])).toBe("OK\nput/a\n1\n");
    expect(await etcdctl(["put", "put/a", "--ignore-value", "--prev-kv"])).toBe("OK\nput/a\n2\n");
  });

  it("gets by prefix, by range, sorted, limited and keys only", async () => {
    for (const [key, value] of [
      ["k/1", "b"],
      ["k/2", "a"],
      ["k/3", "c"],
    ] as const)
      await etcdctl(["put", key, value]);
    expect(await etcdctl(["get", "k/", "--prefix"])).toBe("k/1\nb\nk/2\na\nk/3\nc\n");
    expect(await etcdctl(["get", "k/1", "k/3"])).toBe("k/1\nb\nk/2\na\n");
    expect(await etcdctl(["get", "k/2", "--from-key", "--limit=1"])).toBe("k/2\na\n");
    expect(await etcdctl(["get", "k/", "--prefix", "--sort-by=value", "--order=DESCEND"])).toBe(
      "k/3\nc\nk/1\nb\nk/2\na\n",
    );
    expect(await etcdctl(["get", "k/", "--prefix", "--keys-only"])).toBe("k/1\n\nk/2\n\nk/3\n\n");
  });

  it("gets an older revision", async () => {
    await etcdctl(["put", "rev", "old"]);
    const old = revision();
    await etcdctl(["put", "rev", "new"]);
    expect(await etcdctl(["get", "rev", `--rev=${old}`])).toBe("rev\nold\n");
    await expect(etcdctl(["get", "rev", `--rev=${old + 100}`])).rejects.toThrow(
      "etcdserver: mvcc: required revision is a future revision",
    );
  });

  it("reads serializably without asking a quorum, and linearizably with", async () => {
    await etcdctl(["put", "read", "1"]);
    const { reads } = api.replica;
    expect(await etcdctl(["get", "read", "--consistency=s"])).toBe("read\n1\n");
    expect(api.replica.reads).toBe(reads);
    expect(await etcdctl(["get", "read"])).toBe("read\n1\n");
    expect(api.replica.reads).toBe(reads + 1);
  });

  it("deletes", async () => {
    await etcdctl(["put", "del/1", "x"]);
    await etcdctl(["put", "del/2", "y"]);
    expect(await etcdctl(["del", "del/1", "--prev-kv"])).toBe("1\ndel/1\nx\n");
    expect(await etcdctl(["del", "del/", "--prefix"])).toBe("1\n");
    expect(await etcdctl(["get", "del/", "--prefix"])).toBe("");
  });

  it("runs a transaction", async () => {
    await etcdctl(["put", "txn", "1"]);
    const swap = 'value("txn") = "1"\nver("txn") > "0"\n\nput txn 2\nget txn\n\nget txn\n\n';
    expect(await etcdctl(["txn"], swap)).toBe("SUCCESS\n\nOK\n\ntxn\n2\n");
    expect(await etcdctl(["txn"], swap)).toBe("FAILURE\n\ntxn\n2\n");
  });

  it("compacts", async () => {
    await etcdctl(["put", "compact", "1"]);
    const before = revision();
    await etcdctl(["put", "compact", "2"]);
    expect(await etcdctl(["compaction", `${revision()}`])).toBe(`compacted revision ${revision()}\n`);
    await expect(etcdctl(["get", "compact", `--rev=${before}`])).rejects.toThrow(
      "etcdserver: mvcc: required revision has been compacted",
    );
  });

  it("asks an endpoint for its status, its hash and its health", async () => {
    const [status] = JSON.parse(await etcdctl(["endpoint", "status", "-w", "json"]));
    expect(status.Status).toMatchObject({
      header: { cluster_id: 0x5eed, member_id: 1, revision: revision(), raft_term: 2 },
      version: "3.4.0",
      leader: 1,
      raftAppliedIndex: api.replica.applied(),
    });
    const [hash] = JSON.parse(await etcdctl(["endpoint", "hashkv", "-w", "json"]));
    expect(hash.HashKV.hash).toBe((api.replica.store.hash(0) as { hash: number }).hash);
    expect(hash.HashKV.compact_revision).toBe(api.replica.store.compactRevision);
    await etcdctl(["endpoint", "health"]);
  });

  it("lists the members", async () => {
    expect(await etcdctl(["member", "list"])).toBe(
      "1, started, n1, http://127.0.0.1:2380, http://127.0.0.1:2379, false\n",
    );
  });
});
