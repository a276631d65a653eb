import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { realClock } from "../../core/real-clock.ts";
import { eventLines, type Heard, TestWatch } from "./api/testing/test-watch.ts";
import { LocalCluster } from "./testing/cluster.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe("watches of a cluster of processes", () => {
  let cluster: LocalCluster;
  let directory: string;
  const clients: Client[] = [];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "assay-watch-"));
    const flags = ["--snapshot-entries", "100"];
    cluster = await LocalCluster.create({ size: 3, directory, clock: realClock(), flags });
    cluster.startAll();
    for (const node of cluster.nodes) await cluster.ready(node);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(async () => {
    await cluster.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const connect = (node: number) => {
    const client = new Client(`127.0.0.1:${cluster.clientPort(node)}`, credentials.createInsecure());
    clients.push(client);
    return client;
  };
  const leader = () => cluster.eventually("a leader", () => cluster.leader(0));
  /** The test's own. */
  let key = "";
  beforeEach(({ task }) => {
    key = task.name;
  });
  /** Puts the key until it works; the number is its value. */
  const put = (node: number, value: number) =>
    cluster.eventually(`the put ${value}`, () => cluster.put(node, key, `${value}`));

  it("miss nothing across a change of the leader, at any node", async () => {
    const watches = cluster.nodes.map((node) => new TestWatch(connect(node)));
    for (const watch of watches) {
      watch.create(key);
      await watch.next();
    }
    const first = await leader();
    for (let value = 0; value < 40; value++) {
      if (value % 20 === 10) await moveLeader(await leader());
      await put(value % 3, value);
    }
    await put(first, 40);
    const all = await Promise.all(watches.map((watch) => watch.until(endsWith(40))));
    const [expected] = all.map((heard) => heard.flatMap(eventLines));
    for (const heard of all) expect(heard.flatMap(eventLines)).toEqual(expected);
    // A put whose answer was lost may be there twice.
    const values = [...new Set(all[0]?.flatMap(({ events }) => events.map(({ kv }) => Number(kv.value))))];
    expect(values).toEqual(Array.from({ length: 41 }, (_, i) => i));
  });

  it("miss nothing when they are created again at their next revision, at the node that was restarted or another", async () => {
    const heard: Heard[] = [];
    let next = 1;
    let value = 0;
    for (let round = 0; round < 3; round++) {
      const node = round % 3;
      await cluster.ready(node);
      const watch = new TestWatch(connect(node));
      watch.create(key, { start_revision: next });
      for (let i = 0; i < 20; i++) await put((node + 1) % 3, value++);
      heard.push(...(await watch.until(endsWith(value - 1))));
      next = (heard.at(-1)?.events.at(-1)?.kv.mod_revision ?? 0) + 1;
      await cluster.signal(node, "SIGKILL");
      expect((await watch.ended).code).toBeGreaterThan(0);
      await put((node + 1) % 3, value++);
      cluster.start(node);
    }
    await cluster.ready(0);
    const last = new TestWatch(connect(0));
    last.create(key, { start_revision: next });
    heard.push(...(await last.until(endsWith(value - 1))));
    const values = heard.flatMap(({ events }) => events.map(({ kv }) => Number(kv.value)));
    expect([...new Set(values)]).toEqual(Array.from({ length: value }, (_, i) => i));
    const revisions = heard.flatMap(({ events }) => events.map(({ kv }) => kv.mod_revision));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    expect(new Set(revisions).size).toBe(revisions.length);
  });

  it("miss nothing at a member that catches up by a snapshot", async () => {
    const away = ((await leader()) + 1) % 3;
    await put(away, 0);
    const watch = new TestWatch(connect(away));
    watch.create(key, { start_revision: 1 });
    await watch.until(endsWith(0));
    cluster.pause(away);
    // The log keeps a thousand entries behind a snapshot; a few hundred more are on their way to the member that is away.
    const others = cluster.nodes.filter((node) => node !== away);
    const last = snapshotAt(away) + 1_600;
    let value = 0;
    while (others.some((node) => snapshotAt(node) < last))
      await Promise.all([1, 2, 3, 4].map(() => put((away + 1) % 3, ++value)));
    await put((away + 1) % 3, ++value);
    cluster.resume(away);
    const heard = await watch.until(endsWith(value));
    const values = heard.flatMap(({ events }) => events.map(({ kv }) => Number(kv.value)));
    expect([...new Set(values)].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: value }, (_, i) => i + 1),
    );
    expect(cluster.log(away)).toMatch(/snapshot: restored at \d+ from the leader/);
  });

  /** Index of the last snapshot that the node took. */
  const snapshotAt = (node: number) =>
    Math.max(0, ...[...cluster.log(node).matchAll(/snapshot: taken at (\d+)/g)].map(([, at]) => Number(at)));

  /** Hands leadership to the next node, and waits for it. */
  async function moveLeader(from: number): Promise<void> {
    const to = (from + 1) % 3;
    await cluster.call(from, "/v3/maintenance/transfer-leadership", { targetID: `${to + 1}` });
    await cluster.eventually("the move", async () => {
      for (const node of cluster.nodes) expect(await cluster.leader(node)).toBe(to);
    });
  }
});

const endsWith = (value: number) => (response: Heard) => Number(response.events.at(-1)?.kv.value) === value;
