import { describe, expect, it } from "vitest";
import type { FaultWindow } from "../../core/fault.ts";
import { nodeId, type Operation } from "../../core/op.ts";
import type { LatencySummary, WorkerHealth } from "../../core/run.ts";
import { nanos } from "../../core/time.ts";
import { clientHealth, reportedLatency } from "./client-health.ts";

const worker = (parts: Partial<WorkerHealth> = {}): WorkerHealth => ({
  sendLagMsP99: 0,
  eventLoopUtilization: 0.2,
  gcMs: 0,
  cpuShare: 0.1,
  ...parts,
});
const latency = (f: string, p99: number, parts: Partial<LatencySummary> = {}): LatencySummary => ({
  f,
  outcome: "ok",
  measure: "response",
  count: 1000,
  mean: p99,
  p50: p99,
  p95: p99,
  p99,
  p999: p99,
  max: p99,
  spectrum: [],
  ...parts,
});

describe("the latencies that are reported", () => {
  const operation = (process: number, second: number, tookMs: number): Operation => ({
    process,
    node: nodeId("n1"),
    call: { f: "read", key: "k" },
    outcome: { type: "ok", output: {} },
    invokedAt: nanos(second * 1e9),
    completedAt: nanos(second * 1e9 + tookMs * 1e6),
    callIndex: 0,
    returnIndex: 1,
  });
  const struck: FaultWindow = {
    id: 1,
    name: "pause",
    summary: "pause n1",
    nodes: [nodeId("n1")],
    cut: [],
    from: nanos(10e9),
    to: nanos(12e9),
  };
  const times = Array.from({ length: 400 }, (_, i) => i / 20);
  const p99s = (operations: readonly Operation[]) =>
    reportedLatency(operations, [struck], { stride: 8, loadProcesses: 4 })
      .filter(({ measure }) => measure === "response")
      .map(({ count, p99 }) => [count, Math.round(p99 / 1000)]);

  it("are of the whole load, and of what was due while no fault made it slow", () => {
    const operations = times.map((second) => operation(1, second, second >= 10 && second <= 15 ? 500 : 2));
    expect(p99s(operations)).toEqual([
      [400, 500],
      [299, 2],
    ]);
  });

  it("are not of clients that ask at their own pace", () => {
    const aside = times.map((second) => operation(5, second, 1));
    const operations = times.map((second) => operation(2, second, 3));
    expect(p99s([...operations, ...aside])).toEqual([
      [400, 3],
      [299, 3],
    ]);
  });
});

describe("the load generator limits a run", () => {
  it("if its event loop was more than 85% busy", () => {
    const { limited } = clientHealth([worker({ eventLoopUtilization: 0.86 })], []);
    expect(limited).toBe("the load generator's event loop was 86% busy");
  });

  it("if it was late by more than a tenth of the lowest p99 that is reported", () => {
    const reported = [latency("write", 90_000), latency("read", 20_000)];
    const { limited } = clientHealth([worker({ sendLagMsP99: 2.1 })], reported);
    expect(limited).toBe(
      "the load generator sent operations 2.1 ms late (p99), more than a tenth of the 20.0 ms of a read (p99)",
    );
    expect(clientHealth([worker({ sendLagMsP99: 2 })], reported).limited).toBeUndefined();
  });

  it("if a closed loop reached more than 80% of what its clients alone can do", () => {
    const { limited, ceiling } = clientHealth([worker()], [], { reached: 4100, ceiling: 5000 });
    expect(ceiling).toBe(5000);
    expect(limited).toBe(
      "4100 operations/s were answered, and the clients alone reached 5000/s, against a server that answers at once",
    );
    expect(clientHealth([worker()], [], { reached: 3900, ceiling: 5000 }).limited).toBeUndefined();
  });

  it("whatever the service time, errors, or an operation that was hardly asked say", () => {
    const others = [
      latency("read", 10, { measure: "service" }),
      latency("read", 10, { outcome: "fail" }),
      latency("read", 10, { count: 99 }),
    ];
    const health = (p99: number) =>
      clientHealth([worker({ sendLagMsP99: 2 })], [...others, latency("write", p99)]);
    expect(health(20_000).limited).toBeUndefined();
    expect(health(19_000).limited).toContain("of a write");
  });

  it("says that it waited for a processor, and names the worker", () => {
    const workers = [worker({ eventLoopUtilization: 0.9, waitShare: 0.69, sendLagMsP99: 1 }), worker()];
    const health = clientHealth(workers, []);
    expect(health).toMatchObject({ eventLoopUtilization: 0.9, sendLagMsP99: 1, workers });
    expect(health.limited).toBe(
      "the load generator's event loop was 90% busy; it waited for a processor 69% of the time (w1 90% busy, 1.0 ms late; w2 20% busy, 0.0 ms late)",
    );
  });
});
