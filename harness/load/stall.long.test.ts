/** wrk2's demonstration with a real server: a stall of two seconds in ten, as an open loop sees it and as a closed one does. */
import { expect, it } from "vitest";
import { reference } from "../../adapters/reference/adapter.ts";
import { sleep } from "../../core/clock.ts";
import { type HistoryEvent, operations } from "../../core/history.ts";
import { createRandom } from "../../core/random.ts";
import { realClock } from "../../core/real-clock.ts";
import type { Load } from "../../core/run.ts";
import { millis, seconds } from "../../core/time.ts";
import { register } from "../../workloads/register.ts";
import { testRun } from "../../workloads/testing/run.ts";
import { wholeLoad } from "../../workloads/workload.ts";
import { Recorder } from "../record/recorder.ts";
import { startDirect } from "../runtimes/testing/direct-cluster.ts";
import { ClientGroup } from "./client-group.ts";
import { summarizeLatency } from "./latency.ts";

const clock = realClock();

/** The p99 of the response times of all operations that succeeded, in microseconds. */
async function stalledP99(load: Load): Promise<number> {
  const { nodes, stop } = await startDirect(reference.deployment, { size: 1, clock });
  try {
    const [node] = nodes;
    if (node === undefined) throw new Error("no node");
    while (!(await reference.ready(node.endpoint, { clock, timeoutMs: 2000 })))
      await sleep(clock, millis(100));
    const events: HistoryEvent[] = [];
    const recorder = new Recorder(clock, (event) => events.push(event));
    const group = new ClientGroup({
      clock,
      adapter: reference,
      workload: register,
      run: testRun({ nodes: [node.id] }),
      endpoints: [node.endpoint],
      connect: { clock, timeoutMs: 20_000 },
      load,
      opened: 4,
      random: createRandom(1),
      share: wholeLoad,
      recorder,
      onError: (reason) => {
        throw reason;
      },
    });
    await group.open();
    recorder.begin();
    group.start(clock.now());
    await sleep(clock, seconds(4));
    await node.pause();
    await sleep(clock, seconds(2));
    await node.resume();
    await sleep(clock, seconds(4));
    await group.stop();
    await group.close();
    const all = operations(events).map((operation) => ({ ...operation, call: { f: "any" } }));
    const summary = summarizeLatency(all).find(
      ({ outcome, measure }) => outcome === "ok" && measure === "response",
    );
    return summary?.p99 ?? Number.NaN;
  } finally {
    await stop();
  }
}

it("an open loop's p99 shows a stall that a closed loop's hides", async () => {
  const open = await stalledP99({ kind: "open", rate: 60, processes: 400, seconds: 10 });
  const closed = await stalledP99({ kind: "closed", processes: 1, seconds: 10 });
  expect(open).toBeGreaterThan(1_000_000);
  // One of its operations met the stall, of hundreds: its p99 is near what an operation takes.
  expect(closed).toBeLessThan(open / 5);
});
