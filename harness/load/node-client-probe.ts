import { type EventLoopUtilization, PerformanceObserver, performance } from "node:perf_hooks";
import type { ClientProbe } from "./client-probe.ts";

/** Watches this Node process: the share of time that its event loop was busy, and the time that it collected garbage. */
export function realClientProbe(): ClientProbe {
  let before: EventLoopUtilization | undefined;
  let gcMs = 0;
  let usedBefore = process.cpuUsage();
  const add = (list: { getEntries(): readonly { duration: number }[] }) => {
    for (const entry of list.getEntries()) gcMs += entry.duration;
  };
  const collections = new PerformanceObserver(add);
  return {
    start() {
      gcMs = 0;
      before = performance.eventLoopUtilization();
      usedBefore = process.cpuUsage();
      collections.observe({ entryTypes: ["gc"] });
    },
    stop() {
      add({ getEntries: () => collections.takeRecords() });
      collections.disconnect();
      const { user, system } = process.cpuUsage(usedBefore);
      const { utilization, active, idle } = performance.eventLoopUtilization(before);
      return { eventLoopUtilization: utilization, gcMs, cpuShare: (user + system) / 1000 / (active + idle) };
    },
  };
}
