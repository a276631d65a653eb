import { describe, expect, it } from "vitest";
import { sleep } from "../../../../core/clock.ts";
import { millis, seconds } from "../../../../core/time.ts";
import { VirtualClock } from "../../../../core/virtual-clock.ts";
import { MemoryReplica } from "../testing/memory-replica.ts";
import { WatchServer } from "./server.ts";
import type { WatchCreateRequestWire, WatchResponseWire } from "./wire.ts";

function start() {
  const clock = new VirtualClock();
  const replica = new MemoryReplica();
  const server = new WatchServer({ replica, clock, progressIntervalMs: 1_000, fragmentBytes: 1_000 });
  const wait = (ms: number) => clock.run(() => sleep(clock, millis(ms)));
  const open = (needsLeader = false, sends = () => true) => {
    const heard: WatchResponseWire[] = [];
    const errors: string[] = [];
    const send = (response: WatchResponseWire) => {
      heard.push(response);
      return sends();
    };
    const session = server.open({ send, end: (error) => errors.push(error.message) }, needsLeader);
    return { session, heard, errors };
  };
  const put = (key: string) =>
    replica.propose({
      type: "put",
      key: Buffer.from(key),
      value: Buffer.from("v"),
      prevKv: false,
      ignoreValue: false,
    });
  return { clock, replica, server, wait, open, put };
}

const create = (key: string, options: Partial<WatchCreateRequestWire> = {}) => ({
  create_request: {
    key: Buffer.from(key),
    range_end: Buffer.alloc(0),
    start_revision: 0,
    progress_notify: false,
    filters: [],
    prev_kv: false,
    watch_id: 0,
    fragment: false,
    ...options,
  },
});

describe("a member's streams of watches", () => {
  it("report progress at intervals to the watches that want it", async () => {
    const { open, wait, put } = start();
    const { session, heard } = open();
    session?.receive(create("a", { progress_notify: true }));
    session?.receive(create("a"));
    await wait(100);
    await put("b");
    await wait(1_000);
    expect(heard.slice(2)).toMatchObject([{ watch_id: 0, header: { revision: 2 } }]);
    await put("a");
    await wait(1_000);
    expect(heard.slice(3)).toMatchObject([{ events: [{}] }, { events: [{}] }]);
    await wait(1_000);
    expect(heard.slice(5)).toMatchObject([{ watch_id: 0, header: { revision: 3 } }]);
  });

  it("end after a while without a leader, if their clients need one", async () => {
    const { replica, open, wait, put } = start();
    const [picky, other] = [open(true), open()];
    picky.session?.receive(create("a"));
    other.session?.receive(create("a"));
    replica.leader = false;
    await wait(1_000);
    // An election that was quick enough.
    replica.leader = true;
    await wait(1_000);
    expect(picky.errors).toEqual([]);
    replica.leader = false;
    await wait(2_000);
    expect(picky.errors).toEqual(["etcdserver: no leader"]);
    expect(other.errors).toEqual([]);
    await put("a");
    await wait(10);
    expect(picky.heard).toHaveLength(1);
    expect(other.heard).toHaveLength(2);
  });

  it("send no more than the client takes, and go on when it reads again", async () => {
    const { open, wait, put } = start();
    let room = 2;
    const { session, heard } = open(false, () => --room > 0);
    session?.receive(create("a"));
    for (let i = 0; i < 5; i++) await put("a");
    await wait(10);
    expect(heard).toHaveLength(2);
    room = 2;
    session?.drained();
    await wait(10);
    expect(heard).toHaveLength(4);
    room = 9;
    session?.drained();
    await wait(10);
    expect(heard.slice(1).map(({ events }) => events?.[0]?.kv.mod_revision)).toEqual([2, 3, 4, 5, 6]);
  });

  it("are ended by a bug of ours, alone", async () => {
    const { open, wait, put } = start();
    const broken = open(false, () => {
      throw new Error("planted by the test");
    });
    const other = open();
    for (const { session } of [broken, other]) session?.receive(create("a"));
    await wait(10);
    expect(broken.errors).toEqual(["etcdserver: internal error"]);
    await put("a");
    await wait(10);
    expect(broken.heard).toHaveLength(1);
    expect(other.heard).toHaveLength(2);
  });

  it("hear nothing once they are closed, nor keep the clock going once the server is", async () => {
    const { clock, server, open, wait, put } = start();
    const { session, heard, errors } = open();
    session?.receive(create("a"));
    await wait(10);
    if (session !== undefined) server.closed(session);
    await put("a");
    await wait(10);
    expect(heard).toHaveLength(1);
    server.close();
    expect(errors).toEqual([]);
    const never = new Promise<void>(() => {});
    await expect(clock.run(() => never)).rejects.toThrow("no timer is left");
    expect(clock.now()).toBeLessThan(seconds(1));
  });
});
