import { expect, it } from "vitest";
import { millis, seconds } from "../../core/time.ts";
import { RunningLatency } from "../record/running-latency.ts";
import { Recent } from "./recent.ts";

it("the recent speed is that of the last five seconds, and nothing at first", () => {
  const latency = new RunningLatency();
  const recent = new Recent();
  const at = (second: number, ok: number, ms: number) => {
    for (let i = 0; i < 100; i++) latency.add(millis(ms));
    return recent.note({ at: seconds(second), ok, latency: latency.counts });
  };
  expect(at(0, 100, 900)).toBeUndefined();
  for (let second = 1; second < 10; second++) at(second, 100 * (second + 1), second < 5 ? 900 : 2);
  const speed = at(10, 1100, 2);
  expect(speed?.perSecond).toBeCloseTo(100, 6);
  expect(speed?.p99).toBeLessThan(millis(3));
});
