import { expect, it } from "vitest";
import { sleep } from "../../../core/clock.ts";
import { realClock } from "../../../core/real-clock.ts";
import { millis } from "../../../core/time.ts";
import type { Method } from "./methods.ts";
import { slowDown } from "./slow-down.ts";

const clock = realClock();
const method: Method = {
  service: "s",
  name: "m",
  path: "/m",
  call: async () => {
    await sleep(clock, millis(20));
    return { answer: 1 };
  },
};

it("a slowed request has the same answer, and takes at least that much longer", async () => {
  const [slowed] = slowDown([method], 50, clock);
  const began = clock.now();
  expect(await slowed?.call({} as never)).toEqual({ answer: 1 });
  // The timer of 20 ms may fire up to 1 ms early by the finer clock.
  expect(clock.now() - began).toBeGreaterThanOrEqual(1.5 * millis(19));
});

it("a slowed request fails as it would", async () => {
  const [slowed] = slowDown([{ ...method, call: () => Promise.reject(new Error("no")) }], 50, clock);
  await expect(slowed?.call({} as never)).rejects.toThrow("no");
});

it("a request that is not slowed is left as it is", () => {
  const methods = [method];
  expect(slowDown(methods, 0, clock)).toBe(methods);
});
