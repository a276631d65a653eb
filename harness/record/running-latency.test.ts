import { expect, it } from "vitest";
import { millis, nanos } from "../../core/time.ts";
import { countsSince, quantileOf, RunningLatency, sumOfCounts } from "./running-latency.ts";

it("quantiles of running latencies are right to 10%, over several sources, and since a moment", () => {
  const [a, b] = [new RunningLatency(), new RunningLatency()];
  for (let ms = 1; ms <= 1000; ms++) (ms % 2 === 0 ? a : b).add(millis(ms));
  const both = sumOfCounts([a.counts, b.counts]);
  expect(Math.abs((quantileOf(both, 0.5) ?? 0) / millis(500) - 1)).toBeLessThan(0.1);
  expect(Math.abs((quantileOf(both, 0.99) ?? 0) / millis(990) - 1)).toBeLessThan(0.1);
  for (let i = 0; i < 10; i++) a.add(millis(3));
  const later = countsSince(sumOfCounts([a.counts, b.counts]), both);
  expect(Math.abs((quantileOf(later, 0.99) ?? 0) / millis(3) - 1)).toBeLessThan(0.1);
});

it("there is no quantile of nothing, and the shortest and the longest times have a bucket", () => {
  const none = new RunningLatency();
  expect(quantileOf(none.counts, 0.5)).toBeUndefined();
  none.add(nanos(0));
  none.add(nanos(1e18));
  expect(quantileOf(none.counts, 1)).toBeGreaterThan(3.6e12);
});
