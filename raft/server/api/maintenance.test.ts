import { status } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { toSeconds } from "../../../core/time.ts";
import { VirtualClock } from "../../../core/virtual-clock.ts";
import { memberId } from "../../core/types.ts";
import { apiErrors } from "./errors.ts";
import { Service } from "./service.ts";
import { MemoryReplica } from "./testing/memory-replica.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const key = Buffer.from("k");
const value = Buffer.from("v");

describe("Maintenance", () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi();
  });
  afterEach(() => api.close());
  const moveTo = (targetID: number) => api.call("Maintenance", "MoveLeader", { targetID });

  it("moves the leader to a voter, and answers when it leads", async () => {
    let answered = false;
    api.replica.ids.push(memberId(2), memberId(3));
    api.replica.learners.push(memberId(3));
    const answer = moveTo(2).then(() => {
      answered = true;
    });
    await vi.waitFor(() => expect(api.replica.transfers).toEqual([2]), 30_000);
    expect(answered).toBe(false);
    api.replica.leader = false;
    api.replica.other = memberId(2);
    await answer;
  });

  it("refuses to move it to a stranger or a learner, or where another member leads", async () => {
    api.replica.ids.push(memberId(2), memberId(3));
    api.replica.learners.push(memberId(3));
    const { grpc: code, message: details } = apiErrors["bad-transferee"];
    await expect(moveTo(9)).rejects.toMatchObject({ code, details });
    await expect(moveTo(3)).rejects.toMatchObject({ code, details });
    api.replica.leader = false;
    await expect(moveTo(2)).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: "etcdserver: not leader",
    });
    expect(api.replica.transfers).toEqual([]);
  });

  it("answers a request to defragment, and compacts `physically`", async () => {
    await api.call("KV", "Put", { key, value });
    await api.call("KV", "Compact", { revision: 2, physical: true });
    expect(await api.call("Maintenance", "Defragment", {})).toMatchObject({ header: { revision: 2 } });
    expect(await api.call("Maintenance", "HashKV", { revision: 2 })).toMatchObject({ compact_revision: 2 });
    await expect(api.call("Maintenance", "HashKV", { revision: 1 })).rejects.toMatchObject({
      code: status.OUT_OF_RANGE,
      details: "etcdserver: mvcc: required revision has been compacted",
    });
  });

  it("gives up on a move that does not come about, as one whose fate is unknown", async () => {
    const clock = new VirtualClock();
    const replica = new MemoryReplica();
    replica.ids.push(memberId(2));
    const service = new Service({ replica, clock, requestTimeoutMs: 5_000 });
    await expect(clock.run(() => service.moveLeader({ targetID: 2 }))).rejects.toThrow(
      "etcdserver: request timed out, leader transfer took too long",
    );
    expect(toSeconds(clock.now())).toBe(5);
  });
});
