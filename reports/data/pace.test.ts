import { describe, expect, it } from "vitest";
import type { OpenLoad } from "../../core/run.ts";
import { isEven, paceWords, requestedLine } from "./pace.ts";

const load = (parts: Partial<OpenLoad>): OpenLoad => ({
  kind: "open",
  rate: 500,
  processes: 1,
  seconds: 10,
  ...parts,
});
const ramp = load({ rate: 550, parts: [{ from: 100, to: 1000 }] });

describe("the pace of an open load", () => {
  it("is one rate, a ramp, or one rate after the other, and says if arrivals are random", () => {
    const level = [100, 200, 400].map((rate) => ({ from: rate, to: rate }));
    const many = [...level, ...[500, 1000].map((rate) => ({ from: rate, to: rate }))];
    expect(
      [
        load({}),
        ramp,
        load({ parts: level }),
        load({ parts: many }),
        load({ parts: many.toReversed() }),
        load({ arrivals: "poisson" }),
      ].map(paceWords),
    ).toEqual([
      "500/s",
      "100 to 1,000/s",
      "100, then 200, then 400/s",
      "5 rates from 100 to 1,000/s",
      "1,000, then 500, then 400, then 200, then 100/s",
      "500/s (Poisson arrivals)",
    ]);
  });

  it("is even at a constant rate with constant arrivals only", () => {
    expect(
      [load({}), load({ arrivals: "constant" }), ramp, load({ arrivals: "poisson" })].map(isEven),
    ).toEqual([true, true, false, false]);
  });

  it("is a line that ends with the load, after which the last rate went on", () => {
    const line = requestedLine(ramp, 13);
    expect([...(line?.at ?? [])]).toEqual([0, 10, 10, 13]);
    expect([...(line?.rate ?? [])]).toEqual([100, 1000, 1000, 1000]);
    expect([...(requestedLine(ramp, 5)?.rate ?? [])]).toEqual([100, 550]);
    expect(requestedLine({ kind: "closed", processes: 1, seconds: 1 }, 5)).toBeUndefined();
  });
});
