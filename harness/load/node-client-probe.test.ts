import { expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { realClock } from "../../core/real-clock.ts";
import { millis } from "../../core/time.ts";
import { realClientProbe } from "./node-client-probe.ts";

/** Keeps the event loop busy, and the garbage collector too. */
function work(): number {
  let length = 0;
  for (let i = 0; i < 2000; i++) length += Array.from({ length: 1000 }, (_, n) => `${i}-${n}`).length;
  return length;
}

it("distinguishes a busy event loop from an idle one, and sees garbage collected", async () => {
  const clock = realClock();
  const probe = realClientProbe();
  probe.start();
  await sleep(clock, millis(200));
  const idle = probe.stop();
  probe.start();
  for (let i = 0; i < 10; i++) {
    work();
    await sleep(clock, millis(1));
  }
  const busy = probe.stop();
  expect(idle.eventLoopUtilization).toBeGreaterThanOrEqual(0);
  expect(busy.eventLoopUtilization).toBeGreaterThan(0.8);
  expect(busy.eventLoopUtilization).toBeGreaterThan(idle.eventLoopUtilization);
  expect(busy.gcMs).toBeGreaterThan(idle.gcMs);
});
