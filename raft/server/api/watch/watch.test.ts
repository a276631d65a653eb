import { status } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../testing/test-api.ts";
import { eventLines, type Heard, type TestWatch } from "../testing/test-watch.ts";

describe("the method Watch", () => {
  let api: TestApi;
  let watch: TestWatch;
  beforeEach(async () => {
    api = await startTestApi();
    watch = api.watch();
  });
  afterEach(() => api.close());

  const bytes = (text: string) => Buffer.from(text);
  const put = (key: string, value: string | Buffer) =>
    api.call("KV", "Put", { key: bytes(key), value: Buffer.from(value) });
  const remove = (key: string) => api.call("KV", "DeleteRange", { key: bytes(key) });
  const puts = (...pairs: readonly (readonly [string, string | Buffer])[]) =>
    api.call("KV", "Txn", {
      success: pairs.map(([key, value]) => ({ request_put: { key: bytes(key), value: Buffer.from(value) } })),
    });
  const compact = (revision: number) => api.call("KV", "Compact", { revision, physical: true });

  it("serves several watches on one stream, each with what it asked for", async () => {
    watch.create("a", { range_end: "c", prev_kv: true });
    expect(await watch.next()).toMatchObject({
      header: { cluster_id: 0x5eed, member_id: 1, revision: 1, raft_term: 2 },
      watch_id: 0,
      created: true,
      canceled: false,
    });
    watch.create("a", { watch_id: 9, filters: ["NOPUT"] });
    expect(await watch.next()).toMatchObject({ watch_id: 9, created: true });
    await puts(["a", "1"], ["b", "1"]);
    await put("a", "2");
    await remove("a");
    const heard = [await watch.next(), await watch.next(), await watch.next(), await watch.next()];
    const of = (id: number) => heard.filter(({ watch_id }) => watch_id === id).map(eventLines);
    expect(of(0)).toEqual([["put a=1@2", "put b=1@2"], ["put a=2@3 (was 1)"], ["delete a@4 (was 2)"]]);
    expect(of(9)).toEqual([["delete a@4"]]);
    expect(heard.at(-1)?.header.revision).toBe(4);
  });

  it("cancels a watch at its client's request, and leaves the others", async () => {
    watch.create("a");
    watch.create("a");
    watch.cancel(7);
    watch.cancel(0);
    expect([await watch.next(), await watch.next(), await watch.next()]).toMatchObject([
      { watch_id: 0, created: true },
      { watch_id: 1, created: true },
      { watch_id: 0, canceled: true, compact_revision: 0, cancel_reason: "" },
    ]);
    await put("a", "1");
    expect(await watch.next()).toMatchObject({ watch_id: 1 });
  });

  it("starts at a past, and at a future revision", async () => {
    await put("a", "1");
    await put("a", "2");
    watch.create("a", { start_revision: 2 });
    await watch.next();
    expect(eventLines(await watch.next())).toEqual(["put a=1@2", "put a=2@3"]);
    watch.create("a", { start_revision: 5, watch_id: 5 });
    await watch.next();
    await put("a", "3");
    await put("a", "4");
    const heard = await watch.until(({ watch_id }) => watch_id === 5);
    expect(heard.map(eventLines)).toEqual([["put a=3@4"], ["put a=4@5"], ["put a=4@5"]]);
  });

  it("says why it refuses a watch", async () => {
    watch.create("b", { range_end: "a" });
    expect(await watch.next()).toMatchObject({
      watch_id: -1,
      created: true,
      canceled: true,
      cancel_reason: "mvcc: watcher range is empty",
    });
    watch.create("a", { watch_id: 3 });
    watch.create("a", { watch_id: 3 });
    await watch.next();
    expect(await watch.next()).toMatchObject({
      watch_id: -1,
      canceled: true,
      cancel_reason: "mvcc: duplicate watch ID provided on the WatchStream",
    });
  });

  it("cancels a watch from before a compaction, and serves one from its very revision, deletions too", async () => {
    await put("a", "1");
    await remove("a");
    await compact(3);
    watch.create("a", { start_revision: 2 });
    await watch.next();
    expect(await watch.next()).toMatchObject({ watch_id: 0, canceled: true, compact_revision: 3 });
    watch.create("a", { start_revision: 3 });
    await watch.next();
    expect(eventLines(await watch.next())).toEqual(["delete a@3"]);
  });

  it("answers a request for progress after all events up to it, once for the stream", async () => {
    watch.requestProgress();
    watch.create("a");
    watch.create("b");
    await watch.until(({ watch_id }) => watch_id === 1);
    await put("a", "1");
    await put("c", "1");
    watch.requestProgress();
    expect(await watch.next()).toMatchObject({ watch_id: 0, events: [{}] });
    expect(await watch.next()).toMatchObject({ watch_id: -1, events: [], header: { revision: 3 } });
  });

  it("sends a large response in parts to a client that understands it", async () => {
    const large = Buffer.alloc(700_000);
    watch.create("a", { range_end: "z", prev_kv: true, fragment: true });
    watch.create("a", { range_end: "z", prev_kv: true });
    await watch.until(({ watch_id }) => watch_id === 1);
    for (let i = 0; i < 2; i++) await puts(["a", large], ["b", large]);
    const heard: Heard[] = [];
    while (heard.length < 5) heard.push(await watch.next());
    const parts = heard.filter(({ watch_id }) => watch_id === 0);
    expect(parts.map(({ events, fragment }) => [events.length, fragment])).toEqual([
      [2, false],
      [1, true],
      [1, false],
    ]);
    const whole = heard.filter(({ watch_id }) => watch_id === 1);
    expect(whole.map(({ events }) => events.length)).toEqual([2, 2]);
  });

  it("misses nothing for a client that does not read for a while, and serves the others meanwhile", async () => {
    const other = api.watch();
    for (const each of [watch, other]) {
      each.create("a");
      await each.next();
    }
    watch.pause();
    const value = Buffer.alloc(20_000);
    for (let i = 0; i < 200; i++) {
      await put("a", value);
      expect((await other.next()).events[0]?.kv.mod_revision).toBe(i + 2);
    }
    watch.resume();
    const heard = await watch.until(({ events }) => events.at(-1)?.kv.mod_revision === 201);
    const revisions = heard.flatMap(({ events }) => events.map(({ kv }) => kv.mod_revision));
    expect(revisions).toEqual(Array.from({ length: 200 }, (_, i) => i + 2));
    // What did not fit into the queue came from the history, several revisions at once.
    expect(heard.length).toBeLessThan(200);
  });

  it("goes on for a client that has no more requests", async () => {
    watch.create("a");
    watch.endRequests();
    await watch.next();
    await put("a", "1");
    expect(eventLines(await watch.next())).toEqual(["put a=1@2"]);
  });

  it("hears nothing for a client that is gone", async () => {
    watch.create("a");
    await watch.next();
    watch.close();
    expect(await watch.ended).toMatchObject({ code: status.CANCELLED });
    await put("a", "1");
    expect(await api.call("KV", "Range", { key: bytes("a") })).toMatchObject({ count: 1 });
  });

  it("ends the stream of a client that sends no message, and goes on", async () => {
    await expect(api.callRaw("/etcdserverpb.Watch/Watch", Buffer.from([0xff, 0xff]))).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: "etcdserver: malformed request",
    });
    watch.create("a");
    expect(await watch.next()).toMatchObject({ created: true });
  });

  it("refuses a client that needs a leader where there is none", async () => {
    api.replica.leader = false;
    const picky = api.watch({ hasleader: "true" });
    expect(await picky.ended).toMatchObject({ code: status.UNAVAILABLE, details: "etcdserver: no leader" });
    watch.create("a");
    expect(await watch.next()).toMatchObject({ created: true });
  });

  it("ends its streams when the server stops", async () => {
    watch.create("a");
    await watch.next();
    await api.close();
    expect(await watch.ended).toMatchObject({
      code: status.UNAVAILABLE,
      details: "etcdserver: server stopped",
    });
  });
});
