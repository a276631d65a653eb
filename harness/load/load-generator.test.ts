import { describe, expect, it } from "vitest";
import type { Capability, ClientWith } from "../../adapters/client/client.ts";
import { sleep } from "../../core/clock.ts";
import { type HistoryEvent, isInvocation, operations } from "../../core/history.ts";
import { type Call, nodeId } from "../../core/op.ts";
import type { Load } from "../../core/run.ts";
import { millis, type Nanos, nanos, seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import type { Actor } from "../../workloads/workload.ts";
import { Recorder } from "../record/recorder.ts";
import { ClientProcess } from "./client-process.ts";
import { summarizeLatency } from "./latency.ts";
import { meanConcurrency } from "./little.ts";
import { LoadGenerator } from "./load-generator.ts";

interface Server {
  /** How long an operation takes that arrives at `at`, a time since the run began. */
  service(at: Nanos): Nanos;
}

const client = { close: async () => {}, abandon: () => {} } as unknown as ClientWith<Capability>;

/** Loads `server` for so many seconds of virtual time. */
async function drive(load: Load, server: Server) {
  const clock = new VirtualClock();
  const events: HistoryEvent[] = [];
  const recorder = new Recorder(clock, (event) => events.push(event));
  const context = { clock, recorder, timeoutMs: 10_000, connect: async () => client };
  const actor: Actor<Capability, Call> = {
    next: () => ({ f: "read", key: "k" }),
    async perform() {
      await sleep(clock, server.service(recorder.now()));
      return { value: 1 };
    },
  };
  const stride = load.processes;
  const processes = Array.from(
    { length: stride },
    (_, slot) => new ClientProcess(context, { slot, stride, node: nodeId("n1") }, actor),
  );
  const errors: unknown[] = [];
  const onError = (reason: unknown) => errors.push(reason);
  const generate = new LoadGenerator({ clock, load, processes, onError });
  const end = await clock.run(async () => {
    recorder.begin();
    generate.start();
    await sleep(clock, seconds(load.seconds));
    const stoppedAt = recorder.now();
    await generate.stop();
    return stoppedAt;
  });
  expect(errors).toEqual([]);
  return { events, all: operations(events), end, generate };
}

const invokes = (events: readonly HistoryEvent[]) => events.filter(isInvocation);
const steady = (ms: number): Server => ({ service: () => millis(ms) });
const open = (rate: number, processes: number, length: number): Load => ({
  kind: "open",
  rate,
  processes,
  seconds: length,
});
const closed = (processes: number, length: number): Load => ({ kind: "closed", processes, seconds: length });
const p99 = (all: Parameters<typeof summarizeLatency>[0], measure: "response" | "service") =>
  summarizeLatency(all).find((summary) => summary.measure === measure)?.p99 ?? Number.NaN;

/** Answers in a millisecond, but for two seconds from the fourth on it answers nothing. */
const stalling: Server = {
  service: (at) => {
    const [from, to] = [seconds(4), seconds(6)];
    return at >= from && at < to ? nanos(to - at + millis(1)) : millis(1);
  },
};

describe("an open load", () => {
  it("starts operations evenly, the processes in turn", async () => {
    const { events } = await drive(open(100, 4, 1), steady(1));
    const starts = invokes(events).map(({ time, process }) => [time / 1e6, process]);
    expect(starts).toEqual(Array.from({ length: 100 }, (_, i) => [i * 10, i % 4]));
  });

  it("keeps its rate when answers are late, and says when operations were meant to start", async () => {
    const { events } = await drive(open(100, 1, 2), {
      service: (at) => (at < seconds(0.5) ? millis(200) : millis(1)),
    });
    const late = invokes(events).filter(({ intended }) => intended !== undefined);
    expect(late.length).toBeGreaterThan(10);
    const meant = invokes(events).map(({ time, intended }) => (intended ?? time) / 1e6);
    expect(meant).toEqual(Array.from({ length: 200 }, (_, i) => i * 10));
  });

  it("lets a process ask one thing at a time, and the next at once when it is late", async () => {
    const { all } = await drive(open(100, 1, 1), steady(25));
    for (const [i, operation] of all.entries()) {
      expect(operation.invokedAt).toBe(i * 25e6);
      expect(operation.intendedAt ?? operation.invokedAt).toBe(i * 10e6);
    }
  });

  it("counts what was due and never sent", async () => {
    const { generate } = await drive(open(100, 1, 1), steady(25));
    expect(generate.backlog).toBeGreaterThanOrEqual(59);
    expect(generate.backlog).toBeLessThanOrEqual(63);
  });

  it("shows a stall in the response time and hides it from the service time", async () => {
    const { all } = await drive(open(2000, 100, 10), stalling);
    expect(p99(all, "response")).toBeGreaterThan(1_900_000);
    expect(p99(all, "service")).toBeLessThan(2000);
  });

  it("has no lag of its own in virtual time, however slow the answers", async () => {
    const { generate } = await drive(open(100, 1, 1), steady(25));
    expect(generate.sendLagMsP99).toBe(0);
  });
});

describe("a closed load", () => {
  it("asks again as soon as it has its answer", async () => {
    const { all } = await drive(closed(2, 1), steady(10));
    expect(all).toHaveLength(200);
    expect(all.map(({ invokedAt }) => invokedAt / 1e6)).toEqual(
      Array.from({ length: 200 }, (_, i) => Math.floor(i / 2) * 10),
    );
  });

  it("has as many operations under way as it has clients (Little's law)", async () => {
    const { all, end } = await drive(closed(7, 10), { service: (at) => millis(1 + (at % 7)) });
    expect(meanConcurrency(all, nanos(0), end)).toBeCloseTo(7, 5);
    expect((all.length / 10) * meanSeconds(all)).toBeGreaterThan(7 * 0.97);
  });

  it("hides a stall of two seconds that an open load shows more than a hundredfold (wrk2's gap)", async () => {
    const [openly, closely] = await Promise.all([
      drive(open(2000, 100, 10), stalling),
      drive(closed(2, 10), stalling),
    ]);
    expect(p99(openly.all, "response")).toBeGreaterThan(100 * p99(closely.all, "response"));
  });
});

const meanSeconds = (all: readonly { invokedAt: number; completedAt: number }[]): number =>
  all.reduce((sum, { invokedAt, completedAt }) => sum + completedAt - invokedAt, 0) / all.length / 1e9;
