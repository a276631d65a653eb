import { describe, expect, it } from "vitest";
import type { Capability, ClientWith } from "../../adapters/client/client.ts";
import { sleep } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { type HistoryEvent, operations } from "../../core/history.ts";
import { type Call, nodeId, type Operation } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { millis, type Nanos, nanos, seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { type Actor, wholeLoad } from "../../workloads/workload.ts";
import { Recorder } from "../record/recorder.ts";
import { arrivalsOf } from "./arrivals.ts";
import { ClientProcess } from "./client-process.ts";
import { OpenLoad } from "./open-load.ts";
import { isRetried, waitAfter } from "./retries.ts";

const client = { close: async () => {}, abandon: () => {} } as unknown as ClientWith<Capability>;
const fault = { from: seconds(10), to: seconds(20) };

/** A server that does one thing at a time, in order, also what nobody waits for any more; in the fault it does nothing. */
class Queue {
  #freeAt: Nanos = nanos(0);

  /** Takes a request on at `now`, and returns how long its answer takes. */
  take(now: Nanos): Nanos {
    const start = Math.max(now, this.#freeAt);
    const begin = start >= fault.from && start < fault.to ? fault.to : start;
    this.#freeAt = nanos(begin + millis(10));
    return nanos(this.#freeAt - now);
  }
}

/** Loads the queue, which does 100 operations a second, for 60 s of virtual time. */
async function drive(rate: number, retries: number): Promise<readonly Operation[]> {
  const clock = new VirtualClock();
  const events: HistoryEvent[] = [];
  const recorder = new Recorder(clock, (event) => events.push(event));
  const queue = new Queue();
  const actor: Actor<Capability, Call> = {
    next: () => ({ f: "read", key: "k" }),
    async perform() {
      const lasts = queue.take(recorder.now());
      const timeout = seconds(1);
      await sleep(clock, nanos(Math.min(lasts, timeout)));
      if (lasts > timeout) throw new ClientError("timeout", "no answer");
      return { value: 1 };
    },
  };
  const node = nodeId("n1");
  const make = (slot: number) =>
    new ClientProcess(
      { clock, recorder, timeoutMs: 10_000, connect: async () => client },
      { id: slot, stride: 1000, node },
      actor,
    );
  const load = { kind: "open", rate, processes: 1000, seconds: 60, retries } as const;
  const onError = (reason: unknown) => {
    throw reason;
  };
  const context = { clock, share: wholeLoad, nodes: [node], bound: 1000, opened: 4, make, onError };
  const driver = new OpenLoad(
    context,
    arrivalsOf(load, wholeLoad, createRandom(1)),
    retries === 0 ? undefined : { most: retries, random: createRandom(2) },
  );
  await clock.run(async () => {
    recorder.begin();
    await driver.open();
    driver.start(clock.now(), clock.now());
    await sleep(clock, seconds(load.seconds));
    await driver.stop();
  });
  return operations(events);
}

/** Requests that were due in the last ten seconds but two, and succeeded. */
const lateSuccesses = (all: readonly Operation[]): number =>
  all.filter(
    ({ outcome, intendedAt, invokedAt }) =>
      outcome.type === "ok" &&
      (intendedAt ?? invokedAt) >= seconds(48) &&
      (intendedAt ?? invokedAt) < seconds(58),
  ).length;

describe("an open load with retries", () => {
  it("keeps a queue down that recovers without them: a metastable failure", async () => {
    expect(lateSuccesses(await drive(70, 0))).toBe(700);
    expect(lateSuccesses(await drive(70, 3))).toBeLessThan(70);
  });

  it("recovers where the load leaves room for the retries", async () => {
    expect(lateSuccesses(await drive(20, 3))).toBe(200);
  });

  it("asks at most that often, and counts all attempts from when the request was due", async () => {
    const all = await drive(20, 3);
    const attempts = new Map<number, Operation[]>();
    for (const operation of all) {
      const due = operation.intendedAt ?? operation.invokedAt;
      attempts.set(due, [...(attempts.get(due) ?? []), operation]);
    }
    const counts = [...attempts.values()].map((each) => each.length);
    expect(Math.max(...counts)).toBe(4);
    expect(all.length).toBeGreaterThan(attempts.size);
    for (const each of attempts.values())
      expect(each.slice(0, -1).every(({ outcome }) => outcome.type === "info")).toBe(true);
  });

  it("is the same with the same seed", async () => {
    expect(await drive(20, 3)).toEqual(await drive(20, 3));
  });
});

describe("a retry", () => {
  it("follows what is unknown or may pass, and no answer", () => {
    const failed = (code: "mismatch" | "no-leader") =>
      isRetried({ type: "fail", error: { code, definite: true, message: "" } });
    expect(failed("no-leader")).toBe(true);
    expect(failed("mismatch")).toBe(false);
    expect(isRetried({ type: "info", error: { code: "timeout", definite: false, message: "" } })).toBe(true);
    expect(isRetried({ type: "ok", output: {} })).toBe(false);
  });

  it("waits twice as long each time, up to 2 s, half of it at random", () => {
    const retries = { most: 9, random: createRandom(1) };
    for (const [attempt, longest] of [
      [1, 100],
      [2, 200],
      [3, 400],
      [9, 2000],
    ] as const) {
      const wait = waitAfter(attempt, retries);
      expect(wait).toBeGreaterThanOrEqual(millis(longest / 2));
      expect(wait).toBeLessThanOrEqual(millis(longest));
    }
  });
});
