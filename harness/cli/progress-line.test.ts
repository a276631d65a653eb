import { describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { millis, seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import type { Progress } from "../trial/progress.ts";
import { processOutput } from "./output.ts";
import { showProgress } from "./progress-line.ts";

const clear = "\r\u001b[2K";

/** A terminal that keeps what is written to it, and when. */
function terminal(clock: VirtualClock, columns = 60) {
  const writes: { readonly at: number; readonly text: string }[] = [];
  const screen = {
    isTTY: true,
    columns,
    write: (text: string | Uint8Array) => {
      writes.push({ at: clock.now(), text: String(text) });
      return true;
    },
  };
  return { writes, output: processOutput(false, screen) };
}

const tick = (ok: number): Progress => ({
  type: "tick",
  stage: "main",
  secondsLeft: 12,
  counts: { ok, fail: 3, info: 1 },
  speed: { perSecond: 480, p50: millis(2), p99: millis(14) },
  faults: ["isolate leader n2"],
});

describe("the live line", () => {
  it("changes at least once a second while a stage reports nothing", async () => {
    const clock = new VirtualClock();
    const { writes, output } = terminal(clock);
    await clock.run(async () => {
      const shown = showProgress(output, "etcd", clock);
      shown.show({ type: "stage", stage: "waiting", dir: "d" });
      await sleep(clock, seconds(20));
      shown.end();
    });
    const changes = writes.filter(({ text }, i) => text !== writes[i - 1]?.text).map(({ at }) => at);
    expect(changes.length).toBeGreaterThan(18);
    for (const [i, at] of [...changes, seconds(20)].entries())
      expect(at - (changes[i - 1] ?? 0)).toBeLessThanOrEqual(seconds(1.5));
    expect(writes.at(-1)?.text).toContain("etcd: waiting for every node to be ready · 19 s");
  });

  it("says the rate and the running p50 and p99, what is broken, and what is left", () => {
    const clock = new VirtualClock();
    const { writes, output } = terminal(clock, 200);
    const shown = showProgress(output, "etcd", clock);
    shown.show(tick(1));
    shown.end();
    expect(writes[0]?.text).toMatch(
      /etcd: main · 12 s left · 480\/s, p50 2(\.0+)? ms, p99 14(\.0+)? ms · 1 ok 3 fail 1 unknown · leader none · isolate leader n2/,
    );
  });

  it("neither starts nor stops a cluster that is one's own", () => {
    const clock = new VirtualClock();
    const { writes, output } = terminal(clock, 200);
    const shown = showProgress(output, "etcd", clock, true);
    for (const stage of ["starting", "stopping"] as const) shown.show({ type: "stage", stage, dir: "d" });
    shown.end();
    const text = writes.map(({ text }) => text).join("");
    expect(text).toContain("connecting to your cluster");
    expect(text).toContain("leaving your cluster");
    expect(text).not.toMatch(/starting|stopping/);
  });

  it("is one row of the terminal, however narrow that is, and is drawn over the one before", async () => {
    for (const columns of [20, 60, 200]) {
      const clock = new VirtualClock();
      const { writes, output } = terminal(clock, columns);
      const shown = showProgress(output, "etcd", clock);
      for (const ok of [1, 1000, 1_000_000]) shown.show(tick(ok));
      shown.end();
      expect(writes).toHaveLength(3);
      for (const { text } of writes) {
        expect(text.startsWith(clear)).toBe(true);
        expect(text.slice(clear.length).length).toBeLessThan(columns);
        expect(text).not.toContain("\n");
      }
    }
  });

  it("is cleared before a line that stays, and when the command ends", () => {
    const clock = new VirtualClock();
    const { writes, output } = terminal(clock);
    const shown = showProgress(output, "etcd", clock);
    shown.show(tick(1));
    shown.show({ type: "log", line: "removed a leftover" });
    shown.show(tick(2));
    shown.end();
    output.result({});
    const [live, cleared, note, again, last] = writes.map(({ text }) => text);
    expect([live?.startsWith(clear), again?.startsWith(clear)]).toEqual([true, true]);
    expect([cleared, note, last]).toEqual([clear, "etcd: removed a leftover\n", clear]);
  });

  it("is not drawn where nobody sees it: in a pipe or a file", () => {
    const written: unknown[] = [];
    const screen = { isTTY: false, columns: 0, write: (text: unknown) => written.push(text) > 0 };
    const shown = showProgress(processOutput(false, screen), "etcd", new VirtualClock());
    shown.show(tick(1));
    shown.end();
    expect(written).toEqual([]);
  });
});
