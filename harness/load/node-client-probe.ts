import { readFileSync } from "node:fs";
import { type EventLoopUtilization, PerformanceObserver, performance } from "node:perf_hooks";
import type { ClientProbe } from "./client-probe.ts";

/** Watches this Node process: how long its event loop was busy, waited for a processor, and collected garbage. */
export function realClientProbe(): ClientProbe {
  let before: EventLoopUtilization | undefined;
  let gcMs = 0;
  let usedBefore = process.cpuUsage();
  let waitedBefore = waitedMs();
  const add = (list: { getEntries(): readonly { duration: number }[] }) => {
    for (const entry of list.getEntries()) gcMs += entry.duration;
  };
  const collections = new PerformanceObserver(add);
  return {
    start() {
      gcMs = 0;
      before = performance.eventLoopUtilization();
      usedBefore = process.cpuUsage();
      waitedBefore = waitedMs();
      collections.observe({ entryTypes: ["gc"] });
    },
    stop() {
      add({ getEntries: () => collections.takeRecords() });
      collections.disconnect();
      const { user, system } = process.cpuUsage(usedBefore);
      const { utilization, active, idle } = performance.eventLoopUtilization(before);
      const length = active + idle;
      const waited = waitedMs();
      return {
        eventLoopUtilization: utilization,
        gcMs,
        cpuShare: (user + system) / 1000 / length,
        ...(waited !== undefined &&
          waitedBefore !== undefined && { waitShare: Math.min(1, (waited - waitedBefore) / length) }),
      };
    },
  };
}

/** How long the main thread was ready to run and had no processor. Only Linux says it. */
function waitedMs(): number | undefined {
  try {
    const [, waited] = readFileSync("/proc/self/schedstat", "utf8").split(" ");
    return Number(waited) / 1e6;
  } catch {
    return undefined;
  }
}
