import { expect, it } from "vitest";
import { sleep } from "../../../core/clock.ts";
import { millis, nanos, toMillis } from "../../../core/time.ts";
import { VirtualClock } from "../../../core/virtual-clock.ts";
import type { Method } from "./methods.ts";
import { slowDown } from "./slow-down.ts";

const methodOf = (call: () => Promise<{ answer: number }>): Method => ({
  service: "s",
  name: "m",
  path: "/m",
  call,
});

/** Milliseconds that a request which takes `ms` takes when it is slowed by `percent`, and how many of them its thread was blocked. */
async function slowed(ms: number, percent: number) {
  const clock = new VirtualClock();
  const method = methodOf(async () => {
    await sleep(clock, nanos(ms * 1e6));
    return { answer: 1 };
  });
  let blocked = 0;
  const [slow] = slowDown([method], percent, clock, (rest) => {
    blocked += rest;
  });
  expect(await clock.run(async () => slow?.call({} as never))).toEqual({ answer: 1 });
  return { took: toMillis(clock.now()) + blocked, blocked };
}

it("a slowed request has the same answer, and takes longer by exactly its share", async () => {
  for (const [ms, percent, took] of [
    [20, 50, 30],
    [0.4, 20, 0.48],
    [3, 20, 3.6],
    [7.5, 100, 15],
  ] as const)
    expect((await slowed(ms, percent)).took).toBeCloseTo(took, 5);
});

it("blocks the thread only for the last milliseconds of the wait, for which timers are too coarse", async () => {
  expect((await slowed(100, 50)).blocked).toBeLessThan(2);
  expect((await slowed(0.4, 20)).blocked).toBeCloseTo(0.08, 5);
});

it("a slowed request fails as it would, as late as it would be answered", async () => {
  const clock = new VirtualClock();
  const failing = methodOf(async () => {
    await sleep(clock, millis(20));
    throw new Error("no");
  });
  const [slow] = slowDown([failing], 100, clock, () => {});
  await expect(clock.run(async () => slow?.call({} as never))).rejects.toThrow("no");
  expect(toMillis(clock.now())).toBeGreaterThan(20);
});

it("a request that is not slowed is left as it is", () => {
  const methods = [methodOf(async () => ({ answer: 1 }))];
  expect(slowDown(methods, 0, new VirtualClock())).toBe(methods);
});
