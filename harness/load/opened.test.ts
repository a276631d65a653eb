import { describe, expect, it } from "vitest";
import type { OpenLoad } from "../../core/run.ts";
import { openedBefore } from "./opened.ts";

const load = (rate: number): OpenLoad => ({
  kind: "open",
  rate,
  arrivals: "constant",
  processes: 1000,
  seconds: 10,
});

describe("the clients that connect before an open loop", () => {
  it("are as many as answers of 50 ms keep busy", () => {
    expect(openedBefore(load(2000), 12)).toBe(100);
    expect(openedBefore(load(2001), 12)).toBe(101);
  });

  it("are at least as many as asked for", () => {
    expect(openedBefore(load(200), 12)).toBe(12);
    expect(openedBefore(load(2000), 300)).toBe(300);
  });

  it("suffice for the highest rate of a ramp", () => {
    const parts = [
      { from: 100, to: 4000 },
      { from: 4000, to: 100 },
    ];
    expect(openedBefore({ ...load(2050), parts }, 12)).toBe(200);
  });

  it("are those of a closed loop, however fast it is", () => {
    expect(openedBefore({ kind: "closed", processes: 100, seconds: 10 }, 100)).toBe(100);
  });
});
