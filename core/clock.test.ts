import { describe, expect, it } from "vitest";
import { sleep, withTimeout } from "./clock.ts";
import { realClock } from "./real-clock.ts";
import { millis, nanos, seconds } from "./time.ts";
import { VirtualClock } from "./virtual-clock.ts";

describe("the virtual clock", () => {
  it("jumps from timer to timer, in order of their time and then of their making", async () => {
    const clock = new VirtualClock();
    const fired: [string, number][] = [];
    const at = (name: string, delay: number) =>
      clock.after(millis(delay), () => fired.push([name, clock.now() / 1e6]));
    at("late", 20);
    at("first", 10);
    at("second", 10);
    await clock.run(() => sleep(clock, millis(30)));
    expect(fired).toEqual([
      ["first", 10],
      ["second", 10],
      ["late", 20],
    ]);
    expect(clock.now()).toBe(millis(30));
  });

  it("lets every promise go on before time does", async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    await clock.run(async () => {
      const chain = async () => {
        for (let i = 0; i < 100; i++) await Promise.resolve();
        seen.push(clock.now());
      };
      await Promise.all([chain(), sleep(clock, seconds(1))]);
    });
    expect(seen).toEqual([0]);
  });

  it("never calls back at once, even without a delay", async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.after(nanos(-5), () => order.push("timer"));
    order.push("after");
    await clock.run(() => sleep(clock, nanos(0)));
    expect(order).toEqual(["after", "timer"]);
    expect(clock.now()).toBe(0);
  });

  it("does not call what was cancelled", async () => {
    const clock = new VirtualClock();
    let called = false;
    const cancel = clock.after(millis(1), () => {
      called = true;
    });
    cancel();
    cancel();
    await clock.run(() => sleep(clock, millis(2)));
    expect(called).toBe(false);
  });

  it("fails for a task that waits for what no timer will bring", async () => {
    await expect(new VirtualClock().run(() => new Promise(() => {}))).rejects.toThrow("no timer is left");
  });

  it("settles as its task does", async () => {
    const clock = new VirtualClock();
    const failing = async () => {
      await sleep(clock, millis(1));
      throw new Error("no");
    };
    await expect(clock.run(failing)).rejects.toThrow("no");
    expect(await clock.run(async () => 7)).toBe(7);
  });

  it("reports the wall-clock time of its own now", async () => {
    const clock = new VirtualClock();
    await clock.run(() => sleep(clock, seconds(90)));
    expect(clock.date().toISOString()).toBe("1970-01-01T00:01:30.000Z");
  });
});

describe("sleep()", () => {
  it("ends with the signal's reason as soon as the signal is aborted", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    clock.after(millis(5), () => abort.abort(new Error("enough")));
    await expect(clock.run(() => sleep(clock, seconds(60), abort.signal))).rejects.toThrow("enough");
    expect(clock.now()).toBe(millis(5));
  });

  it("does not begin where the signal was aborted before", async () => {
    const clock = new VirtualClock();
    const aborted = AbortSignal.abort(new Error("over"));
    await expect(clock.run(() => sleep(clock, seconds(1), aborted))).rejects.toThrow("over");
    expect(clock.now()).toBe(0);
  });
});

describe("withTimeout()", () => {
  const late = () => new Error("too late");

  it("settles as the work does when it is in time", async () => {
    const clock = new VirtualClock();
    const work = sleep(clock, millis(5)).then(() => "done");
    expect(await clock.run(() => withTimeout(clock, millis(10), work, late))).toBe("done");
    const failing = sleep(clock, millis(5)).then(() => Promise.reject(new Error("broken")));
    await expect(clock.run(() => withTimeout(clock, millis(10), failing, late))).rejects.toThrow("broken");
  });

  it("rejects when the limit passes first", async () => {
    const clock = new VirtualClock();
    const work = sleep(clock, seconds(5));
    await expect(clock.run(() => withTimeout(clock, millis(10), work, late))).rejects.toThrow("too late");
    expect(clock.now()).toBe(millis(10));
  });
});

describe("the real clock", () => {
  it("goes on, never back, and wakes about when it was asked to", async () => {
    const clock = realClock();
    const before = clock.now();
    await sleep(clock, millis(20));
    const passed = clock.now() - before;
    expect(passed).toBeGreaterThanOrEqual(millis(19));
    expect(clock.now()).toBeGreaterThanOrEqual(before + passed);
  });
});
