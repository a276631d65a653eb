/**
 * Closed-loop clients of the reference server, in a process of their own: each sends its next request when it has the
 * answer to the one before. A message says what to do; the process answers with one, then waits for the next.
 */
import { build } from "hdr-histogram-js";
import { openUnaryClient, type UnaryClient } from "./unary-client.ts";

export interface Phase {
  readonly operation: "put" | "linearizable" | "serializable";
  readonly clients: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Client ports of the nodes; clients are spread over them. */
  readonly ports: readonly number[];
}

export interface PhaseResult {
  readonly completed: number;
  readonly failed: number;
  readonly seconds: number;
  /** Milliseconds, of what completed within the measured time. */
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Share of the time in which this process was busy: near 1, it was the limit. */
  readonly utilisation: number;
}

const keys = 1_000;
const value = "v".repeat(256);

async function run(phase: Phase): Promise<PhaseResult> {
  const clients = await Promise.all(
    Array.from({ length: phase.clients }, (_, i) =>
      openUnaryClient(phase.ports[i % phase.ports.length] ?? 0),
    ),
  );
  const latency = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60e6,
    numberOfSignificantValueDigits: 3,
  });
  let measuring = false;
  let ended = false;
  let failed = 0;
  const loop = async (id: number) => {
    const client = clients[id];
    for (let i = id; client !== undefined && !ended; i += phase.clients) {
      const key = `bench-${i % keys}`;
      const begin = performance.now();
      try {
        await perform(client, phase.operation, key);
        if (measuring) latency.recordValue(Math.max(1, Math.round((performance.now() - begin) * 1e3)));
      } catch {
        if (measuring) failed++;
      }
    }
  };
  const loops = Promise.all(clients.map((_, id) => loop(id)));
  await new Promise((resolve) => setTimeout(resolve, phase.warmUpMs));
  measuring = true;
  const begin = performance.now();
  const before = performance.eventLoopUtilization();
  await new Promise((resolve) => setTimeout(resolve, phase.measureMs));
  measuring = false;
  const { utilization } = performance.eventLoopUtilization(before);
  const seconds = (performance.now() - begin) / 1e3;
  ended = true;
  await loops;
  for (const client of clients) client.close();
  return {
    completed: latency.totalCount,
    failed,
    seconds,
    mean: latency.mean / 1e3,
    p50: latency.getValueAtPercentile(50) / 1e3,
    p99: latency.getValueAtPercentile(99) / 1e3,
    max: latency.maxValue / 1e3,
    utilisation: utilization,
  };
}

const perform = (client: UnaryClient, operation: Phase["operation"], key: string): Promise<void> =>
  operation === "put" ? client.put(key, value) : client.range(key, operation === "serializable");

process.on("message", (phase: Phase) => {
  run(phase).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
