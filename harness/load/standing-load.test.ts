import { describe, expect, it } from "vitest";
import type { Capability, ClientWith } from "../../adapters/client/client.ts";
import { sleep } from "../../core/clock.ts";
import { type HistoryEvent, isInvocation } from "../../core/history.ts";
import { type Call, nodeId } from "../../core/op.ts";
import { millis, seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import type { Actor, Pause } from "../../workloads/workload.ts";
import { Recorder } from "../record/recorder.ts";
import { ClientProcess } from "./client-process.ts";
import { StandingLoad } from "./standing-load.ts";

const client = { close: async () => {}, abandon: () => {} } as unknown as ClientWith<Capability>;

/** Runs one actor that takes these steps, for a second; each of its calls takes 10 ms. */
async function stand(steps: (Call | Pause | undefined)[]) {
  const clock = new VirtualClock();
  const events: HistoryEvent[] = [];
  const recorder = new Recorder(clock, (event) => events.push(event));
  const context = { clock, recorder, timeoutMs: 1000, connect: async () => client };
  const actor: Actor<Capability, Call | Pause | undefined> = {
    next: () => steps.shift(),
    async perform() {
      await sleep(clock, millis(10));
      return {};
    },
  };
  const process = new ClientProcess(context, { id: 0, stride: 1, node: nodeId("n1") }, actor);
  const errors: unknown[] = [];
  const load = new StandingLoad({ clock, processes: [process], onError: (reason) => errors.push(reason) });
  const stoppedAt = await clock.run(async () => {
    recorder.begin();
    load.start();
    await sleep(clock, seconds(1));
    await load.stop();
    return recorder.now();
  });
  const asked = events.filter(isInvocation).map(({ f, time }) => [f, time / 1e6]);
  return { asked, errors, stoppedAt, left: steps.length };
}

describe("an actor of a standing role", () => {
  it("asks at its own pace: after its answers, and after the pauses that it wants", async () => {
    const { asked } = await stand([{ f: "a" }, { f: "b" }, { pauseMs: 300 }, { f: "c" }]);
    expect(asked).toEqual([
      ["a", 0],
      ["b", 10],
      ["c", 320],
    ]);
  });

  it("is done when it has no next step", async () => {
    const { asked, left } = await stand([{ f: "a" }, undefined, { f: "b" }]);
    expect(asked).toEqual([["a", 0]]);
    expect(left).toBe(1);
  });

  it("wakes from a pause when the load ends, and asks nothing more", async () => {
    const { asked, stoppedAt } = await stand([{ pauseMs: 60_000 }, { f: "a" }]);
    expect(asked).toEqual([]);
    expect(stoppedAt).toBe(seconds(1));
  });
});
