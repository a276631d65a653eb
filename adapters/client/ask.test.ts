import { describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { millis } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { beforeSending, limitsOf } from "./ask.ts";

const late = () => new ClientError("not-connected", "late");

/** Waits for `work`, which takes this many milliseconds, and returns when it was over. */
function waiting(workMs: number, ask: { timeoutMs?: number; abortAtMs?: number }) {
  const clock = new VirtualClock();
  const controller = new AbortController();
  return clock.run(async () => {
    const { timeoutMs, abortAtMs } = ask;
    if (abortAtMs !== undefined) clock.after(millis(abortAtMs), () => controller.abort());
    const limits = limitsOf(
      { clock, timeoutMs: 1000 },
      { signal: controller.signal, ...(timeoutMs !== undefined && { timeoutMs }) },
    );
    const work = sleep(clock, millis(workMs)).then(() => "done");
    const result = await beforeSending(clock, limits, work, late).catch((error: unknown) => error);
    return { result, atMs: clock.now() / 1e6 };
  });
}

describe("what a call waits for before its request leaves", () => {
  it("settles as it does where no limit comes first", async () => {
    expect(await waiting(300, {})).toEqual({ result: "done", atMs: 300 });
    expect(await waiting(300, { timeoutMs: 400, abortAtMs: 500 })).toEqual({ result: "done", atMs: 300 });
  });

  it("is given up at the connection's limit, or at the call's own", async () => {
    const { result, atMs } = await waiting(5000, {});
    expect(result).toMatchObject({ code: "not-connected", definite: true });
    expect(atMs).toBe(1000);
    expect(await waiting(5000, { timeoutMs: 20 })).toMatchObject({ atMs: 20 });
    expect(await waiting(3000, { timeoutMs: 4000 })).toMatchObject({ result: "done", atMs: 3000 });
  });

  it("is given up as soon as the signal fires, definitely", async () => {
    const { result, atMs } = await waiting(5000, { abortAtMs: 70 });
    expect(result).toMatchObject({ code: "aborted", definite: true });
    expect(atMs).toBe(70);
  });

  it("is not waited for where the signal has fired already", async () => {
    const clock = new VirtualClock();
    const limits = limitsOf({ clock, timeoutMs: 1000 }, { signal: AbortSignal.abort() });
    // What it rejects with later is nobody's: it must not end the process.
    const work = sleep(clock, millis(10)).then(() => Promise.reject(new Error("too late")));
    await clock.run(async () => {
      await expect(beforeSending(clock, limits, work, late)).rejects.toMatchObject({ code: "aborted" });
      await sleep(clock, millis(20));
    });
  });
});
