import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requireOrSkip } from "../../../../core/testing/require-or-skip.ts";
import { EtcdctlWatch, installedEtcdctls } from "../../testing/etcdctl-watch.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

const programs = await installedEtcdctls();
const missing = programs.length === 0 ? "etcdctl is not installed (Debian: etcd-client)" : undefined;

describe.skipIf(requireOrSkip(missing)).each(programs)("etcdctl $version watch", ({ command }) => {
  let api: TestApi;
  const watches: EtcdctlWatch[] = [];
  beforeEach(async () => {
    api = await startTestApi({ watchProgressMs: 50 });
  });
  afterEach(async () => {
    await Promise.all(watches.splice(0).map((watch) => watch.stop()));
    await api.close();
  });

  const bytes = (text: string) => Buffer.from(text);
  const put = (key: string, value: string) => api.call("KV", "Put", { key: bytes(key), value: bytes(value) });
  const remove = (key: string) => api.call("KV", "DeleteRange", { key: bytes(key) });
  const compact = (revision: number) => api.call("KV", "Compact", { revision });
  const watch = (...args: readonly string[]) => {
    const started = new EtcdctlWatch(command, api.clientPort, args);
    watches.push(started);
    return started;
  };

  it("prints the changes of a key from now on", async () => {
    await put("k", "before");
    const { output } = await from(watch("k"), () => put("k", "1"));
    expect(output).not.toContain("before");
    const current = watches[0];
    await remove("k");
    await current?.prints("DELETE\nk\n\n");
  });

  it("prints a prefix, and a range, from a past revision", async () => {
    for (const key of ["a", "a1", "a2", "b", "c"]) await put(key, `of ${key}`);
    const prefix = watch("a", "--prefix", "--rev=3");
    const range = watch("a1", "c", "--rev=1");
    await prefix.prints("PUT\na1\nof a1\nPUT\na2\nof a2\n");
    await range.prints("PUT\na1\nof a1\nPUT\na2\nof a2\nPUT\nb\nof b\n");
    await put("a3", "later");
    await prefix.prints("PUT\na3\nlater\n");
    await range.prints("PUT\na3\nlater\n");
    expect(prefix.output).toBe("PUT\na1\nof a1\nPUT\na2\nof a2\nPUT\na3\nlater\n");
    expect(range.output).toBe("PUT\na1\nof a1\nPUT\na2\nof a2\nPUT\nb\nof b\nPUT\na3\nlater\n");
  });

  it("prints nothing before a future revision", async () => {
    const future = watch("k", "--rev=5");
    // One from revision 1 on the same server shows that events have had their time.
    const all = watch("k", "--rev=1");
    for (const value of ["2", "3", "4", "5"]) await put("k", value);
    await all.prints("PUT\nk\n5\n");
    await future.prints("PUT\nk\n5\n");
    expect(future.output).toBe("PUT\nk\n5\n");
  });

  it("prints previous values", async () => {
    for (const value of ["1", "2"]) await put("k", value);
    await remove("k");
    await watch("k", "--rev=2", "--prev-kv").prints("PUT\nk\n1\nPUT\nk\n1\nk\n2\nDELETE\nk\n2\nk\n\n");
  });

  it("says that a revision is compacted, and prints from the compaction's own on", async () => {
    await put("k", "1");
    await remove("k");
    await put("k", "2");
    await compact(3);
    await watch("k", "--rev=2").prints(
      "watch was canceled (etcdserver: mvcc: required revision has been compacted)",
    );
    await watch("k", "--rev=3").prints("DELETE\nk\n\nPUT\nk\n2\n");
  });

  it("follows several keys in its interactive mode, and asks for progress", async () => {
    const interactive = watch("-i");
    interactive.say("watch a --rev=1");
    interactive.say("watch b --rev=1");
    await put("a", "1");
    await put("b", "1");
    await interactive.prints("PUT\na\n1\n");
    await interactive.prints("PUT\nb\n1\n");
    interactive.say("progress");
    await interactive.prints("progress notify: 3");
  });

  it("prints progress notifications that it asked for", async ({ skip }) => {
    const asked = watch("k", "--rev=1", "--progress-notify");
    await put("other", "1");
    await asked.prints("progress notify: 2", "unknown flag");
    skip(asked.output.includes("unknown flag"), "this version has no --progress-notify");
  });
});

/** Repeats `change` until the watch prints something: a watch from now on says nothing when it is set. */
async function from(watch: EtcdctlWatch, change: () => Promise<unknown>): Promise<EtcdctlWatch> {
  for (;;) {
    await change();
    if (watch.output !== "") return watch;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
