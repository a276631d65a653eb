import { describe, expect, it } from "vitest";
import type { Capability, ClientWith } from "../../adapters/client/client.ts";
import { sleep } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { type HistoryEvent, isClientEvent, isNotice } from "../../core/history.ts";
import { type Call, nodeId, type Outcome, type Result } from "../../core/op.ts";
import { millis, seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import type { Actor, At } from "../../workloads/workload.ts";
import { Recorder } from "../record/recorder.ts";
import { ClientProcess, type ProcessContext } from "./client-process.ts";

const call: Call = { f: "write", key: "k", value: 1 };

/** A process of twelve whose connections and answers the test decides. */
function setUp(parts: {
  connect?: (attempt: number) => Promise<void>;
  perform?: (attempt: number) => Promise<Result>;
  deadlineMs?: () => number;
}) {
  const clock = new VirtualClock();
  const events: HistoryEvent[] = [];
  const recorder = new Recorder(clock, (event) => events.push(event));
  const observed: Outcome["type"][] = [];
  const ats: At[] = [];
  const counts = { connects: 0, performs: 0, closed: 0, abandoned: 0 };
  const context: ProcessContext = {
    clock,
    recorder,
    timeoutMs: 1000,
    async connect() {
      const attempt = counts.connects++;
      await parts.connect?.(attempt);
      return {
        close: async () => void counts.closed++,
        abandon: () => void counts.abandoned++,
      } as unknown as ClientWith<Capability>;
    },
  };
  const actor: Actor<Capability, Call> = {
    next: () => call,
    observe: (_, outcome) => observed.push(outcome.type),
    perform(_client, _call, at) {
      ats.push(at);
      return parts.perform?.(counts.performs++) ?? Promise.resolve({ value: 1 });
    },
    ...(parts.deadlineMs !== undefined && { deadlineMs: parts.deadlineMs }),
  };
  const process = new ClientProcess(context, { id: 3, stride: 12, node: nodeId("n2") }, actor);
  const run = <T>(task: () => Promise<T>) =>
    clock.run(() => {
      recorder.begin();
      return task();
    });
  const ask = (whileRefused: "fail" | "wait" = "fail") => process.perform(call, { whileRefused });
  const outcomes = () => events.filter(isClientEvent).filter(({ type }) => type !== "invoke");
  return { clock, events, observed, ats, counts, process, run, ask, outcomes };
}

const failing = (error: ClientError) => () => Promise.reject(error);

describe("a process", () => {
  it("records an invocation and its outcome under its id and node", async () => {
    const { run, ask, events } = setUp({ perform: async () => ({ value: 1, revision: 9 }) });
    await run(() => ask());
    const common = { process: 3, f: "write", key: "k", value: 1, node: "n2" };
    expect(events).toEqual([
      { index: 0, time: 0, type: "invoke", ...common },
      { index: 1, time: 0, type: "ok", ...common, revision: 9 },
    ]);
  });

  it("goes on under its id after a definite failure, on the same connection", async () => {
    const { run, ask, process, counts, outcomes } = setUp({
      perform: failing(new ClientError("mismatch", "it is 4")),
    });
    await run(async () => {
      await ask();
      await ask();
    });
    expect(process.id).toBe(3);
    expect(counts).toMatchObject({ connects: 1, closed: 0, abandoned: 0 });
    expect(outcomes()[0]).toMatchObject({ type: "fail", error: "mismatch", message: "it is 4", value: 1 });
  });

  it("ends with an unknown outcome: the next has a new id and a new connection", async () => {
    const timeouts = [new ClientError("timeout", "late"), new ClientError("connection-lost", "gone")];
    const { run, ask, process, counts, outcomes } = setUp({
      perform: async (attempt) => {
        const error = timeouts[attempt];
        if (error !== undefined) throw error;
        return { value: 1 };
      },
    });
    await run(async () => {
      for (let i = 0; i < 3; i++) await ask();
      await process.close();
    });
    expect(outcomes().map(({ process, type }) => [process, type])).toEqual([
      [3, "info"],
      [15, "info"],
      [27, "ok"],
    ]);
    // The two that died closed nothing: what they held at the node stays until it expires.
    expect(counts).toMatchObject({ connects: 3, abandoned: 2, closed: 1 });
  });

  it("takes what it has no name for as unknown", async () => {
    const { run, ask, outcomes } = setUp({ perform: () => Promise.reject(new Error("what?")) });
    await run(() => ask());
    expect(outcomes()[0]).toMatchObject({ type: "info", error: "unknown", message: "what?" });
  });

  it("lets its actor know what became of each call, also through the deaths of processes", async () => {
    const { run, ask, observed } = setUp({ perform: failing(new ClientError("timeout", "late")) });
    await run(async () => {
      await ask();
      await ask();
    });
    expect(observed).toEqual(["info", "info"]);
  });

  it("records notices as of the invocation that subscribed, until the process ends", async () => {
    const { run, ask, ats, process, events } = setUp({});
    await run(async () => {
      await ask();
      await ask();
      ats[0]?.notice({ f: "event", key: "k", value: 7, revision: 12 });
      await process.close();
      ats[0]?.notice({ f: "event", key: "k", value: 8 });
    });
    const notices = events.filter(isNotice);
    const place = { type: "notice", process: 3, node: "n2", of: 0 };
    expect(notices).toEqual([{ index: 4, time: 0, ...place, f: "event", key: "k", value: 7, revision: 12 }]);
  });

  it("calls off what is under way for a process that has died", async () => {
    const { run, ask, ats } = setUp({
      perform: (attempt) => (attempt === 0 ? Promise.resolve({}) : new Promise(() => {})),
    });
    await run(async () => {
      await ask();
      expect(ats[0]?.ask.signal?.aborted).toBe(false);
      await ask();
    });
    expect(ats.map(({ ask: { signal } }) => signal?.aborted)).toEqual([true, true]);
  });

  it("gives an operation the deadline that its actor names", async () => {
    const { run, ask, ats, outcomes } = setUp({
      perform: () => new Promise(() => {}),
      deadlineMs: () => 3000,
    });
    await run(() => ask());
    expect(ats[0]?.ask.timeoutMs).toBe(3000);
    expect(outcomes()[0]).toMatchObject({ type: "info", error: "timeout", time: 3.5e9 });
  });

  it("does not wait endlessly for an adapter that misses its own deadline", async () => {
    const { run, ask, outcomes } = setUp({ perform: () => new Promise(() => {}) });
    await run(() => ask());
    expect(outcomes()[0]).toMatchObject({ type: "info", error: "timeout", time: 1.5e9 });
  });
});

describe("a process whose node refuses connections", () => {
  const refused = async () => {
    throw new ClientError("not-connected", "refused");
  };

  it("fails definitely: nothing was sent", async () => {
    const { run, ask, outcomes, counts } = setUp({ connect: refused });
    await run(() => ask());
    expect(outcomes()[0]).toMatchObject({ type: "fail", error: "not-connected", process: 3 });
    expect(counts.performs).toBe(0);
  });

  it("fails definitely even where connecting timed out or broke", async () => {
    const { run, ask, outcomes } = setUp({
      connect: async (attempt) => {
        throw new ClientError(attempt === 0 ? "timeout" : "connection-lost", "no");
      },
    });
    await run(async () => {
      await ask("wait");
      await ask("wait");
    });
    expect(outcomes().map(({ type, error }) => [type, error])).toEqual([
      ["fail", "not-connected"],
      ["fail", "not-connected"],
    ]);
  });

  it("keeps a definite reason of its own", async () => {
    const { run, ask, outcomes } = setUp({
      connect: async () => {
        throw new ClientError("unauthenticated", "wrong password");
      },
    });
    await run(() => ask());
    expect(outcomes()[0]).toMatchObject({ type: "fail", error: "unauthenticated" });
  });

  it("asks it for a connection ten times a second at most, however often it has to fail", async () => {
    const { run, ask, outcomes, counts, clock } = setUp({ connect: refused });
    await run(async () => {
      for (let i = 0; i < 100; i++) {
        await ask("fail");
        await sleep(clock, millis(10));
      }
    });
    expect(outcomes()).toHaveLength(100);
    expect(counts.connects).toBe(10);
  });

  it("waits for the next attempt where it has no schedule to keep", async () => {
    const { run, ask, outcomes } = setUp({ connect: refused });
    await run(async () => {
      for (let i = 0; i < 4; i++) await ask("wait");
    });
    expect(outcomes().map(({ time }) => time / 1e6)).toEqual([0, 100, 200, 300]);
  });

  it("connects again after an operation reported that the connection is gone", async () => {
    const { run, ask, outcomes, counts } = setUp({
      perform: async (attempt) => {
        if (attempt === 0) throw new ClientError("not-connected", "socket closed");
        return { value: 1 };
      },
    });
    await run(async () => {
      await ask("wait");
      await ask("wait");
    });
    expect(outcomes().map(({ type }) => type)).toEqual(["fail", "ok"]);
    expect(counts).toMatchObject({ connects: 2, closed: 1, abandoned: 0 });
  });

  it("closes a connection that comes up too late", async () => {
    const { run, ask, outcomes, counts, clock } = setUp({
      connect: async (attempt) => {
        if (attempt === 0) await sleep(clock, seconds(3));
      },
    });
    await run(async () => {
      await ask();
      await sleep(clock, seconds(3));
    });
    expect(outcomes()[0]).toMatchObject({ type: "fail", error: "not-connected", time: 1.5e9 });
    expect(counts.closed).toBe(1);
  });
});
