import { describe, expect, it } from "vitest";
import type { Capability, ClientWith } from "../../adapters/client/client.ts";
import { type Clock, sleep } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { type HistoryEvent, isInvocation, operations } from "../../core/history.ts";
import { type Call, nodeId } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import type { Load } from "../../core/run.ts";
import { millis, type Nanos, nanos, seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { type Actor, wholeLoad } from "../../workloads/workload.ts";
import { Recorder } from "../record/recorder.ts";
import { arrivalsOf } from "./arrivals.ts";
import { ClientProcess } from "./client-process.ts";
import { ClosedLoad } from "./closed-load.ts";
import { summarizeLatency } from "./latency.ts";
import { meanConcurrency } from "./little.ts";
import { OpenLoad } from "./open-load.ts";

interface Server {
  /** How long an operation takes that arrives at `at`, a time since the run began. */
  service(at: Nanos): Nanos;
}

const client = { close: async () => {}, abandon: () => {} } as unknown as ClientWith<Capability>;

/** Loads `server` for the load's length of virtual time. `refusing`: from then on node n1 refuses connections. */
async function drive(
  load: Load,
  server: Server,
  { nodes = 1, refusing = false, share = wholeLoad, askingMs = 0, begunMs = 0, goneMs = 0 } = {},
) {
  const virtual = new VirtualClock();
  let asking = 0;
  // Time that the generator spends on asking passes for it, and for nobody else.
  const clock: Clock = {
    now: () => nanos(virtual.now() + asking),
    date: () => virtual.date(),
    after: (delay, callback) => virtual.after(delay, callback),
  };
  const events: HistoryEvent[] = [];
  const recorder = new Recorder(clock, (event) => events.push(event));
  const actor: Actor<Capability, Call> = {
    next() {
      asking += millis(askingMs);
      return { f: "read", key: "k" };
    },
    async perform() {
      await sleep(clock, server.service(recorder.now()));
      return { value: 1 };
    },
  };
  const names = Array.from({ length: nodes }, (_, i) => nodeId(`n${i + 1}`));
  const make = (slot: number) => {
    const node = names[slot % nodes] ?? nodeId("n1");
    const connect = async () => {
      if (refusing && node === "n1") throw new ClientError("not-connected", "refused");
      return client;
    };
    const place = { id: slot, stride: load.processes, node };
    return new ClientProcess({ clock, recorder, timeoutMs: 10_000, connect }, place, actor);
  };
  const errors: unknown[] = [];
  const onError = (reason: unknown) => errors.push(reason);
  const context = { clock, share, nodes: names, bound: load.processes, opened: 4, make, onError };
  const driver =
    load.kind === "open"
      ? new OpenLoad(context, arrivalsOf(load, share, createRandom(1)))
      : new ClosedLoad(context);
  const end = await virtual.run(async () => {
    recorder.begin();
    await driver.open();
    driver.start(nanos(clock.now() - millis(begunMs)), nanos(clock.now() - millis(goneMs)));
    await sleep(clock, seconds(load.seconds));
    const stoppedAt = recorder.now();
    await driver.stop();
    return stoppedAt;
  });
  expect(errors).toEqual([]);
  return { events, all: operations(events), end, driver };
}

const invokes = (events: readonly HistoryEvent[]) => events.filter(isInvocation);
const steady = (ms: number): Server => ({ service: () => millis(ms) });
const open = (rate: number, processes: number, length: number): Load & { kind: "open" } => ({
  kind: "open",
  rate,
  processes,
  seconds: length,
});
const closed = (processes: number, length: number): Load => ({ kind: "closed", processes, seconds: length });
const p99 = (all: Parameters<typeof summarizeLatency>[0], measure: "response" | "service") =>
  summarizeLatency(all).find((summary) => summary.measure === measure)?.p99 ?? Number.NaN;

/** Answers nothing until then, and in a millisecond from then on. */
const stalledUntil = (end: Nanos): Server => ({
  service: (at) => (at < end ? nanos(end - at) : millis(1)),
});

/** Answers in a millisecond, but for two seconds from the fourth on it answers nothing. */
const stalling: Server = {
  service: (at) => {
    const [from, to] = [seconds(4), seconds(6)];
    return at >= from && at < to ? nanos(to - at + millis(1)) : millis(1);
  },
};

describe("an open load", () => {
  it("starts operations evenly, the nodes in turn", async () => {
    const { events } = await drive(open(100, 12, 1), steady(1), { nodes: 3 });
    const starts = invokes(events).map(({ time, node }) => [time / 1e6, node]);
    const expected = Array.from({ length: 100 }, (_, i) => [i * 10, `n${(i % 3) + 1}`]);
    expect(starts.slice(0, 100)).toEqual(expected);
  });

  it("keeps its rate when answers are late: each operation has a process of its own", async () => {
    const { all, driver } = await drive(open(100, 50, 2), steady(250));
    expect(all.map(({ invokedAt }) => invokedAt / 1e6).slice(0, 200)).toEqual(
      Array.from({ length: 200 }, (_, i) => i * 10),
    );
    expect(new Set(all.map(({ process }) => process)).size).toBe(25);
    expect(driver.unsent).toEqual([]);
  });

  it("connects ahead of the load as many processes as were asked for, and the others when they are needed", async () => {
    const { driver } = await drive(open(100, 50, 1), steady(1));
    expect(driver.processes).toHaveLength(4);
    const { driver: busy } = await drive(open(100, 50, 2), steady(250));
    expect(busy.processes).toHaveLength(25);
  });

  it("asks through as few processes as it can, those that were used last", async () => {
    const { all } = await drive(open(100, 50, 1), steady(1));
    expect(new Set(all.map(({ process }) => process)).size).toBe(1);
  });

  it("counts what is due while all processes of the node wait, once, and sends it never", async () => {
    const { all, driver } = await drive(open(100, 5, 1), stalledUntil(seconds(0.5)));
    const unsent = driver.unsent.reduce((sum, { count }) => sum + count, 0);
    expect(all.filter(({ invokedAt }) => invokedAt < 1e9)).toHaveLength(100 - unsent);
    // Five wait; what is due from 50 ms on, until they have their answers, is not sent.
    expect(unsent).toBe(45);
    expect(driver.unsent.map(({ at, count }) => [at / 1e6, count])).toEqual([
      [50, 10],
      [150, 10],
      [250, 10],
      [350, 10],
      [450, 5],
    ]);
  });

  it("lets no node's operations wait for another node", async () => {
    const { all } = await drive(open(300, 6, 1), steady(1), { nodes: 3, refusing: true });
    const others = all.filter(({ node }) => node !== "n1");
    expect(others.every(({ outcome }) => outcome.type === "ok")).toBe(true);
    expect(others).toHaveLength(200);
  });

  it("fails what is due at a node that refuses connections, each operation once, at its time", async () => {
    const { all } = await drive(open(300, 12, 1), steady(1), { nodes: 3, refusing: true });
    const refused = all.filter(({ node }) => node === "n1");
    expect(refused.map(({ invokedAt }) => Math.round(invokedAt / 1e6))).toEqual(
      Array.from({ length: 100 }, (_, i) => i * 10),
    );
    expect(refused.every(({ outcome }) => outcome.type === "fail")).toBe(true);
  });

  it("shows a stall in the response times of all operations that met it", async () => {
    const { all } = await drive(open(200, 1000, 10), stalling);
    expect(p99(all, "response")).toBeGreaterThan(1_900_000);
    const met = all.filter(({ invokedAt, completedAt }) => completedAt - invokedAt > millis(2));
    expect(met).toHaveLength(400);
  });

  it("counts a time-out at its full length, from when it was meant to start, as unknown", async () => {
    const silent: Server = { service: () => seconds(60) };
    const { all } = await drive(open(20, 200, 4), silent);
    const summaries = summarizeLatency(all);
    expect(summaries.map(({ outcome, measure, count }) => [outcome, measure, count])).toEqual([
      ["info", "response", 80],
      ["info", "service", 80],
    ]);
    for (const { p50, max } of summaries) {
      expect(p50).toBeGreaterThan(9_990_000);
      expect(max).toBeGreaterThan(9_990_000);
    }
  });

  it("reports how late it was where the generator itself cannot keep the rate, and counts it as response time", async () => {
    const { all, driver } = await drive(open(100, 200, 2), steady(1), { askingMs: 20 });
    // Each operation takes the generator 20 ms, and one is due every 10 ms: it falls behind by 10 ms with each.
    expect(driver.sendLag.getValueAtPercentile(50)).toBeGreaterThan(500_000);
    expect(driver.sendLag.maxValue).toBeGreaterThan(driver.sendLag.getValueAtPercentile(50));
    expect(p99(all, "response")).toBeGreaterThanOrEqual(driver.sendLag.getValueAtPercentile(99));
  });

  it("goes on with the same random times where another process was killed, and counts what was due meanwhile", async () => {
    const load = { ...open(200, 50, 2), arrivals: "poisson" } as const;
    const share = { index: 1, of: 2, generation: 1 };
    const next = arrivalsOf(load, { ...share, generation: 0 }, createRandom(1));
    const due: number[] = [];
    for (let at = next(); at < 3e9; at = next()) due.push(at);
    // It begins 1 s into the load; nobody was there for the last 400 ms.
    const { events, driver } = await drive(load, steady(1), { share, begunMs: 1000, goneMs: 400 });
    const sent = invokes(events).map(({ time, intended = time }) => intended + 1e9);
    expect(sent).toEqual(due.filter((at) => at > 1e9));
    const missed = due.filter((at) => at >= 0.6e9 && at <= 1e9).length;
    expect(driver.unsent.map(({ because }) => because)).toContain("stopped");
    expect(driver.unsent.reduce((sum, { count }) => sum + count, 0)).toBe(missed);
  });

  it("has no lag of its own in virtual time, however slow the answers", async () => {
    const { driver } = await drive(open(100, 50, 1), steady(250));
    expect(driver.sendLag.maxValue).toBe(0);
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
      drive(open(200, 1000, 10), stalling),
      drive(closed(2, 10), stalling),
    ]);
    expect(p99(openly.all, "response")).toBeGreaterThan(1_000_000);
    // One operation of each client met the stall, among thousands.
    expect(p99(closely.all, "response")).toBeLessThan(1_100);
    expect(p99(openly.all, "response")).toBeGreaterThan(100 * p99(closely.all, "response"));
  });
});

const meanSeconds = (all: readonly { invokedAt: number; completedAt: number }[]): number =>
  all.reduce((sum, { invokedAt, completedAt }) => sum + completedAt - invokedAt, 0) / all.length / 1e9;
